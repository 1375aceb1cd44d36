//! What both sides do: whom they create, what they upload, and where.

use std::path::Path;

use cashlink_core::body::{BoundarySeed, FileName, MediaType, PayloadRef};
use cashlink_core::partner::distributor::{CreateInvestor, UploadDocument};
use cashlink_core::partner::{NaturalPerson, Partner};
use cashlink_core::time::Date;
use cashlink_core::{Bearer, Call, Client, Endpoint, IdempotencyKey, Secret};

pub(crate) fn base(port: &str) -> String {
    format!("http://127.0.0.1:{port}/api/external/")
}

/// The key of one call: the caller's own id of the thing.
pub(crate) fn key(call: u64) -> String {
    format!("investor-{call}")
}

/// Whom a call creates: both sides serialise this same type.
pub(crate) fn ada() -> NaturalPerson {
    NaturalPerson::new()
        .salutation("MR")
        .forename("Ada")
        .surname("Lovelace")
        .birth_date(Date::new(1985, 12, 10).expect("a day"))
        .birth_place("London")
        .citizenship("GBR")
        .street("Teststraße 1")
        .city("Frankfurt am Main")
        .zip("60311")
        .country("DEU")
        .phone("+49 69 123456")
        .is_pep(false)
        .is_subject_to_us_tax(false)
}

/// The library, as a program sets it up.
pub(crate) fn protocol(base: &str) -> Client<Bearer> {
    let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t")).expect("credentials");
    Client::new(Partner::at(Endpoint::on_loopback(base).expect("a URL on loopback")), bearer)
}

pub(crate) fn create(call: u64) -> CreateInvestor {
    CreateInvestor::natural_person(IdempotencyKey::new(key(call)).expect("a key"), ada(), true)
}

pub(crate) const UPLOAD_KEY: &str = "document-17";

/// Without a SHA-256: neither side reads what it uploads.
pub(crate) fn upload(file: &Path) -> Call<cashlink_core::partner::Document, Bearer> {
    let length = std::fs::metadata(file).expect("a file").len();
    let key = IdempotencyKey::new(UPLOAD_KEY).expect("a key");
    let name = FileName::new("contract.pdf").expect("a name");
    let payload = PayloadRef::new(length);
    let upload = UploadDocument::new(key, BoundarySeed::new([7; 16]), name, MediaType::PDF, payload);
    Call::new(&upload).expect("a call")
}
