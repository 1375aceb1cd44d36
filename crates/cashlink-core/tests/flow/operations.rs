//! What holds for every documented operation alike: where it goes, what its URL tells, and what it makes of an answer that
//! is cut or says one thing twice (T2, T13, T14, T23, T29).

use cashlink_core::answer::{Answer, DecodeError};
use cashlink_core::body::{Body, BoundarySeed, FileName, MediaType};
use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Method, Request, Response};
use cashlink_core::partner::{BankAccount, LegalPerson, NaturalPerson, Partner, distributor, issuer};
use cashlink_core::payments::{AllocatePublicId, CashlinkType, CreateCashlink, Payments, RegisterBusiness};
use cashlink_core::task::Asks;
use cashlink_core::{
    AppKey, Bearer, Call, Client, Effect, Endpoint, ErrorKind, Honoured, Id, IdempotencyKey, NeedToken,
    Operation, Path, Secret, Step, UserKey,
};
use serde_json::value::RawValue;

use crate::scenario::{START, bytes_of, token};

/// One operation: its request as it goes out, its way of reading, and an answer in which it knows every field.
struct Case {
    name: &'static str,
    method: Method,
    /// Whether its key is honoured; `None` without one.
    honoured: Option<Honoured>,
    request: Request<Body>,
    read: fn(&str) -> Result<(), DecodeError>,
    answer: &'static str,
}

fn read<O: Operation>(body: &str) -> Result<(), DecodeError> {
    O::decode(&Answer::new(&Response::new(Bytes::copy_from_slice(body.as_bytes())))).map(drop)
}

fn case<O: Operation>(client: &Client<O::Credential>, operation: &O, answer: &'static str) -> Case {
    let step = match client.start(operation, START, [0; 16]) {
        Step::Authorize(need) => need.with(token("t0k3n"), START),
        step => step,
    };
    let Step::Send(outgoing) = step else { panic!("{} goes out", O::NAME) };
    let (request, _) = outgoing.into_parts();
    let honoured = match operation.effect() {
        Effect::Keyed { honoured, .. } => Some(honoured),
        _ => None,
    };
    Case { name: O::NAME, method: operation.method(), honoured, request, read: read::<O>, answer }
}

fn key() -> IdempotencyKey {
    IdempotencyKey::new("order-4711").unwrap()
}

fn bearer() -> Bearer {
    Bearer::client_credentials("cl13nt-1d", Secret::new("cl13nt-s3cr3t")).unwrap()
}

/// Every operation that this library has a name for.
fn cases() -> Vec<Case> {
    const CASHLINK: &str = r#"{"public_id":"VX0GK5cvM1dO","url":"https://a","whatsapp_url":"whatsapp://b"}"#;
    const ALLOCATED: &str =
        r#"{"signature":"a:b","public_id":"a","url":"https://a","whatsapp_url":"whatsapp://b"}"#;
    const BUSINESS: &str = r#"{"public_id":"utqztAwTcQKB","api_key":"k","hmac_secret":"s"}"#;

    let partner = Client::new(Partner::demo(), bearer());
    let payments = Client::new(Payments::production(), UserKey::new(Secret::new("us3r-k3y")).unwrap());
    let platform = Client::new(Payments::production(), AppKey::new(Secret::new("4pp-k3y")).unwrap());
    let amount = "EUR 12.34".parse().unwrap();
    let mut cases = vec![
        case(&payments, &CreateCashlink::v2018_01_15(CashlinkType::Invoice, amount, "x"), CASHLINK),
        case(&payments, &AllocatePublicId::new(), ALLOCATED),
        case(&platform, &RegisterBusiness::individual("owner@example.com", "Example"), BUSINESS),
    ];
    cases.extend(distributor_cases(&partner));
    cases.extend(issuer_cases(&partner));
    cases
}

const ID: &str = r#"{"id":"a"}"#;
const TASK: &str = r#"{"id":"a","status":"processing"}"#;
const PAGE: &str = r#"{"count":1,"next":null,"previous":null,"results":[{"id":"a"}]}"#;
const INVESTMENT: &str =
    r#"{"id":"i-1","status":"KYC_PENDING","start_url":"https://demo.cashlink.de/start"}"#;

fn id<R>(text: &str) -> Id<R> {
    text.parse().unwrap()
}

fn file() -> (IdempotencyKey, BoundarySeed, FileName, MediaType, Bytes) {
    let name = FileName::new("id.pdf").unwrap();
    (key(), BoundarySeed::new([7; 16]), name, MediaType::PDF, Bytes::from("%PDF-1.7"))
}

fn distributor_cases(client: &Client<Bearer>) -> Vec<Case> {
    use distributor::*;

    let (key_of_file, seed, name, media_type, payload) = file();
    vec![
        case(client, &UploadDocument::new(key_of_file, seed, name, media_type, payload), ID),
        case(client, &CreateInvestor::natural_person(key(), NaturalPerson::new(), true), ID),
        case(client, &GetInvestor::new(id("p-1")), ID),
        case(client, &ListInvestors::new(), PAGE),
        case(client, &UpdateInvestor::new(key(), id("p-1")), ID),
        case(client, &AddIdentification::new(key(), id("p-1")), ID),
        case(client, &AddBenefitingPerson::new(key(), id("p-1")), ID),
        case(client, &LinkWallet::new(key(), id("p-1"), "0x0"), ID),
        case(client, &CreateManagedWallet::new(key(), id("p-1")), ID),
        case(client, &CreateInvestment::web_based(key(), id("p-1"), id("c-1"), 40), INVESTMENT),
        case(client, &GetInvestment::new(id("i-1")), INVESTMENT),
        case(client, &ListInvestments::new(), PAGE),
        case(client, &UpdateInvestment::new(key(), id("i-1")), INVESTMENT),
        case(client, &ListRegistryStatements::new(id("i-1")), PAGE),
        case(client, &CreateTransfer::new(key(), id("q-1"), id("w-1"), "0x0", 40), TASK),
        case(client, &GetTransfer::new(id("t-1")), TASK),
        case(client, &ListProducts::new(), PAGE),
    ]
}

fn issuer_cases(client: &Client<Bearer>) -> Vec<Case> {
    use issuer::*;

    const PLATFORM: &str = r#"{"id":"d-1","platform_company_name":"x","is_allowed":true}"#;
    const DETAILS: &str =
        r#"{"id":"i-1","status":"PAID","units":40,"accrued_interest":"1","communication":{}}"#;
    let (key_of_file, seed, name, media_type, payload) = file();
    let price = ProductPrice::NominalValue(100.into());
    let create = CreateIssuer::new(key(), LegalPerson::new(), NaturalPerson::new(), BankAccount::new());
    vec![
        case(client, &UploadDocument::new(key_of_file, seed, name, media_type, payload), ID),
        case(client, &create, ID),
        case(client, &UpdateIssuer::new(id("s-1")), ID),
        case(client, &GetIssuer::new(id("s-1")), ID),
        case(client, &ListIssuers::new(), PAGE),
        case(client, &CreateProduct::new(key(), id("s-1"), price, ProductTerms::new()), TASK),
        case(client, &UpdateProduct::new(id("q-1"), ProductTerms::new()), TASK),
        case(client, &GetProduct::new(id("q-1")), TASK),
        case(client, &ListProducts::new(), PAGE),
        case(client, &ListDistributionPlatforms::new(), PAGE),
        case(client, &GetDistributionPlatform::new(id("d-1")), PLATFORM),
        case(client, &CreateListing::new(key(), id("q-1"), id("d-1")), ID),
        case(client, &ListListings::new(), PAGE),
        case(client, &ListInvestments::new(), PAGE),
        case(client, &GetInvestment::new(id("i-1")), DETAILS),
    ]
}

#[test]
fn t39_only_what_reads_can_be_asked_again_and_again() {
    /// Somebody's mistake: a submission that claims to ask.
    struct Submits(IdempotencyKey);

    impl Operation for Submits {
        type Output = distributor::Transfer;
        type Credential = Bearer;
        const NAME: &'static str = "redemptions.create";

        fn method(&self) -> Method {
            Method::POST
        }

        fn effect(&self) -> Effect<'_> {
            Effect::Keyed { key: &self.0, honoured: Honoured::Documented }
        }

        fn path(&self, path: &mut Path) {
            path.literal("distributor/v2/redemptions/");
        }

        fn decode(answer: &Answer<'_>) -> Result<distributor::Transfer, DecodeError> {
            answer.json()
        }
    }

    impl Asks for Submits {}

    assert!(Call::asking(&distributor::GetTransfer::new(id("t-1"))).is_ok());
    let error = Call::asking(&Submits(key())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[test]
fn t2_every_path_has_the_slash_that_is_documented() {
    for Case { name, method, request, .. } in cases() {
        let path = request.uri().path();
        // The two paths that the vendor documents without a slash; the servers' framework answers 301 to all others.
        let slash = !matches!(name, "cashlinks.create" | "public-ids.allocate");
        assert_eq!(path.ends_with('/'), slash, "{name}: {path}");
        assert_eq!(request.method(), method, "{name}");
    }
}

/// Keys work on "certain POST endpoints" (seed). Relied upon are those whose page or sample shows the key (partner-api.md §4.1, §5.1);
/// on the others it is only inferred, or was not seen at all.
#[test]
fn the_requests_that_are_known_to_honour_their_keys_are_these() {
    let (mut documented, mut assumed, mut none) = (Vec::new(), Vec::new(), Vec::new());
    for Case { name, method, honoured, request, .. } in cases() {
        let key = request.headers().get("x-idempotency-key").map(|key| key.to_str().unwrap());
        assert_eq!(key, honoured.map(|_| "order-4711"), "{name}");
        match honoured {
            Some(Honoured::Documented) => documented.push(name),
            Some(_) => assumed.push(name),
            None if method != Method::GET => none.push(name),
            None => {}
        }
    }
    assert_eq!(
        documented,
        [
            "documents.upload",
            "investors.create",
            "investors.update",
            "identifications.add",
            "wallets.link",
            "wallets.create_managed",
            "transfers.create",
            "issuer.documents.upload",
            "listings.create"
        ]
    );
    assert_eq!(
        assumed,
        [
            "benefiting_persons.add",
            "investments.create",
            "investments.update",
            "issuers.create",
            "issuer.products.create"
        ]
    );
    // The older API has no keys; on these two changes none was seen.
    assert_eq!(
        none,
        [
            "cashlinks.create",
            "public-ids.allocate",
            "businesses.register",
            "issuers.update",
            "issuer.products.update"
        ]
    );
}

/// All that may never be in a URL: it stands in logs and histories on both sides, and in `Referer` headers.
const SECRETS: [&str; 5] = ["us3r-k3y", "4pp-k3y", "t0k3n", "cl13nt-1d", "cl13nt-s3cr3t"];

#[test]
fn t13_no_url_of_any_operation_or_token_call_holds_a_secret() {
    let mut urls: Vec<String> = cases().iter().map(|case| case.request.uri().to_string()).collect();
    for bearer in [bearer(), bearer().by_http_basic()] {
        let client = Client::new(Partner::demo(), bearer);
        urls.push(token_request(&client).uri().to_string());
    }
    for url in urls {
        assert!(!SECRETS.iter().any(|secret| url.contains(secret)), "{url}");
    }
}

#[test]
fn t13_no_base_and_no_token_endpoint_takes_a_secret_along() {
    for url in [
        "https://demo.cashlink.de/api/?api_key=us3r-k3y",
        "https://demo.cashlink.de/api?",
        "https://us3r-k3y@demo.cashlink.de/api/",
        "https://cl13nt-1d:cl13nt-s3cr3t@demo.cashlink.de/oauth/token",
        "https://demo.cashlink.de/api/#us3r-k3y",
    ] {
        let error = Endpoint::new(url).unwrap_err();
        assert!(!SECRETS.iter().any(|secret| format!("{error} {error:?}").contains(secret)), "{error}");
    }
}

fn token_request(client: &Client<Bearer>) -> Request<Body> {
    let Step::Authorize(mut need) = client.start(&distributor::ListInvestors::new(), START, [0; 16]) else {
        panic!("a token is needed")
    };
    token_call(&mut need)
}

fn token_call<T>(need: &mut NeedToken<T>) -> Request<Body> {
    let Step::Send(outgoing) = need.request(START) else { panic!("the token request goes out") };
    outgoing.into_parts().0
}

#[test]
fn t14_the_client_secret_goes_to_the_token_endpoint_and_nowhere_else() {
    let carries = |request: &Request<Body>| {
        let body = String::from_utf8(bytes_of(request.body())).unwrap();
        // `Basic` is of the pair, so its own form is looked for.
        let basic = request.headers().values().any(|value| value.as_bytes().starts_with(b"Basic "));
        basic || body.contains("cl13nt-s3cr3t")
    };
    for bearer in [bearer(), bearer().by_http_basic()] {
        let base = Endpoint::new("https://connect.example/api/external").unwrap();
        let request = token_request(&Client::new(Partner::at(base), bearer));
        assert_eq!(request.uri(), "https://connect.example/api/external/oauth/token");
        assert!(carries(&request));
    }
    for Case { name, request, .. } in cases() {
        assert!(!carries(&request), "{name}");
    }
}

/// Fields that are known: `serde_json::Value` would keep the last of two and say nothing.
#[test]
fn t23_a_field_that_comes_twice_is_an_error_in_every_answer() {
    for Case { name, read, answer, .. } in cases() {
        let fields: std::collections::BTreeMap<String, Box<RawValue>> = serde_json::from_str(answer).unwrap();
        for (field, value) in &fields {
            let doubled = answer.replacen('{', &format!("{{\"{field}\":{value},"), 1);
            assert!(read(&doubled).is_err(), "{name}: {doubled}");
        }
        let unknown = answer.replacen('{', r#"{"new":1,"new":{"id":"b"},"#, 1);
        assert_eq!(read(&unknown), Ok(()), "{name}: what nobody reads may come twice");
    }
}

#[test]
fn t29_an_answer_cut_at_any_byte_is_an_error_of_every_operation() {
    for Case { name, read, answer, .. } in cases() {
        assert_eq!(read(answer), Ok(()), "{name}");
        for end in 0..answer.len() {
            assert!(read(&answer[..end]).is_err(), "{name}, cut at byte {end}");
        }
    }
}
