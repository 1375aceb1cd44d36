//! `GET distributor/v2/investors/`: list investors, oldest first.

use super::Investor;
use crate::partner::reading::list;

list! {
    /// Lists investors, oldest first. Needs the scope [`investors:read`](crate::partner::scope::INVESTORS_READ).
    ///
    /// The path is inferred; filters and page size are not documented.
    ///
    /// ```
    /// use cashlink_core::Policy;
    /// use cashlink_core::page::Walk;
    /// use cashlink_core::partner::distributor::ListInvestors;
    ///
    /// let walk = Walk::new(&ListInvestors::new(), &Policy::default())?;
    /// # Ok::<(), cashlink_core::Error>(())
    /// ```
    ListInvestors -> Investor, "investors.list", "distributor/v2/investors/"
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
        let ids: alloc::vec::Vec<_> = page.items.iter().map(|item| item.id.as_str()).collect();
        assert_eq!((page.count, ids), (Some(2), ["a", "b"].into()));
        vectors::t29_cut_everywhere::<ListInvestors>(ANSWER);
    }
}
