//! `POST issuer/v2/listings/`: list a product on a distribution platform.

use serde::Serialize;

use super::Listing;
use crate::IdempotencyKey;
use crate::body::Extra;
use crate::fields::extra;
use crate::partner::ProductId;
use crate::partner::issuer::DistributionPlatformId;
use crate::partner::writing::operation;

/// Lists a product on a platform; a product may have many listings. Needs the scope
/// [`products:write`](crate::partner::scope::PRODUCTS_WRITE).
///
/// The platform has to be [`is_allowed`](super::super::DistributionPlatform::is_allowed), or the server refuses (documented).
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::issuer::CreateListing;
///
/// let create = CreateListing::new(
///     IdempotencyKey::new("listing-5")?,
///     "9b2f1c1e-0000-4000-8000-000000000001".parse()?,
///     "9b2f1c1e-0000-4000-8000-000000000002".parse()?,
/// );
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CreateListing {
    key: IdempotencyKey,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Debug, Serialize)]
struct Fields {
    product_id: ProductId,
    distribution_platform_id: DistributionPlatformId,
}

impl CreateListing {
    /// This product, on this platform.
    pub fn new(key: IdempotencyKey, product: ProductId, platform: DistributionPlatformId) -> Self {
        let fields = Fields { product_id: product, distribution_platform_id: platform };
        Self { key, fields, extra: Extra::default() }
    }

    extra!();
}

operation! {
    CreateListing -> Listing, "listings.create", POST, Documented,
    |_create, path| path.literal("issuer/v2/listings/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn every_field_goes_out_under_its_documented_name() {
        let key = IdempotencyKey::new("k").unwrap();
        let create = CreateListing::new(key, "p-1".parse().unwrap(), "d-1".parse().unwrap()).extra("x", 1);
        vectors::request(
            &BEARER,
            &create,
            &expect![[r#"
            POST https://demo.cashlink.de/api/external/issuer/v2/listings/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: k

            {"product_id":"p-1","distribution_platform_id":"d-1","x":1}"#]],
        );
        vectors::t29_cut_everywhere::<CreateListing>(r#"{"id":"l-1"}"#);
    }
}
