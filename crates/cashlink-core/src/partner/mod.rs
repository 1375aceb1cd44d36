//! The newer generation: the partner APIs for distributors and issuers. Bearer tokens by OAuth client credentials,
//! idempotency keys on "certain POST endpoints", lists in pages, exact money.
//!
//! [`distributor`] has the operations of a platform that brings investors and their investments, [`issuer`] those of whom the
//! products are. What more than one side talks about is here: documents, investments, products, persons, bank accounts.
//!
//! Some paths are inferred from the older form of the API, and each operation's page says so;
//! [`Call::at_path`](crate::Call::at_path) sends it elsewhere.

mod bank_account;
pub mod distributor;
mod document;
mod figure;
mod investment;
pub mod issuer;
mod person;
mod product;
mod reading;
pub mod scope;
mod uploading;
mod wallet;
mod writing;

pub use bank_account::BankAccount;
pub use document::{Document, DocumentId};
pub use figure::Figure;
pub use investment::{Campaign, CampaignId, Investment, InvestmentId, InvestmentStatus};
pub use person::{LegalPerson, NaturalPerson};
pub use product::{Product, ProductId, ProductStatus};
pub use wallet::{Wallet, WalletId};

use alloc::sync::Arc;
use alloc::vec::Vec;

use http::uri::{Authority, Scheme};

use crate::api::{Api, sealed};
use crate::{Bearer, Credential, Endpoint, LinkCheck, Operation};

/// The newer generation as a configuration: its base, its token endpoint, and what is known of its keys.
///
/// In the Distribution Network each asset has its own environment URL, so any base can be given.
///
/// ```
/// use cashlink_core::Endpoint;
/// use cashlink_core::partner::{Partner, distributor::CreateInvestment};
///
/// let demo = Partner::demo();
/// // Once Cashlink has confirmed in writing that the key is honoured here:
/// let production = Partner::production().key_confirmed::<CreateInvestment>();
/// let own = Partner::at(Endpoint::new("https://connect.example/api/external")?);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
pub struct Partner {
    base: Endpoint,
    token_endpoint: Option<Endpoint>,
    links: LinkCheck,
    confirmed: Vec<&'static str>,
}

impl Partner {
    /// `https://demo.cashlink.de/api/external`.
    #[must_use]
    pub fn demo() -> Self {
        Self::known("demo.cashlink.de")
    }

    /// `https://connect.cashlink.de/api/external`: documented for issuers, and inferred from there for distributors.
    #[must_use]
    pub fn production() -> Self {
        Self::known("connect.cashlink.de")
    }

    fn known(host: &'static str) -> Self {
        Self::at(Endpoint::known(Scheme::HTTPS, Authority::from_static(host), Arc::from("/api/external")))
    }

    /// The API at another base: the URL that ends before `/distributor/v2/…` and `/oauth/token`.
    #[must_use]
    pub fn at(base: Endpoint) -> Self {
        Self { base, token_endpoint: None, links: LinkCheck::default(), confirmed: Vec::new() }
    }

    /// Another token endpoint than `oauth/token` below the base. One known page puts it below `/distributor`.
    #[must_use]
    pub fn token_endpoint(mut self, url: Endpoint) -> Self {
        self.token_endpoint = Some(url);
        self
    }

    /// How closely page links have to name the base.
    #[must_use]
    pub fn links(mut self, check: LinkCheck) -> Self {
        self.links = check;
        self
    }

    /// Cashlink has confirmed that this operation honours its idempotency key, so that an
    /// [`Assumed`](crate::Honoured::Assumed) key is relied upon like a documented one. For a single call, also a raw one or
    /// one at another path, there is [`Call::key_confirmed`](crate::Call::key_confirmed).
    #[must_use]
    pub fn key_confirmed<O: AssumesKey<Credential = Bearer>>(mut self) -> Self {
        self.confirmed.push(O::NAME);
        self
    }
}

/// An operation that carries an idempotency key which is [`Assumed`](crate::Honoured::Assumed) to be honoured, and which
/// Cashlink may confirm. It goes by the operation's name, so the name must be its own.
pub trait AssumesKey: Operation {}

impl Credential for Bearer {
    type Api = Partner;
}

impl Api for Partner {}

impl sealed::IntoFields for Partner {
    fn into_fields(self) -> sealed::Fields {
        sealed::Fields {
            base: self.base,
            token_endpoint: self.token_endpoint,
            version: None,
            links: self.links,
            confirmed: self.confirmed,
        }
    }
}
