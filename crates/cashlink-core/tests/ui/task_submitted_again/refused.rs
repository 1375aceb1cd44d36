//! A task is asked after, never submitted again (T39).
use cashlink_core::partner::distributor::{CreateTransfer, Transfer};
use cashlink_core::{Bearer, Call, Error};

pub fn ask(operation: &CreateTransfer) -> Result<Call<Transfer, Bearer>, Error> {
    Call::asking(operation)
}

fn main() {}
