//! The distributor API: a platform's investors, their wallets, investments and transfers.
//!
//! | operation | request | key |
//! | --- | --- | --- |
//! | [`UploadDocument`] | `POST distributor/v2/documents/` | documented |
//! | [`CreateInvestor`] | `POST distributor/v2/investors/` | documented |
//! | [`GetInvestor`] | `GET distributor/v2/investors/{id}/` | |
//! | [`ListInvestors`] | `GET distributor/v2/investors/` | |
//! | [`UpdateInvestor`] | `PATCH distributor/v2/investors/{id}/` | documented |
//! | [`AddIdentification`] | `POST distributor/v2/investors/{id}/identifications/` | documented |
//! | [`AddBenefitingPerson`] | `POST distributor/v2/investors/{id}/benefiting-persons/` | assumed |
//! | [`LinkWallet`] | `POST distributor/v2/investors/{id}/wallets/eth-generic/` | documented |
//! | [`CreateManagedWallet`] | `POST distributor/v2/investors/{id}/wallets/eth-managed/` | documented |
//! | [`CreateInvestment`] | `POST distributor/v2/investments/` | assumed |
//! | [`GetInvestment`] | `GET distributor/v2/investments/{id}/` | |
//! | [`ListInvestments`] | `GET distributor/v2/investments/` | |
//! | [`UpdateInvestment`] | `PATCH distributor/v2/investments/{id}/` | assumed |
//! | [`ListRegistryStatements`] | `GET distributor/v2/investments/{id}/registry-statements/` | |
//! | [`CreateTransfer`] | `POST distributor/v2/transfers/` | documented |
//! | [`GetTransfer`] | `GET distributor/v2/transfers/{id}/` | |
//! | [`ListProducts`] | `GET distributor/v2/products/` | |
//!
//! Not here, because no known page shows their paths: signed documents, redemptions, campaigns, and reading wallets.
//! [`Raw`](crate::Raw) sends them once Cashlink has named them.

mod documents;
mod investments;
mod investors;
mod products;
mod registry_statements;
mod transfers;
mod wallets;

pub use documents::UploadDocument;
pub use investments::{CreateInvestment, GetInvestment, ListInvestments, UpdateInvestment};
pub use investors::{
    AddBenefitingPerson, AddIdentification, BenefitingPerson, BenefitingPersonId, Communication,
    CreateInvestor, DocumentType, GetInvestor, Identification, IdentificationId, IdentityProvider, Investor,
    InvestorId, ListInvestors, TaxInformation, UpdateInvestor,
};
pub use products::ListProducts;
pub use registry_statements::{ListRegistryStatements, RegistryStatement, RegistryStatementId};
pub use transfers::{CreateTransfer, GetTransfer, Transfer, TransferId};
pub use wallets::{CreateManagedWallet, LinkWallet};
