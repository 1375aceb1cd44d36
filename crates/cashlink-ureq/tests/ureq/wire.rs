//! The bytes on the wire: the core's headers, what HTTP itself needs, and nothing else.

use cashlink_ureq::core::body::{BoundarySeed, FileName, MediaType};
use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::http::Method;
use cashlink_ureq::core::partner::{
    NaturalPerson, Partner,
    distributor::{
        CreateInvestment, CreateInvestor, GetInvestment, GetInvestor, ListInvestments, ListInvestors,
        UploadDocument,
    },
};
use cashlink_ureq::core::payments::{CashlinkType, CreateCashlink, Payments, RegisterBusiness};
use cashlink_ureq::core::{
    AppKey, Bearer, Client as Protocol, Effect, Endpoint, Operation, Raw, Secret, UserKey,
};
use expect_test::{Expect, expect};

use crate::scripted::{Play, Server, key, quick};

const TOKEN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 24\r\n\r\n{\"access_token\":\"t0k3n\"}";

const REFUSED: &str = "HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n";

/// The last request that the server sees of a call, headers in order of their names. Every answer but the token's is a
/// refusal.
fn seen<O: Operation>(
    answers: &[&'static str],
    client: impl Fn(&str) -> Protocol<O::Credential>,
    operation: &O,
    expected: &Expect,
) {
    // Kept open: a request after the token's must not meet a connection that is about to close.
    let server = Server::plays(answers.iter().map(|answer| Play::Keep(answer)).collect());
    let _ = cashlink_ureq::client(client(&server.origin)).call(operation);
    let request = server.requests().pop().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.split("\r\n").collect();
    lines[1..].sort_unstable();
    let host = server.origin.strip_prefix("http://").unwrap();
    let text = format!("{}\n\n{body}", lines.join("\n"));
    expected.assert_eq(&text.replace(host, "HOST").replace('\r', "\\r"));
}

fn partner(origin: &str) -> Protocol<Bearer> {
    let api = Partner::at(Endpoint::on_loopback(&format!("{origin}/api/external")).unwrap());
    let bearer = Bearer::client_credentials("client", Secret::new("s3cr3t")).unwrap();
    Protocol::builder(api, bearer).policy(quick()).build()
}

fn payments(origin: &str) -> Payments {
    Payments::at(Endpoint::on_loopback(&format!("{origin}/business/api/v1/")).unwrap())
}

fn user(origin: &str) -> Protocol<UserKey> {
    Protocol::new(payments(origin), UserKey::new(Secret::new("user-key")).unwrap())
}

fn app(origin: &str) -> Protocol<AppKey> {
    Protocol::new(payments(origin), AppKey::new(Secret::new("app-key")).unwrap())
}

#[test]
fn the_partner_operations_go_out_with_these_headers_and_no_others() {
    let id = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
    seen(
        &[TOKEN, REFUSED],
        partner,
        &GetInvestor::new(id.parse().unwrap()),
        &expect![[r#"
        GET /api/external/distributor/v2/investors/3fa85f64-5717-4562-b3fc-2c963f66afa6/ HTTP/1.1
        accept: application/json
        authorization: Bearer t0k3n
        host: HOST
        user-agent: cashlink-rust/0.1.0

    "#]],
    );
    seen(
        &[TOKEN, REFUSED],
        partner,
        &ListInvestors::new(),
        &expect![[r#"
        GET /api/external/distributor/v2/investors/ HTTP/1.1
        accept: application/json
        authorization: Bearer t0k3n
        host: HOST
        user-agent: cashlink-rust/0.1.0

    "#]],
    );
    seen(
        &[TOKEN, REFUSED],
        partner,
        &GetInvestment::new(id.parse().unwrap()),
        &expect![[r#"
        GET /api/external/distributor/v2/investments/3fa85f64-5717-4562-b3fc-2c963f66afa6/ HTTP/1.1
        accept: application/json
        authorization: Bearer t0k3n
        host: HOST
        user-agent: cashlink-rust/0.1.0

    "#]],
    );
    seen(
        &[TOKEN, REFUSED],
        partner,
        &ListInvestments::new(),
        &expect![[r#"
        GET /api/external/distributor/v2/investments/ HTTP/1.1
        accept: application/json
        authorization: Bearer t0k3n
        host: HOST
        user-agent: cashlink-rust/0.1.0

    "#]],
    );
    let ada = NaturalPerson::new().forename("Ada");
    seen(
        &[TOKEN, REFUSED],
        partner,
        &CreateInvestor::natural_person(key(), ada, true),
        &expect![[r#"
        POST /api/external/distributor/v2/investors/ HTTP/1.1
        accept: application/json
        authorization: Bearer t0k3n
        content-length: 59
        content-type: application/json
        host: HOST
        user-agent: cashlink-rust/0.1.0
        x-idempotency-key: order-4711

        {"natural_person":{"forename":"Ada"},"is_beneficiary":true}"#]],
    );
    let invest = CreateInvestment::web_based(key(), id.parse().unwrap(), "c-1".parse().unwrap(), 40);
    seen(
        &[TOKEN, REFUSED],
        partner,
        &invest,
        &expect![[r#"
        POST /api/external/distributor/v2/investments/ HTTP/1.1
        accept: application/json
        authorization: Bearer t0k3n
        content-length: 85
        content-type: application/json
        host: HOST
        user-agent: cashlink-rust/0.1.0
        x-idempotency-key: order-4711

        {"investor_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","campaign_id":"c-1","units":40}"#]],
    );
    let (seed, name) = (BoundarySeed::new([7; 16]), FileName::new("id.pdf").unwrap());
    let upload = UploadDocument::new(key(), seed, name, MediaType::PDF, Bytes::from("%PDF-1.7"));
    seen(
        &[TOKEN, REFUSED],
        partner,
        &upload,
        &expect![[r#"
        POST /api/external/distributor/v2/documents/ HTTP/1.1
        accept: application/json
        authorization: Bearer t0k3n
        content-length: 181
        content-type: multipart/form-data; boundary=bdd1cd382a5641aaa27a92bbc2d50cf1
        host: HOST
        user-agent: cashlink-rust/0.1.0
        x-idempotency-key: order-4711

        --bdd1cd382a5641aaa27a92bbc2d50cf1\r
        Content-Disposition: form-data; name="file"; filename="id.pdf"\r
        Content-Type: application/pdf\r
        \r
        %PDF-1.7\r
        --bdd1cd382a5641aaa27a92bbc2d50cf1--\r
    "#]],
    );
}

#[test]
fn the_token_call_goes_out_with_these_headers_and_no_others() {
    seen(
        &[REFUSED],
        partner,
        &ListInvestors::new(),
        &expect![[r#"
        POST /api/external/oauth/token HTTP/1.1
        accept: application/json
        content-length: 67
        content-type: application/x-www-form-urlencoded
        host: HOST
        user-agent: cashlink-rust/0.1.0

        grant_type=client_credentials&client_id=client&client_secret=s3cr3t"#]],
    );
}

#[test]
fn the_older_operations_go_out_with_these_headers_and_no_others() {
    let amount = || "EUR 12.34".parse().unwrap();
    let invoice = CreateCashlink::v2018_01_15(CashlinkType::Invoice, amount(), "No. 17");
    seen(
        &[REFUSED],
        user,
        &invoice,
        &expect![[r#"
        POST /business/api/v1/cashlink HTTP/1.1
        accept: application/json
        content-length: 54
        content-type: application/json
        host: HOST
        user-agent: cashlink-rust/0.1.0
        x-api-key: user-key
        x-api-version: 2018-01-15

        {"type":"invoice","amount":"12.34","subject":"No. 17"}"#]],
    );
    seen(
        &[REFUSED],
        user,
        &CreateCashlink::v2017_10_01(amount(), "No. 17"),
        &expect![[r#"
        POST /business/api/v1/cashlink HTTP/1.1
        accept: application/json
        content-length: 37
        content-type: application/json
        host: HOST
        user-agent: cashlink-rust/0.1.0
        x-api-key: user-key
        x-api-version: 2017-10-01

        {"amount":"12.34","subject":"No. 17"}"#]],
    );
    seen(
        &[REFUSED],
        app,
        &RegisterBusiness::individual("owner@example.com", "Example Ltd"),
        &expect![[r#"
            POST /business/api/v1/register/ HTTP/1.1
            accept: application/json
            content-length: 88
            content-type: application/json
            host: HOST
            user-agent: cashlink-rust/0.1.0
            x-api-key: app-key

            {"email":"owner@example.com","business_name":"Example Ltd","business_type":"individual"}"#]],
    );
}

#[test]
fn any_method_goes_out_and_an_empty_body_has_its_length() {
    let raw =
        |method: &[u8], effect| Raw::<UserKey>::new(Method::from_bytes(method).unwrap(), "things/7", effect);
    seen(
        &[REFUSED],
        user,
        &raw(b"POST", Effect::Once),
        &expect![[r#"
        POST /business/api/v1/things/7 HTTP/1.1
        accept: application/json
        content-length: 0
        host: HOST
        user-agent: cashlink-rust/0.1.0
        x-api-key: user-key

    "#]],
    );
    seen(
        &[REFUSED],
        user,
        &raw(b"UPDATE", Effect::Idempotent).json(&[1]),
        &expect![[r#"
        UPDATE /business/api/v1/things/7 HTTP/1.1
        accept: application/json
        content-length: 3
        content-type: application/json
        host: HOST
        user-agent: cashlink-rust/0.1.0
        x-api-key: user-key

        [1]"#]],
    );
    seen(
        &[REFUSED],
        user,
        &raw(b"UPDATE", Effect::Idempotent),
        &expect![[r#"
        UPDATE /business/api/v1/things/7 HTTP/1.1
        accept: application/json
        content-length: 0
        host: HOST
        user-agent: cashlink-rust/0.1.0
        x-api-key: user-key

    "#]],
    );
    seen(
        &[REFUSED],
        user,
        &raw(b"DELETE", Effect::Idempotent),
        &expect![[r#"
        DELETE /business/api/v1/things/7 HTTP/1.1
        accept: application/json
        host: HOST
        user-agent: cashlink-rust/0.1.0
        x-api-key: user-key

    "#]],
    );
}
