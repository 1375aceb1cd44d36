//! The id of a document doesn't name an investor.
use cashlink_core::Id;
use cashlink_core::partner::{Document, distributor::{GetInvestor, Investor}};

pub fn get(document: Id<Document>, _investor: Id<Investor>) -> GetInvestor {
    GetInvestor::new(document)
}

fn main() {}
