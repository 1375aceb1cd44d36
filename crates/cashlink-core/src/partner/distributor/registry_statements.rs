//! `GET distributor/v2/investments/{id}/registry-statements/`: what the register says of an investment.

use http::Method;
use serde::Deserialize;

use crate::answer::{Answer, DecodeError};
use crate::page::{List, Page};
use crate::partner::InvestmentId;
use crate::{Bearer, Effect, Id, Operation, Path};

/// The id of a registry statement.
pub type RegistryStatementId = Id<RegistryStatement>;

/// Lists the registry statements of an investment, oldest first: one for each change of the remaining amount, and one a year;
/// for crypto securities only (documented). Needs the scope [`investments:read`](crate::partner::scope::INVESTMENTS_READ).
///
/// The path is documented. That the answer is a page like every other, and that statements have an id, is inferred; **none of
/// their fields is known**: [`Page::items_json`] has them.
///
/// ```
/// use cashlink_core::partner::distributor::ListRegistryStatements;
///
/// let list = ListRegistryStatements::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ListRegistryStatements {
    investment: InvestmentId,
}

impl ListRegistryStatements {
    /// The first page of this investment's statements.
    pub fn new(investment: InvestmentId) -> Self {
        Self { investment }
    }
}

impl Operation for ListRegistryStatements {
    type Output = Page<Self>;
    type Credential = Bearer;
    const NAME: &'static str = "registry_statements.list";

    fn method(&self) -> Method {
        Method::GET
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Safe
    }

    fn path(&self, path: &mut Path) {
        path.literal("distributor/v2/investments/").id(&self.investment).literal("/registry-statements/");
    }

    fn decode(answer: &Answer<'_>) -> Result<Page<Self>, DecodeError> {
        Page::decode(answer)
    }
}

impl List for ListRegistryStatements {
    type Item = RegistryStatement;

    fn id(statement: &RegistryStatement) -> &str {
        statement.id.as_str()
    }
}

/// A registry statement, of whose fields only the id is assumed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RegistryStatement {
    /// Its id.
    pub id: RegistryStatementId,
}

impl RegistryStatement {
    /// A registry statement for tests.
    #[must_use]
    pub fn fixture(id: RegistryStatementId) -> Self {
        Self { id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    const ANSWER: &str = r#"{"count":1,"next":null,"previous":null,"results":[{"id":"s-1","units":40}]}"#;

    #[test]
    fn the_investment_is_part_of_the_path() {
        let list = ListRegistryStatements::new("v-1".parse().unwrap());
        vectors::request(
            &BEARER,
            &list,
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/distributor/v2/investments/v-1/registry-statements/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
    }

    #[test]
    fn the_answer_is_a_page_and_keeps_what_is_unknown() {
        let page = vectors::answer::<ListRegistryStatements>(ANSWER).unwrap();
        assert_eq!(page.items, [RegistryStatement::fixture("s-1".parse().unwrap())]);
        assert_eq!(page.items_json().unwrap()[0].get(), r#"{"id":"s-1","units":40}"#);
        vectors::t29_cut_everywhere::<ListRegistryStatements>(ANSWER);
    }
}
