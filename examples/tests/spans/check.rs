//! What the records of a quickstart have to show, and what they must not.

use cashlink_sandbox::{Config, Sandbox, demo};

use crate::adapter::core::bytes::Bytes;
use crate::adapter::core::http::Request;
use crate::place::Place;
use crate::recorder::{WIRE, find, records};

/// The token that a sandbox gives out first: everything that it makes up follows from its seed.
fn first_token() -> String {
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        demo::DISTRIBUTOR_CLIENT_ID,
        demo::DISTRIBUTOR_CLIENT_SECRET
    );
    let request = Request::post("/api/external/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form))
        .unwrap();
    let answer = Sandbox::new(Config::default()).handle(std::time::Duration::ZERO, request);
    let json: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    json["access_token"].as_str().unwrap().to_owned()
}

/// What must not be in any record.
pub(crate) const CANARIES: [&str; 9] = [
    demo::DISTRIBUTOR_CLIENT_SECRET,
    demo::USER_KEY,
    "Lovelace",
    "Hopper",
    "1985-12-10",
    "by pigeon",
    "protocol.pdf",
    "a very short document",
    "Invoice no. 12345",
];

pub(crate) fn check(place: &Place, stack: &str) {
    let token = first_token();
    let canaries: Vec<&str> = CANARIES.into_iter().chain([&*token]).collect();
    let dump = records().dump();
    assert_eq!(find(&dump, &canaries), None, "in what was recorded");
    assert!(!dump.contains(WIRE), "the wire was written down");
    assert!(dump.contains(&format!("\n{stack}::")), "nothing was heard of {stack}");

    spans(place);

    // What would be found, if it were there: in an event, in a log, in a field.
    for canary in canaries.iter().copied() {
        tracing::trace!(planted = canary);
        assert_eq!(find(&records().events, &canaries), Some(canary));
        records().events.clear();
        log::trace!("planted {:?}", canary.as_bytes());
        assert_eq!(find(&records().events, &canaries), Some(canary));
        records().events.clear();
        let span = tracing::trace_span!("planted", canary);
        assert_eq!(find(&records().dump(), &canaries), Some(canary));
        drop(span);
        records().spans.clear();
    }
}

/// One for each flow, and one for each attempt, below its own.
fn spans(place: &Place) {
    let records = records();
    let (mut flows, mut attempts, mut tokens) = (0, 0, 0);
    for span in &records.spans {
        let parent = span.parent.map(|parent| &records.spans[parent]);
        let fields = &span.fields;
        match span.name {
            "cashlink.flow" => {
                flows += 1;
                assert!(span.closed && fields.get("cashlink.certainty").is_some(), "{}", fields.0);
                let is_token = fields.get("cashlink.operation") == Some("oauth.token");
                tokens += u64::from(is_token);
                // Who waits for a token is around the flow that obtains it.
                assert_eq!(parent.map(|parent| parent.name), is_token.then_some("cashlink.flow"));
            }
            "cashlink.attempt" => {
                attempts += 1;
                let parent = parent.expect("a flow is around it");
                assert_eq!(parent.name, "cashlink.flow");
                assert_eq!(fields.get("otel.name"), parent.fields.get("cashlink.operation"));
                assert_eq!(fields.get("server.address"), Some("127.0.0.1"));
                assert_eq!(fields.get("url.scheme"), Some("http"));
                let answered = fields.get("http.response.status_code").is_some();
                assert!(span.closed && (answered || fields.get("error.type").is_some()), "{}", fields.0);
            }
            _ => {}
        }
    }
    let sandbox = place.sandbox.as_ref().unwrap();
    let (asked, tokens_asked) =
        sandbox.with(|server| (server.statistics().total(), server.statistics().token_requests()));
    assert_eq!((attempts, tokens), (asked, tokens_asked));
    // One answer was lost, so that its flow took two attempts; all others took one.
    assert_eq!(flows + 1, attempts);
    let resent = records.spans.iter().filter_map(|span| span.fields.get("http.request.resend_count"));
    assert_eq!(resent.collect::<Vec<_>>(), ["1"]);
}
