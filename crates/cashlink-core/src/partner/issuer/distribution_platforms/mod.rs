//! Distribution platforms: where products can be listed.

mod get;
mod list;

pub use get::GetDistributionPlatform;
pub use list::ListDistributionPlatforms;

use alloc::boxed::Box;

use serde::Deserialize;

use crate::{Id, Personal};

/// The id of a distribution platform.
pub type DistributionPlatformId = Id<DistributionPlatform>;

/// A distribution platform, as the API returns it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct DistributionPlatform {
    /// Its id.
    pub id: DistributionPlatformId,
    /// Who runs it.
    pub platform_company_name: Option<Personal<Box<str>>>,
    /// Whether products may be listed there: true once Cashlink has verified the agreement between issuer and platform.
    pub is_allowed: Option<bool>,
}

impl DistributionPlatform {
    /// A platform for tests: only an id; set the other fields as needed.
    #[must_use]
    pub fn fixture(id: DistributionPlatformId) -> Self {
        Self { id, platform_company_name: None, is_allowed: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn the_documented_fields_are_read() {
        let platform = vectors::answer::<GetDistributionPlatform>(
            r#"{"id":"d-1","platform_company_name":"Example AG","is_allowed":true,"new":1}"#,
        )
        .unwrap();
        assert_eq!(platform.is_allowed, Some(true));
        assert_eq!(&**platform.platform_company_name.unwrap().expose(), "Example AG");
    }
}
