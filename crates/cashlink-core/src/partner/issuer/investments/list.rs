//! `GET issuer/v2/investments/`: list the investments in an issuer's products, oldest first.

use http::Method;

use crate::answer::{Answer, DecodeError};
use crate::page::{List, Page};
use crate::partner::{Investment, ProductId};
use crate::{Bearer, Effect, Operation, Path, Query};

/// Lists investments, oldest first; of one product, where it is given. Needs the scope
/// [`investments:read`](crate::partner::scope::INVESTMENTS_READ).
///
/// The endpoint and `product_id` are documented; that it is a parameter of the query is inferred. An item of the list has id and
/// status; [`InvestmentDetails`](super::InvestmentDetails) of all of them are in [`Page::items_json`].
///
/// ```
/// use cashlink_core::partner::issuer::ListInvestments;
///
/// let list = ListInvestments::of_product("9b2f1c1e-0000-4000-8000-000000000001".parse()?);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ListInvestments {
    product: Option<ProductId>,
}

impl ListInvestments {
    /// The first page of the investments in all products.
    pub fn new() -> Self {
        Self::default()
    }

    /// The first page of the investments in this product.
    pub fn of_product(product: ProductId) -> Self {
        Self { product: Some(product) }
    }
}

impl Operation for ListInvestments {
    type Output = Page<Self>;
    type Credential = Bearer;
    const NAME: &'static str = "issuer.investments.list";

    fn method(&self) -> Method {
        Method::GET
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Safe
    }

    fn path(&self, path: &mut Path) {
        path.literal("issuer/v2/investments/");
    }

    fn query(&self, query: &mut Query) {
        if let Some(product) = &self.product {
            query.pair("product_id", product.as_str());
        }
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
    use crate::partner::issuer::InvestmentDetails;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    const ANSWER: &str = r#"{"count":1,"results":[{"id":"v-1","status":"PAID","units":40}]}"#;

    #[test]
    fn the_product_is_a_parameter_of_the_query() {
        vectors::request(
            &BEARER,
            &ListInvestments::of_product("p-1".parse().unwrap()),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/issuer/v2/investments/?product_id=p-1
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
        vectors::request(
            &BEARER,
            &ListInvestments::new(),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/issuer/v2/investments/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
    }

    #[test]
    fn the_details_of_an_item_are_in_the_pages_bytes() {
        let page = vectors::answer::<ListInvestments>(ANSWER).unwrap();
        let items = page.items_json().unwrap();
        let details: InvestmentDetails = serde_json::from_str(items[0].get()).unwrap();
        assert_eq!(details.units.unwrap().read::<u64>().unwrap(), 40);
        vectors::t29_cut_everywhere::<ListInvestments>(ANSWER);
    }
}
