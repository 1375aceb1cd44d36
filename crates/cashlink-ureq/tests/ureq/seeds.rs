//! Statements of the seed documents that take more than one call to show (`docs/seeds.md`), over real HTTP against the sandbox.

use cashlink_sandbox::server::{Running, Server};
use cashlink_sandbox::{Config, Kind, demo};
use cashlink_ureq::Client;
use cashlink_ureq::core::body::{BoundarySeed, FileName, MediaType};
use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::partner::distributor::{CreateInvestor, ListInvestors, UploadDocument};
use cashlink_ureq::core::partner::{DocumentId, LegalPerson, NaturalPerson, Partner};
use cashlink_ureq::core::payments::{CashlinkType, CreateCashlink, Payments, RegisterBusiness};
use cashlink_ureq::core::{
    AppKey, Bearer, Certainty, Client as Protocol, Endpoint, IdempotencyKey, Secret, UserKey,
};

use crate::scripted::key;

fn distributor(sandbox: &Running) -> Client<Bearer> {
    let secret = Secret::new(demo::DISTRIBUTOR_CLIENT_SECRET);
    let bearer = Bearer::client_credentials(demo::DISTRIBUTOR_CLIENT_ID, secret).unwrap();
    let api = Partner::at(Endpoint::on_loopback(&sandbox.partner_base()).unwrap());
    cashlink_ureq::client(Protocol::new(api, bearer))
}

fn payments(sandbox: &Running) -> Payments {
    Payments::at(Endpoint::on_loopback(&sandbox.payments_base()).unwrap())
}

/// "The endpoint will return a document ID that can be used in other requests to refer to that document."
#[test]
fn a_documents_id_is_what_a_later_request_refers_to() {
    let sandbox = Server::start(Config::default()).unwrap();
    let client = distributor(&sandbox);
    let (name, seed) = (FileName::new("proof.pdf").unwrap(), BoundarySeed::new([7; 16]));
    let upload = UploadDocument::new(key(), seed, name, MediaType::PDF, Bytes::from("%PDF-1.7"));
    let document = client.call(&upload).unwrap().value.id;

    let company = |key: &str, proof: DocumentId| {
        let key = IdempotencyKey::new(key).unwrap();
        let company = LegalPerson::new().company_name("Example GmbH").company_identity_proof_id(proof);
        CreateInvestor::legal_person(key, company, true)
    };
    client.call(&company("with-its-proof", document)).unwrap();
    let kept = sandbox.with(|server| server.objects(Kind::Investor)[0].json());
    assert_eq!(kept["legal_person"]["company_identity_proof_id"], document.as_str());

    let unknown = "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse().unwrap();
    let error = client.call(&company("with-anothers", unknown)).unwrap_err();
    assert_eq!((error.is_invalid_input(), error.certainty()), (true, Certainty::NotApplied));
    assert!(error.error_map().at("legal_person.company_identity_proof_id").next().is_some(), "{error}");
}

/// "Using the next and previous URLs you can move through the different pages."
#[test]
fn the_pages_of_a_server_are_walked_there_and_back_by_its_own_links() {
    let sandbox = Server::start(Config::default()).unwrap();
    let client = distributor(&sandbox);
    for number in 0..25 {
        let key = IdempotencyKey::new(format!("investor-{number}")).unwrap();
        client.call(&CreateInvestor::natural_person(key, NaturalPerson::new(), true)).unwrap();
    }
    let first = client.call(&ListInvestors::new()).unwrap().value;
    let second = client.call(&first.next().unwrap().unwrap()).unwrap().value;
    let third = client.call(&second.next().unwrap().unwrap()).unwrap().value;
    assert_eq!(
        [&first, &second, &third].map(|page| (page.count, page.items.len())),
        [(Some(25), 10), (Some(25), 10), (Some(25), 5)]
    );
    assert!(first.previous().unwrap().is_none() && third.next().unwrap().is_none());

    let back = client.call(&third.previous().unwrap().unwrap()).unwrap().value;
    assert_eq!(back.items, second.items);
    let front = client.call(&back.previous().unwrap().unwrap()).unwrap().value;
    assert_eq!(front.items, first.items);
    let oldest_first: Vec<_> = [first, second, third].into_iter().flat_map(|page| page.items).collect();
    let created = sandbox.with(|server| {
        server.objects(Kind::Investor).iter().map(|object| object.id().to_owned()).collect::<Vec<_>>()
    });
    assert_eq!(oldest_first.iter().map(|investor| investor.id.as_str()).collect::<Vec<_>>(), created);
}

/// "Create CASHLINK accounts on behalf of your platform's users to use with the Payments API."
#[test]
fn an_account_that_a_platform_made_creates_payment_links_with_a_key_of_its_own() {
    let sandbox = Server::start(Config::default()).unwrap();
    let platform = AppKey::new(Secret::new(demo::APP_KEY)).unwrap();
    let register = RegisterBusiness::individual("owner@example.com", "Example Shop");
    let client = cashlink_ureq::client(Protocol::new(payments(&sandbox), platform));
    let business = client.call(&register).unwrap().value;

    let user = UserKey::new(business.api_key.unwrap()).unwrap();
    let invoice =
        CreateCashlink::v2018_01_15(CashlinkType::Invoice, "EUR 12.34".parse().unwrap(), "Invoice no. 12345");
    let link = cashlink_ureq::client(Protocol::new(payments(&sandbox), user)).call(&invoice).unwrap();
    let kept = sandbox.with(|server| server.objects(Kind::Cashlink)[0].id().to_owned());
    assert_eq!(link.value.public_id.as_str(), kept);
}
