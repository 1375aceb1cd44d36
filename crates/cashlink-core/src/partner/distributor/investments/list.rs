//! `GET distributor/v2/investments/`: list investments, oldest first.

use crate::partner::Investment;
use crate::partner::reading::list;

list! {
    /// Lists investments, oldest first. Needs the scope [`investments:read`](crate::partner::scope::INVESTMENTS_READ).
    ///
    /// The path is inferred; filters and page size are not documented.
    ///
    /// ```
    /// use cashlink_core::Policy;
    /// use cashlink_core::page::Walk;
    /// use cashlink_core::partner::distributor::ListInvestments;
    ///
    /// let walk = Walk::new(&ListInvestments::new(), &Policy::default())?;
    /// # Ok::<(), cashlink_core::Error>(())
    /// ```
    ListInvestments -> Investment, "investments.list", "distributor/v2/investments/"
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
        let ids: alloc::vec::Vec<_> = page.items.iter().map(|item| item.id.as_str()).collect();
        assert_eq!((page.count, ids), (Some(2), ["a", "b"].into()));
        vectors::t29_cut_everywhere::<ListInvestments>(ANSWER);
    }
}
