//! The older generation: the Payments and Platform APIs. One base, an API key on every request, versions as dates in a
//! header, and **no idempotency keys**: a POST whose answer was lost is never repeated on its own.
//!
//! | operation | request | credential |
//! | --- | --- | --- |
//! | [`CreateCashlink`] | `POST cashlink` | [`UserKey`] |
//! | [`AllocatePublicId`] | `POST cashlink-public-id` | [`UserKey`] |
//! | [`RegisterBusiness`] | `POST register/` | [`AppKey`] |
//!
//! What happens afterwards comes by [`webhook`](crate::webhook).
//!
//! # Test mode
//!
//! A key begins in test mode, until Cashlink switches it, or hands out a second one for production (seed). Which of the two it
//! is, is said by no answer: the program declares it ([`UserKey::in_mode`]). In test mode
//!
//! - payments are possible from [`TEST_IBAN`] only, nothing is charged, and they succeed at once; in production a payment
//!   may take longer to be confirmed. Their events say `is_test`, and
//!   [`Paid::disagrees_with`](crate::webhook::Paid::disagrees_with) tells whether that is what the key should do;
//! - registered businesses never reach the payment provider: they can't be paid for real, not even after the key was
//!   switched. Register them again in production.
//!
//! # Versions
//!
//! Without a version header the latest one is meant, so [`CreateCashlink`] always sends the one that it was written for. A
//! version that an endpoint no longer supports is a 400 whose body is not documented:
//! [`Error::may_be_unsupported_version`](crate::Error::may_be_unsupported_version).

mod allocate_public_id;
mod create_cashlink;

mod register_business;

pub use crate::mode::{Mode, TEST_IBAN};
pub use allocate_public_id::{AllocatePublicId, AllocationSignature, PublicId};
pub use create_cashlink::{
    Cashlink, CashlinkId, CashlinkType, CreateCashlink, FreetextType, SubscriptionPlan,
};
pub use register_business::{Business, BusinessAddress, BusinessId, Company, Individual, RegisterBusiness};

use alloc::sync::Arc;
use alloc::vec::Vec;

use http::uri::{Authority, Scheme};

use crate::api::{Api, sealed};
use crate::{ApiVersion, AppKey, Credential, Endpoint, LinkCheck, UserKey};

/// The older generation as a configuration: its base URL and its default version.
///
/// ```
/// use cashlink_core::payments::Payments;
/// use cashlink_core::{ApiVersion, Endpoint};
///
/// let production = Payments::production();
/// let pinned = Payments::production().version(ApiVersion::V2018_01_15);
/// let sandbox = Payments::at(Endpoint::on_loopback("http://127.0.0.1:8080/business/api/v1/")?);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
pub struct Payments {
    base: Endpoint,
    version: Option<ApiVersion>,
}

impl Payments {
    /// `https://cashlink.de/business/api/v1/`, for test keys and production keys alike (seed): which of the two a key is
    /// decides Cashlink.
    #[must_use]
    pub fn production() -> Self {
        Self::at(Endpoint::known(
            Scheme::HTTPS,
            Authority::from_static("cashlink.de"),
            Arc::from("/business/api/v1/"),
        ))
    }

    /// The API at another base.
    #[must_use]
    pub fn at(base: Endpoint) -> Self {
        Self { base, version: None }
    }

    /// The version for operations that don't fix one themselves. Without it no version is sent, which means the vendor's
    /// latest (seed).
    #[must_use]
    pub fn version(mut self, version: ApiVersion) -> Self {
        self.version = Some(version);
        self
    }
}

impl Credential for UserKey {
    type Api = Payments;
}

impl Credential for AppKey {
    type Api = Payments;
}

impl Api for Payments {}

impl sealed::IntoFields for Payments {
    fn into_fields(self) -> sealed::Fields {
        sealed::Fields {
            base: self.base,
            token_endpoint: None,
            version: self.version,
            links: LinkCheck::default(),
            confirmed: Vec::new(),
        }
    }
}
