//! Documents on their way out: streamed, exact, and never completed when they are not what was announced.

use std::io::{self, Read};
use std::sync::{Arc, Mutex};

use cashlink_ureq::Source;
use cashlink_ureq::core::body::{BoundarySeed, FileName, MediaType, PayloadFault, PayloadRef};
use cashlink_ureq::core::partner::{Partner, distributor::UploadDocument};
use cashlink_ureq::core::{Bearer, Call, Certainty, Client as Protocol, Endpoint, ErrorKind, Policy, Secret};

use crate::scripted::{Play, Server, key, quick};

const TOKEN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 22\r\n\r\n{\"access_token\":\"t\"}  ";
const CREATED: &str = "HTTP/1.1 201 Created\r\ncontent-length: 11\r\n\r\n{\"id\":\"17\"}";

fn client(server: &Server, policy: Policy) -> cashlink_ureq::Client<Bearer> {
    let api = Partner::at(Endpoint::on_loopback(&format!("{}/api/", server.origin)).unwrap());
    let bearer = Bearer::client_credentials("client", Secret::new("s3cr3t")).unwrap();
    cashlink_ureq::client(Protocol::builder(api, bearer).policy(policy).build())
}

fn upload(length: u64) -> Call<cashlink_ureq::core::partner::Document, Bearer> {
    let (name, seed) = (FileName::new("id.pdf").unwrap(), BoundarySeed::new([7; 16]));
    Call::new(&UploadDocument::new(key(), seed, name, MediaType::PDF, PayloadRef::new(length))).unwrap()
}

/// So many bytes, different each, from the beginning at each opening.
fn source(length: u64) -> Source {
    Source::new(move || Ok(io::repeat(b'x').take(length)))
}

#[test]
fn a_payload_that_has_changed_or_is_not_to_be_had_never_completes_the_request() {
    let call = |payload: PayloadRef| {
        let (name, seed) = (FileName::new("id.pdf").unwrap(), BoundarySeed::new([7; 16]));
        Call::new(&UploadDocument::new(key(), seed, name, MediaType::PDF, payload)).unwrap()
    };
    let unreadable = Source::new(|| Err::<io::Empty, _>(io::ErrorKind::NotFound.into()));
    let changed = PayloadRef::new(300_000).with_sha256([0; 32]);
    for (call, source, fault) in [
        (call(changed), Some(source(300_000)), PayloadFault::Changed),
        (call(PayloadRef::new(300_000)), Some(unreadable), PayloadFault::Unreadable),
        (call(PayloadRef::new(300_000)), None, PayloadFault::Missing),
    ] {
        let server = Server::plays(vec![Play::Keep(TOKEN), Play::Close(CREATED)]);
        let client = client(&server, quick());
        let result = match source {
            Some(source) => client.upload(&call, &source),
            None => client.perform(&call),
        };
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.payload_fault()), (ErrorKind::Payload, Some(fault)));
        assert_eq!((error.certainty(), error.attempts()), (Certainty::NotApplied, 1), "{fault}");
        let request = server.requests().pop().unwrap();
        assert!(!request.ends_with("--\r\n"), "no closing boundary: {fault}");
    }
}

#[test]
fn a_document_whose_connection_is_reset_on_the_way_is_sent_again_from_its_beginning() {
    let length = 16 << 20;
    let server = Server::plays(vec![Play::Keep(TOKEN), Play::CloseAtHead, Play::Close(CREATED)]);
    let reply = client(&server, quick()).upload(&upload(length), &source(length)).unwrap();
    assert_eq!((reply.value.id.as_str(), reply.meta.attempts()), ("17", 2));
    let requests = server.requests();
    assert!(requests[2].starts_with(&requests[1]), "the same head");
    assert_eq!(requests[2].matches('x').count() as u64 - requests[1].matches('x').count() as u64, length);
}

/// The first attempt's connection is closed at its head: what ureq took of the body until then was told, the second is told
/// whole.
#[test]
fn progress_is_told_as_the_bytes_are_taken_and_begins_anew_on_the_second_attempt() {
    let length = 16 << 20;
    let server = Server::plays(vec![Play::Keep(TOKEN), Play::CloseAtHead, Play::Close(CREATED)]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&told);
    let source = source(length).with_progress(move |progress| ear.lock().unwrap().push(progress));
    let call = upload(length);
    client(&server, quick()).upload(&call, &source).unwrap();
    let told = told.lock().unwrap();
    assert!(told.is_sorted_by(|one, next| (one.attempt, one.sent) < (next.attempt, next.sent)), "{told:?}");
    let last = told.last().unwrap();
    assert_eq!((last.attempt, last.sent, last.total), (2, call.body().len(), call.body().len()));
    assert!(told.iter().all(|one| one.total == last.total));
    assert!(told.iter().any(|one| one.attempt == 2 && one.sent <= 1 << 16), "from the beginning");
}

#[test]
fn t1_a_redirected_document_goes_nowhere_else() {
    for status in [307, 308] {
        let other = Server::plays(vec![]);
        let answer =
            format!("HTTP/1.1 {status} Moved\r\nlocation: {}/\r\ncontent-length: 0\r\n\r\n", other.origin);
        let server = Server::plays(vec![Play::Keep(TOKEN), Play::Close(answer.leak())]);
        let error = client(&server, quick()).upload(&upload(300_000), &source(300_000)).unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::UnexpectedRedirect, 1), "{status}");
        assert_eq!((server.requests().len(), other.requests().len()), (2, 0), "{status}");
    }
}
