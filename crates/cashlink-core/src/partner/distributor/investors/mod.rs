//! Investors: who buys. A natural or a legal person, with what the register has to know about them.

mod benefiting_person;
mod create;
mod get;
mod identify;
mod list;
mod update;

pub use benefiting_person::{AddBenefitingPerson, BenefitingPerson, BenefitingPersonId};
pub use create::{Communication, CreateInvestor, TaxInformation};
pub use get::GetInvestor;
pub use identify::{AddIdentification, DocumentType, Identification, IdentificationId, IdentityProvider};
pub use list::ListInvestors;
pub use update::UpdateInvestor;

use serde::Deserialize;

use crate::Id;

/// The id of an investor.
pub type InvestorId = Id<Investor>;

/// An investor, as the API returns it. Only the id is known for certain; every other field is in the reply's bytes
/// ([`Meta::field`](crate::Meta::field)).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Investor {
    /// Its id.
    pub id: InvestorId,
}

impl Investor {
    /// An investor for tests.
    #[must_use]
    pub fn fixture(id: InvestorId) -> Self {
        Self { id }
    }
}
