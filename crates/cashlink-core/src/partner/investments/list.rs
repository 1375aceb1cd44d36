//! `GET distributor/v2/investments/`: list investments, oldest first.

use http::Method;

use super::Investment;
use crate::answer::{Answer, DecodeError};
use crate::page::{List, Page};
use crate::{Bearer, Effect, Operation, Path};

/// Lists investments, oldest first. Needs the scope [`investments:read`](super::super::scope::INVESTMENTS_READ).
///
/// The path is inferred; filters and page size are not documented.
///
/// ```
/// use cashlink_core::Policy;
/// use cashlink_core::page::Walk;
/// use cashlink_core::partner::ListInvestments;
///
/// let walk = Walk::new(&ListInvestments::new(), &Policy::default())?;
/// # Ok::<(), cashlink_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ListInvestments(());

impl ListInvestments {
    /// The first page.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Operation for ListInvestments {
    type Output = Page<Self>;
    type Credential = Bearer;
    const NAME: &'static str = "investments.list";

    fn method(&self) -> Method {
        Method::GET
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Safe
    }

    fn path(&self, path: &mut Path) {
        path.literal("distributor/v2/investments/");
    }

    fn decode(answer: &Answer<'_>) -> Result<Page<Self>, DecodeError> {
        Page::decode(answer)
    }
}

impl List for ListInvestments {
    type Item = Investment;

    fn id(investment: &Investment) -> &str {
        investment.id.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    const ANSWER: &str = r#"{"count":2,"next":null,"previous":null,"results":[{"id":"a"},{"id":"b"}]}"#;

    #[test]
    fn the_first_page_has_no_query() {
        vectors::request(
            &BEARER,
            &ListInvestments::new(),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/distributor/v2/investments/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
    }

    #[test]
    fn the_answer_is_a_page() {
        let page = vectors::answer::<ListInvestments>(ANSWER).unwrap();
        let ids: alloc::vec::Vec<_> = page.items.iter().map(ListInvestments::id).collect();
        assert_eq!((page.count, ids), (Some(2), ["a", "b"].into()));
        vectors::t29_cut_everywhere::<ListInvestments>(ANSWER);
    }
}
