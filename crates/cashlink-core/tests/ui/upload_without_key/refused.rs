//! An upload carries its idempotency key.
use cashlink_core::IdempotencyKey;
use cashlink_core::body::{BoundarySeed, FileName, MediaType, PayloadRef};
use cashlink_core::partner::distributor::UploadDocument;

pub fn upload(key: IdempotencyKey, seed: BoundarySeed, name: FileName) -> UploadDocument {
    UploadDocument::new(seed, name, MediaType::PDF, PayloadRef::new(8))
}

fn main() {}
