//! The distributor API: a platform's investors and their investments.
//!
//! | operation | request | key |
//! | --- | --- | --- |
//! | [`UploadDocument`] | `POST distributor/v2/documents/` | documented |
//! | [`CreateInvestor`] | `POST distributor/v2/investors/` | documented |
//! | [`GetInvestor`] | `GET distributor/v2/investors/{id}/` | |
//! | [`ListInvestors`] | `GET distributor/v2/investors/` | |
//! | [`CreateInvestment`] | `POST distributor/v2/investments/` | assumed |
//! | [`GetInvestment`] | `GET distributor/v2/investments/{id}/` | |
//! | [`ListInvestments`] | `GET distributor/v2/investments/` | |

mod documents;
mod investments;
mod investors;

pub use documents::UploadDocument;
pub use investments::{CreateInvestment, GetInvestment, ListInvestments};
pub use investors::{
    Communication, CreateInvestor, GetInvestor, Investor, InvestorId, ListInvestors, TaxInformation,
};
