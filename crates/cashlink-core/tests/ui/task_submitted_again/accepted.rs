//! A task is asked after, never questionted again (T39).
use cashlink_core::partner::distributor::{GetTransfer, Transfer};
use cashlink_core::{Bearer, Call, Error};

pub fn ask(question: &GetTransfer) -> Result<Call<Transfer, Bearer>, Error> {
    Call::asking(question)
}

fn main() {}
