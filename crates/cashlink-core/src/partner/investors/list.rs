//! `GET distributor/v2/investors/`: list investors, oldest first.

use http::Method;

use super::Investor;
use crate::answer::{Answer, DecodeError};
use crate::page::{List, Page};
use crate::{Bearer, Effect, Operation, Path};

/// Lists investors, oldest first. Needs the scope [`investors:read`](super::super::scope::INVESTORS_READ).
///
/// The path is inferred; filters and page size are not documented.
///
/// ```
/// use cashlink_core::Policy;
/// use cashlink_core::page::Walk;
/// use cashlink_core::partner::ListInvestors;
///
/// let walk = Walk::new(&ListInvestors::new(), &Policy::default())?;
/// # Ok::<(), cashlink_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ListInvestors(());

impl ListInvestors {
    /// The first page.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Operation for ListInvestors {
    type Output = Page<Self>;
    type Credential = Bearer;
    const NAME: &'static str = "investors.list";

    fn method(&self) -> Method {
        Method::GET
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Safe
    }

    fn path(&self, path: &mut Path) {
        path.literal("distributor/v2/investors/");
    }

    fn decode(answer: &Answer<'_>) -> Result<Page<Self>, DecodeError> {
        Page::decode(answer)
    }
}

impl List for ListInvestors {
    type Item = Investor;

    fn id(investor: &Investor) -> &str {
        investor.id.as_str()
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
            &ListInvestors::new(),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/distributor/v2/investors/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
    }

    #[test]
    fn the_answer_is_a_page() {
        let page = vectors::answer::<ListInvestors>(ANSWER).unwrap();
        let ids: alloc::vec::Vec<_> = page.items.iter().map(ListInvestors::id).collect();
        assert_eq!((page.count, ids), (Some(2), ["a", "b"].into()));
        vectors::t29_cut_everywhere::<ListInvestors>(ANSWER);
    }
}
