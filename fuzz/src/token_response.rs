//! What a token endpoint answers, and what becomes of the token (T15, T29–T30, T33–T34).

use std::time::Duration;

use cashlink_core::bytes::Bytes;
use cashlink_core::flow::{Look, TokenSlot, Waiter};
use cashlink_core::http::{Response, header};
use cashlink_core::partner::Partner;
use cashlink_core::{Certainty, Error, ErrorKind, Grant, NeedToken, Now, Policy, Step};

use crate::flow::{self, NOW};
use crate::json::{self, Reading, Tree};

/// A grant is what the JSON says and nothing else, its token is shown nowhere, and nobody asks for one in circles.
///
/// The input is the body of the token endpoint's answer. It is accepted when it is a grant.
pub fn token_response(input: &[u8]) -> bool {
    assert_a_refusal_is_the_end(input);
    match answered(input, 200) {
        (need, Step::Done(Ok(reply))) => {
            let grant = reply.value;
            let token = assert_as_written(&grant, input);
            if let Some(token) = &token {
                assert_hidden(&grant, token, need);
            }
            for started in [Duration::ZERO, NOW.mono, Duration::MAX - Duration::from_secs(7)] {
                assert_slot_settles(&grant, Now { mono: started, ..NOW });
            }
            true
        }
        (_, Step::Done(Err(error))) => {
            assert_eq!((error.kind(), error.certainty()), (ErrorKind::Undecodable, Certainty::Applied));
            assert!(says_only_what_we_wrote(&error), "{error}");
            assert_eq!(error.body().map(|body| &body[..]), Some(input), "the bytes are kept");
            if let Reading::Json(tree) = json::read(input) {
                assert!(reference(&tree).is_none(), "{tree:?} is a grant");
            }
            false
        }
        (_, other) => panic!("a whole answer is the end: {other:?}"),
    }
}

/// The call that needs the token, and the end of the token call.
fn answered(body: &[u8], status: u16) -> (NeedToken<Bytes>, Step<Grant>) {
    let client = flow::client(Partner::demo(), flow::policy());
    let mut need = match client.perform(&flow::read(), NOW, [5; 16]) {
        Step::Authorize(need) => need,
        other => panic!("a token is needed first: {other:?}"),
    };
    let Step::Send(outgoing) = need.request(NOW) else { panic!("the token request goes out") };
    let (_, pending) = outgoing.into_parts();
    let answer = Response::builder().status(status).body(Bytes::copy_from_slice(body)).expect("a status");
    (need, pending.respond(NOW, answer))
}

/// What a grant says, read slowly from the tree.
struct Expected<'a> {
    access_token: &'a str,
    scope: Option<&'a str>,
    life: Option<u64>,
}

fn reference(tree: &Tree) -> Option<Expected<'_>> {
    let one = |name: &str| match tree.all(name).as_slice() {
        [] => Some(None),
        [Tree::Null] => Some(None),
        [value] => Some(Some(*value)),
        _ => None,
    };
    let text = |name: &str| match one(name)? {
        None => Some(None),
        Some(value) => value.as_text().map(Some),
    };
    let access_token = text("access_token")?.filter(|token| is_b64token(token))?;
    if text("token_type")?.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return None;
    }
    let life = match one("expires_in")? {
        Some(Tree::Scalar(digits) | Tree::Text(digits)) => positive(digits),
        _ => None,
    };
    Some(Expected { access_token, scope: text("scope")?, life })
}

/// RFC 6750 §2.1: `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
fn is_b64token(text: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
    let behind = text.trim_start_matches(is_inner);
    behind.len() < text.len() && behind.chars().all(|c| c == '=')
}

/// Digits and nothing else, above 0 and within 64 bits.
fn positive(digits: &str) -> Option<u64> {
    let digit = |digit: u8| digit.is_ascii_digit().then(|| u64::from(digit - b'0'));
    let seconds = digits.bytes().try_fold(0, |all: u64, byte| all.checked_mul(10)?.checked_add(digit(byte)?));
    seconds.filter(|seconds| *seconds > 0)
}

/// The grant's token, where the tree is sure of it.
fn assert_as_written(grant: &Grant, input: &[u8]) -> Option<String> {
    assert!(grant.expires_in().is_none_or(|life| life >= Duration::from_secs(1)));
    let tree = match json::read(input) {
        Reading::Json(tree) => tree,
        // A member that nobody reads is only checked for its grammar.
        Reading::LoneSurrogate(_) | Reading::TooDeep => return None,
        Reading::NotJson => panic!("a grant from what is no JSON"),
    };
    assert!(matches!(tree, Tree::Object(_)), "a grant from {tree:?}");
    let expected = reference(&tree).unwrap_or_else(|| panic!("a grant from {tree:?}"));
    assert_eq!(grant.token().id(), flow::token(expected.access_token).id());
    assert_eq!(grant.scope(), expected.scope);
    // A life in escapes may count as not said.
    if grant.expires_in().is_some() || !input.contains(&b'\\') {
        assert_eq!(grant.expires_in(), expected.life.map(Duration::from_secs));
    }
    Some(expected.access_token.to_owned())
}

/// The token goes out in one header and is in no other output: every form is the same whatever the token is.
fn assert_hidden(grant: &Grant, text: &str, need: NeedToken<Bytes>) {
    let token = grant.token();
    assert_eq!(format!("{token:?}"), format!("Token({:?})", token.id()));
    assert_eq!(
        format!("{grant:?}"),
        format!("Grant {{ token: {token:?}, expires_in: {:?}, .. }}", grant.expires_in())
    );
    let life = grant.expires_in().map_or(String::new(), |life| format!(" for {} s", life.as_secs()));
    assert_eq!(grant.to_string(), format!("a bearer token{life}"));

    let outgoing = match need.with(token, NOW) {
        Step::Send(outgoing) => outgoing,
        other => panic!("with a token, the request goes out: {other:?}"),
    };
    let shown = format!("{outgoing:?}");
    let client = flow::client(Partner::demo(), flow::policy());
    let other = flow::send(client.perform(&flow::read(), NOW, [5; 16]), &flow::token("an0ther"));
    assert_eq!(shown, format!("{:?}", other));

    let (request, _) = outgoing.into_parts();
    let value = &request.headers()[header::AUTHORIZATION];
    assert_eq!(value.to_str().expect("a token is ASCII"), format!("Bearer {text}"));
    assert!(value.is_sensitive());
    assert_eq!(format!("{value:?}"), "Sensitive");
}

/// A caller that waits for as long as it takes.
fn anybody() -> Waiter {
    Waiter::new(Duration::MAX)
}

/// Whatever the life: who joined is served, who comes later is served after one flight at most.
fn assert_slot_settles(grant: &Grant, started: Now) {
    let mut slot = TokenSlot::new(&Policy::default());
    let at = |time| flow::later(started, time);
    let Look::Lead(lead) = slot.look(started, &mut anybody()) else { panic!("nobody else is at it") };
    let mut joined = anybody();
    assert!(matches!(slot.look(started, &mut joined), Look::Join), "one at a time");
    slot.land(lead, Ok(grant));
    for waited in [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(1 << 40), Duration::MAX] {
        assert!(matches!(slot.look(at(waited), &mut joined), Look::Use(_)), "who joined waits on");
    }

    // It is good for 80 % of its life or until half a minute before its end, and then no longer.
    let good =
        grant.expires_in().map(|life| (life - life / 5).min(life.saturating_sub(Duration::from_secs(30))));
    let ends = good.and_then(|good| Some((good, started.mono.checked_add(good)?)));
    let nanosecond = Duration::from_nanos(1);
    match ends {
        Some((good, _)) => {
            if let Some(before) = good.checked_sub(nanosecond) {
                assert!(matches!(slot.look(at(before), &mut anybody()), Look::Use(_)));
            }
            let Look::Lead(lead) = slot.look(at(good), &mut anybody()) else { panic!("it is due") };
            let mut joined = anybody();
            assert!(matches!(slot.look(at(good), &mut joined), Look::Join), "one at a time");
            slot.land(lead, Ok(grant));
            assert!(matches!(slot.look(at(good), &mut joined), Look::Use(_)), "a second flight for one look");
        }
        None => assert!(matches!(slot.look(at(Duration::MAX), &mut anybody()), Look::Use(_))),
    }

    // The server refuses it, and grants the same one again: each caller asks once.
    let rejected = Some(grant.token().id());
    let now = at(Duration::from_secs(3));
    if let Look::Lead(lead) = slot.look(now, &mut anybody().without(rejected)) {
        let mut joined = anybody().without(rejected);
        assert!(matches!(slot.look(now, &mut joined), Look::Join), "one at a time");
        slot.land(lead, Ok(grant));
        assert!(matches!(slot.look(now, &mut joined), Look::Use(_)));
    } else {
        panic!("a refused token is handed out");
    }
}

/// The reasons of RFC 6749 §5.2: all that an error's text repeats.
const CODES: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

/// A refusal by the token endpoint ends the call that needed the token, with the server's reason and no other word of it.
fn assert_a_refusal_is_the_end(input: &[u8]) {
    let (need, error) = match answered(input, 400) {
        (need, Step::Done(Err(error))) => (need, error),
        (_, other) => panic!("a 400 is the end: {other:?}"),
    };
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Status, 1));
    let map = error.error_map();
    let code = map.oauth().map(|oauth| oauth.code());
    let reason =
        code.filter(|code| CODES.contains(code)).map(|code| format!(" ({code})")).unwrap_or_default();
    assert_eq!(
        error.to_string(),
        format!(
            "oauth.token: the server answered 400 Bad Request{reason} at the only attempt; it did not happen"
        )
    );
    let is_unknown_client = code == Some("invalid_client");
    match need.fail(&error) {
        Step::Done(Err(error)) => {
            assert_eq!((error.kind(), error.certainty()), (ErrorKind::Token, Certainty::NotApplied));
            assert_eq!((error.attempts(), error.is_auth()), (0, is_unknown_client));
        }
        other => panic!("without a token there is no call: {other:?}"),
    }
}

/// The error's text, without its numbers, is one of a few.
fn says_only_what_we_wrote(error: &Error) -> bool {
    let text: String =
        error.to_string().split(|c: char| c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let cause = text
        .strip_prefix("oauth.token: the answer () can't be read: ")
        .and_then(|text| text.strip_suffix(" at the only attempt; it happened"));
    let known = [
        "the body is not JSON at line  column ",
        "the body ends before its JSON does",
        "the body's JSON has another shape than expected at line  column ",
        "token_type: must be bearer",
        "body: must be UTF-",
        "bearer token: must be a btoken of RFC ",
    ];
    cause.is_some_and(|cause| known.contains(&cause))
}
