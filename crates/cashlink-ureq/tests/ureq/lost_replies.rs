//! The reason for all of this: an answer that is lost after the effect, over real HTTP against the sandbox.

use cashlink_sandbox::server::{Running, Server};
use cashlink_sandbox::{Armed, Config, Kind, demo};
use cashlink_ureq::Client;
use cashlink_ureq::Source;
use cashlink_ureq::core::body::{BoundarySeed, FileName, MediaType, PayloadRef};
use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::http::Method;
use cashlink_ureq::core::partner::{
    NaturalPerson, Partner,
    distributor::{CreateInvestment, CreateInvestor, UploadDocument},
    scope,
};
use cashlink_ureq::core::payments::{CashlinkType, CreateCashlink, Payments};
use cashlink_ureq::core::{
    Bearer, Call, Certainty, Client as Protocol, Endpoint, Error, ErrorKind, Operation, Secret, UserKey,
};

use crate::scripted::{key, quick};

/// A client as a program has it that has just started: no token, no connection.
fn started(sandbox: &Running) -> Client<Bearer> {
    with_api(Partner::at(Endpoint::on_loopback(&sandbox.partner_base()).unwrap()))
}

fn with_api(api: Partner) -> Client<Bearer> {
    let secret = Secret::new(demo::DISTRIBUTOR_CLIENT_SECRET);
    let bearer = Bearer::client_credentials(demo::DISTRIBUTOR_CLIENT_ID, secret).unwrap().scopes([
        scope::INVESTORS_WRITE,
        scope::DOCUMENTS_WRITE,
        scope::INVESTMENTS_WRITE,
    ]);
    cashlink_ureq::client(Protocol::builder(api, bearer).policy(quick()).build())
}

fn lose_answers(sandbox: &Running, times: u32, path: &str) {
    arm(sandbox, "drop-response", times, path);
}

fn arm(sandbox: &Running, fault: &str, times: u32, path: &str) {
    let armed = Armed::new(fault.parse().unwrap()).path_prefix(path);
    sandbox.with(|server| server.arm(armed.times(times)));
}

/// How many requests came to this path.
fn posts(sandbox: &Running, path: &str) -> u64 {
    sandbox.with(|server| server.statistics().requests(&Method::POST, path))
}

fn investor() -> CreateInvestor {
    CreateInvestor::natural_person(key(), NaturalPerson::new().forename("Ada"), true)
}

fn document(payload: impl Into<cashlink_ureq::core::body::Payload>) -> UploadDocument {
    let (name, seed) = (FileName::new("id.pdf").unwrap(), BoundarySeed::new([7; 16]));
    UploadDocument::new(key(), seed, name, MediaType::PDF, payload)
}

const PATHS: &str = "/api/external/distributor/";

/// The first call loses its answer and tries again; then another program asks once more with the same key.
fn happens_once<O: Operation<Credential = Bearer>>(
    operation: &O,
    kind: Kind,
    id: impl Fn(&O::Output) -> String,
) {
    let sandbox = Server::start(Config::default()).unwrap();
    let before = sandbox.with(|server| server.count(kind));
    lose_answers(&sandbox, 1, PATHS);
    let first = started(&sandbox).call(operation).unwrap();
    assert_eq!(first.meta.attempts(), 2, "{}", O::NAME);
    let again = started(&sandbox).call(operation).unwrap();
    assert_eq!(id(&again.value), id(&first.value), "{}", O::NAME);
    sandbox.with(|server| {
        assert_eq!(server.count(kind), before + 1, "{}: one object", O::NAME);
        assert_eq!(
            (server.replays(), server.replays_of_other_bodies()),
            (2, 0),
            "{}: the same bytes",
            O::NAME
        );
    });
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_key_and_bytes_and_there_is_one_object() {
    happens_once(&investor(), Kind::Investor, |investor| investor.id.to_string());
    happens_once(&document(Bytes::from("%PDF-1.7")), Kind::Document, |document| document.id.to_string());
}

#[test]
fn a_document_from_a_file_is_uploaded_once_though_every_program_loses_its_answers() {
    // Its own for each process, should two run this at once.
    let name = format!("lost-replies-{}.pdf", std::process::id());
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, "%PDF-1.7 ".repeat(10_000)).unwrap();
    let sandbox = Server::start(Config::default()).unwrap();
    let upload = |client: Client<Bearer>| {
        let (source, payload) = Source::file(&path).unwrap();
        client.upload(&Call::new(&document(payload)).unwrap(), &source)
    };
    lose_answers(&sandbox, 4, PATHS);
    // The first program runs out of attempts and ends in doubt.
    let error = upload(started(&sandbox)).unwrap_err();
    assert_eq!((error.certainty(), error.attempts()), (Certainty::Unknown, 4));
    let first = upload(started(&sandbox)).unwrap();
    let again = upload(started(&sandbox)).unwrap();
    assert_eq!(first.value.id, again.value.id);
    sandbox.with(|server| {
        assert_eq!(server.count(Kind::Document), 1);
        assert_eq!((server.replays(), server.replays_of_other_bodies()), (5, 0));
    });
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_document_from_a_function_is_opened_again_for_every_attempt() {
    let sandbox = Server::start(Config::default()).unwrap();
    lose_answers(&sandbox, 2, PATHS);
    let opened = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&opened);
    let source = Source::new(move || {
        counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(&b"%PDF-1.7"[..])
    });
    let call = Call::new(&document(PayloadRef::new(8))).unwrap();
    let reply = started(&sandbox).upload(&call, &source).unwrap();
    assert_eq!((reply.meta.attempts(), opened.load(std::sync::atomic::Ordering::SeqCst)), (3, 3));
    sandbox
        .with(|server| assert_eq!((server.count(Kind::Document), server.replays_of_other_bodies()), (1, 0)));
}

fn investment() -> CreateInvestment {
    let id = "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse().unwrap();
    CreateInvestment::web_based(key(), id, demo::CAMPAIGN_ID.parse().unwrap(), 40)
}

#[test]
fn t37_what_nobody_promised_to_honour_is_not_sent_again() {
    let sandbox = Server::start(Config::default()).unwrap();
    lose_answers(&sandbox, 1, PATHS);
    let error = started(&sandbox).call(&investment()).unwrap_err();
    assert_eq!((error.certainty(), error.attempts()), (Certainty::Unknown, 1));
    assert_eq!(posts(&sandbox, "/api/external/distributor/v2/investments/"), 1);

    // Confirmed, it is: the second answer comes through (a refusal here, since the investor doesn't exist).
    lose_answers(&sandbox, 1, PATHS);
    let base = Endpoint::on_loopback(&sandbox.partner_base()).unwrap();
    let confirmed = with_api(Partner::at(base).key_confirmed::<CreateInvestment>());
    assert_eq!(confirmed.call(&investment()).unwrap_err().attempts(), 2);
}

/// The error of creating a payment link whose answer has this fault.
fn failed_payment_link(sandbox: &Running, fault: &str) -> Error {
    arm(sandbox, fault, 1, "/business/");
    let api = Payments::at(Endpoint::on_loopback(&sandbox.payments_base()).unwrap());
    let user = UserKey::new(Secret::new(demo::USER_KEY)).unwrap();
    let client = cashlink_ureq::client(Protocol::builder(api, user).policy(quick()).build());
    let create = CreateCashlink::v2018_01_15(CashlinkType::Invoice, "EUR 12.34".parse().unwrap(), "No. 17");
    let error = client.call(&create).unwrap_err();
    assert_eq!((error.attempts(), posts(sandbox, "/business/api/v1/cashlink")), (1, 1));
    assert_eq!(sandbox.with(|server| server.count(Kind::Cashlink)), 1, "it did happen");
    error
}

#[test]
fn t37_a_payment_link_without_an_answer_is_left_alone() {
    let sandbox = Server::start(Config::default()).unwrap();
    let error = failed_payment_link(&sandbox, "drop-response");
    assert_eq!((error.kind(), error.certainty()), (ErrorKind::Transport, Certainty::Unknown));
}

#[test]
fn t29_a_payment_link_whose_answer_is_cut_has_happened() {
    let sandbox = Server::start(Config::default()).unwrap();
    let error = failed_payment_link(&sandbox, "cut-body=10");
    assert_eq!((error.kind(), error.certainty()), (ErrorKind::CutAnswer, Certainty::Applied));
}

#[test]
fn t29_a_cut_answer_under_a_documented_key_is_asked_for_again_and_names_the_same_object() {
    let sandbox = Server::start(Config::default()).unwrap();
    arm(&sandbox, "cut-body=10", 1, PATHS);
    let reply = started(&sandbox).call(&investor()).unwrap();
    assert_eq!(reply.meta.attempts(), 2);
    sandbox.with(|server| {
        let [only] = server.objects(Kind::Investor) else { panic!("one object") };
        assert_eq!(reply.value.id.as_str(), only.id());
        assert_eq!((server.replays(), server.replays_of_other_bodies()), (1, 0));
    });
}

#[test]
fn t32_an_expired_token_is_renewed_once_on_the_way() {
    let sandbox = Server::start(Config::default()).unwrap();
    arm(&sandbox, "expire-token", 1, PATHS);
    let reply = started(&sandbox).call(&investor()).unwrap();
    assert_eq!(reply.meta.attempts(), 2);
    sandbox.with(|server| {
        assert_eq!((server.statistics().token_requests(), server.count(Kind::Investor)), (2, 1));
    });
}
