//! The id of a document doesn't name an investor.
use cashlink_core::Id;
use cashlink_core::partner::{Document, distributor::{GetInvestor, Investor}};

pub fn get(_document: Id<Document>, investor: Id<Investor>) -> GetInvestor {
    GetInvestor::new(investor)
}

fn main() {}
