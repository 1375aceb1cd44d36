//! What a webhook costs in allocations, counted: proving the signature none; reading the documented event none for a body
//! without escapes, and one per escaped text otherwise; and what is not documented, as the docs say. And that a page takes no room in
//! advance for items that it only claims.

use allocation_counter::measure;
use cashlink_core::answer::{Answer, DecodeError};
use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Method, Response};
use cashlink_core::page::{List, Page};
use cashlink_core::partner::distributor::ListInvestments;
use cashlink_core::webhook::{Content, Signer, Verifier, WebhookSecret, verify_for_business};
use cashlink_core::{Bearer, Effect, Operation, Path, Secret};

const PLAIN: &str = r#"{"event":"cashlink.paid","timestamp":"2017-10-09T13:11:03.661620","business":"utqztAwTcQKB","data":{"is_test":false,"public_id":"wxnfqAVVPWwZ","cashlink":{"type":"subscription","public_id":"VX0GK5cvM1dO","subject":"Grüße","amount":"12.34","amount_currency":"EUR","next_charge":"2017-11-09T13:11:03.661620"},"recurring_initial":true,"payer":{"first_name":"Ada","last_name":"Lovelace","email":"ada@example.com","phone_number":"+49 69 0","address":"Street 1","freetext":"none"}}}"#;

fn verifier() -> (Verifier, Signer) {
    let secret = |text| WebhookSecret::new(&Secret::new(text)).unwrap();
    (Verifier::new(secret("old")).or(secret("new")), Signer::new(secret("new")))
}

/// How many allocations it takes to read the event of a body that was verified.
fn to_read(body: &str) -> u64 {
    let (verifier, signer) = verifier();
    let headers = signer.headers(body.as_bytes());
    let verified = verifier.verify(&headers, body.as_bytes()).unwrap();
    measure(|| assert!(matches!(verified.event().unwrap().content, Content::Paid(_)))).count_total
}

#[test]
fn verifying_allocates_nothing_whether_it_succeeds_or_not() {
    let (verifier, signer) = verifier();
    let headers = signer.headers(PLAIN.as_bytes());
    assert_eq!(measure(|| assert!(verifier.verify(&headers, PLAIN.as_bytes()).is_ok())).count_total, 0);
    assert_eq!(measure(|| assert!(verifier.verify(&headers, b"{}").is_err())).count_total, 0);
    assert!(measure(|| drop(signer.headers(b"{}"))).count_total > 0, "the counter counts");
}

#[test]
fn an_event_without_escapes_is_read_without_an_allocation() {
    assert_eq!(to_read(PLAIN), 0);
}

#[test]
fn each_escaped_text_costs_one_allocation() {
    let escaped = PLAIN
        .replace("Grüße", r"Gr\u00fc\u00dfe, \ud83d\ude00 and much more than one buffer would hold at first");
    assert_eq!(to_read(&escaped), 1);
    let twice = escaped.replace("Ada", r"\u0041da").replace("Street 1", r"Street\n1");
    assert_eq!(to_read(&twice), 3);
    // The name and the amount, which have no reason for escapes, go through the buffer that is there for all of them.
    for (plain, escaped) in [("cashlink.paid", r"cashlink.p\u0061id"), ("12.34", r"12\u002e34")] {
        let read = to_read(&PLAIN.replace(plain, escaped));
        assert!((1..=3).contains(&read), "{escaped}: {read}");
    }
}

/// The event, with this member in front of its own: `"new":` and a number in so many lists.
fn with_nested(depth: usize) -> String {
    PLAIN.replacen('{', &format!(r#"{{"new":{}1{},"#, "[".repeat(depth), "]".repeat(depth)), 1)
}

#[test]
fn new_members_are_skipped_without_an_allocation_unless_they_are_nested() {
    let flat = PLAIN.replacen('{', r#"{"a":"x\n","b":1.5,"c":null,"d":{},"e":[1,"x"],"f":{"g":1},"#, 1);
    assert_eq!((to_read(&flat), to_read(&with_nested(1))), (0, 0));
    // One buffer, a byte per level but the innermost: of 8 bytes, and doubled as often as that takes.
    for (depth, allocations) in [(2, 1), (9, 1), (10, 2), (17, 2), (18, 3), (1_000, 8)] {
        assert_eq!(to_read(&with_nested(depth)), allocations, "{depth} levels");
    }
    // The same buffer for all of them, and for an address that is an object.
    let many = with_nested(2).replace(r#""type""#, r#""new":[[]],"newer":{"a":{}},"type""#);
    assert_eq!(to_read(&many), 1);
    assert_eq!(to_read(&many.replace(r#""Street 1""#, r#"{"street":{"name":"x"}}"#)), 1);
    assert_eq!(to_read(&PLAIN.replace(r#""Street 1""#, r#"{"street":"x"}"#)), 0);
}

#[test]
fn escaped_names_share_that_buffer_and_a_value_that_is_new_is_one_text() {
    let names = PLAIN.replacen('{', r#"{"a\n":1,"b\n":2,"#, 1);
    assert_eq!(to_read(&names), 1);
    assert_eq!(to_read(&PLAIN.replace(r#""subscription""#, r#""donation""#)), 1);
}

#[test]
fn finding_the_business_costs_no_more_than_skipping_the_rest() {
    let (verifier, signer) = verifier();
    let to_verify = |body: &str, known: bool| {
        let headers = signer.headers(body.as_bytes());
        let find = |_: &str| known.then_some(&verifier);
        measure(|| assert_eq!(verify_for_business(&headers, body.as_bytes(), find).is_ok(), known))
            .count_total
    };
    let flat = r#"{"event":"x","timestamp":"2017-10-09T13:11:03","business":"b","data":{"a":1}}"#;
    for known in [true, false] {
        assert_eq!(to_verify(flat, known), 0);
        // `data` of a payment has objects in it.
        assert_eq!(to_verify(PLAIN, known), 1);
        assert_eq!(to_verify(&with_nested(1_000), known), 8);
    }
    // Without a signature's shape, nobody looks at the body.
    let headers = Default::default();
    let refused = || assert!(verify_for_business(&headers, PLAIN.as_bytes(), |_| Some(&verifier)).is_err());
    assert_eq!(measure(refused).count_total, 0);
}

#[test]
fn t22_a_page_of_what_is_no_item_gets_no_room_in_advance() {
    let item = r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","status":"PAID","start_url":"https://cashlink.de/"},"#;
    for piece in ["0,", "{},", "[{},{}],", r#"{"id":"a"},"#, item] {
        // The first item is good, so that it can't be the end of it.
        let items = format!("{item}{}", piece.repeat(100_000));
        let body = Bytes::from(format!(r#"{{"results":[{}]}}"#, items.trim_end_matches(',')));
        let response = Response::new(body.clone());
        let taken = measure(|| drop(ListInvestments::decode(&Answer::new(&response)))).bytes_max;
        let times = taken as f64 / body.len() as f64;
        assert!(times < 10.0, "{piece}: {times:.1} times the body");
    }
}

/// A list of an API of the caller's, whose items are texts.
struct Texts;

impl Operation for Texts {
    type Output = Page<Self>;
    type Credential = Bearer;

    const NAME: &'static str = "texts.list";

    fn method(&self) -> Method {
        Method::GET
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Safe
    }

    fn path(&self, path: &mut Path) {
        path.literal("texts/");
    }

    fn decode(answer: &Answer<'_>) -> Result<Page<Self>, DecodeError> {
        Page::decode(answer)
    }
}

impl List for Texts {
    type Item = String;

    fn id(item: &String) -> &str {
        item
    }
}

/// No `}` stands between them, so that they can't be told from one item before they are counted.
#[test]
fn items_that_are_no_objects_get_room_for_exactly_so_many() {
    // One more than room for a power of two: what grows by doubling is half empty.
    let body = format!(r#"{{"results":[{}""]}}"#, r#""","#.repeat(1 << 17));
    let response = Response::new(Bytes::from(body));
    let taken = measure(|| drop(Texts::decode(&Answer::new(&response)).unwrap())).bytes_max;
    let times = taken as f64 / response.body().len() as f64;
    assert!(times < 10.0, "{times:.1} times the body");
}
