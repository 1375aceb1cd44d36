//! Intents as they are stored, and bytes that somebody else may have put in their place (T40, T47).

use cashlink_core::body::{Body, MediaType};
use cashlink_core::http::{Method, header};
use cashlink_core::intent::{Account, Intent, replay};
use cashlink_core::partner::Partner;
use cashlink_core::payments::Payments;
use cashlink_core::{
    AppKey, Bearer, Call, Client, Credential, Effect, Endpoint, Honoured, IdempotencyKey, Raw, Secret, Step,
    UserKey,
};

use cashlink_journal::Evidence;

use crate::flow::{self, NOW};

/// What is written is read as the same, and what is read was written so; of both, the call goes to its base with no credential but the
/// client's.
///
/// The input is read as a stored intent, and as what is stored of its outcome; and as one that is to be made: account, effect and key,
/// method and path, a query's name and value, a header's name and value, a line each, and then the body. It is accepted when it is any
/// of these.
pub fn intent_encoding(input: &[u8]) -> bool {
    let stored = Intent::decode(input).ok();
    if let Some(intent) = &stored {
        assert!(intent.encode() == input, "{intent:?} has another spelling");
        check(intent);
    }
    let made = made(input, b"");
    if let Some(intent) = &made {
        check(intent);
        let other = self::made(input, b"!").map(|other| other.fingerprint());
        assert!(other != Some(intent.fingerprint()), "another request, and the same fingerprint");
    }
    let evidence = Evidence::decode(input).ok();
    if let Some(evidence) = &evidence {
        check_evidence(evidence, input);
    }
    stored.is_some() || made.is_some() || evidence.is_some()
}

/// Written again, it says the same; by then its headers are in the order of their first ones.
fn check_evidence(evidence: &Evidence, input: &[u8]) {
    let bytes = evidence.encode();
    assert_eq!(bytes.len(), input.len(), "{evidence:?}");
    let read = Evidence::decode(&bytes).unwrap_or_else(|error| panic!("{evidence:?}: {error}"));
    assert!(read.encode() == bytes && format!("{read:?}") == format!("{evidence:?}"));
    assert_eq!(read.decided(), evidence.decided());
    assert!(Evidence::decode(&bytes[..bytes.len() - 1]).is_err(), "it is read before its end");
    assert!(Evidence::decode(&[&bytes[..], b"\0"].concat()).is_err(), "it is read beyond its end");
}

/// The intent that these lines ask for, with something added to its body.
fn made(input: &[u8], added: &[u8]) -> Option<Intent> {
    let mut lines = input.splitn(6, |byte| *byte == b'\n');
    let mut line = || std::str::from_utf8(lines.next()?).ok();
    let (account, effect, request, query, header) = (line()?, line()?, line()?, line()?, line()?);
    let body = [lines.next()?, added].concat();

    let (word, key) = effect.split_once(' ').unwrap_or((effect, ""));
    let key = IdempotencyKey::new(key);
    let effect = match (word, &key) {
        ("documented", Ok(key)) => Effect::Keyed { key, honoured: Honoured::Documented },
        ("assumed", Ok(key)) => Effect::Keyed { key, honoured: Honoured::Assumed },
        ("safe", _) => Effect::Safe,
        ("idempotent", _) => Effect::Idempotent,
        ("once", _) => Effect::Once,
        _ => return None,
    };
    let (method, path) = request.split_once(' ')?;
    let mut raw = Raw::<UserKey>::new(Method::from_bytes(method.as_bytes()).ok()?, path, effect);
    if let Some((name, value)) = query.split_once('=') {
        raw = raw.query(name, value);
    }
    if !body.is_empty() {
        raw = raw.body(Body::new(&MediaType::PDF, body));
    }
    let mut call = Call::new(&raw).ok()?;
    if let Some((name, value)) = header.split_once(": ") {
        call = call.header(name, value).ok()?;
    }
    let key = UserKey::new(Secret::new("k3y")).expect("a key");
    let client = Client::new(Payments::production(), key);
    Intent::new(&client, &Account::new(account).ok()?, &call).ok()
}

fn check(intent: &Intent) {
    let bytes = intent.encode();
    assert!(bytes.len() <= Intent::LARGEST);
    let read = Intent::decode(&bytes).unwrap_or_else(|error| panic!("{intent:?}: {error}"));
    assert!(read.encode() == bytes && read.fingerprint() == intent.fingerprint());
    let meant =
        |intent: &Intent| (intent.account().clone(), intent.operation().to_owned(), intent.body_len());
    assert_eq!(meant(&read), meant(intent));
    assert_eq!((read.effect(), read.target()), (intent.effect(), intent.target()));

    for end in [0, bytes.len() / 2, bytes.len() - 1] {
        assert!(Intent::decode(&bytes[..end]).is_err(), "it is read before its end");
    }
    assert!(Intent::decode(&[&bytes[..], b"\0"].concat()).is_err(), "it is read beyond its end");

    let base = Endpoint::new(intent.base()).or_else(|_| Endpoint::on_loopback(intent.base()));
    let Ok(base) = base else { return };
    let secret = || Secret::new("k3y");
    match intent.api() {
        "partner" => {
            let bearer = Bearer::client_credentials("client", secret()).expect("both are printable");
            check_call(intent, &Client::new(Partner::at(base), bearer), "authorization");
        }
        "payments with a user key" => {
            let key = UserKey::new(secret()).expect("a key");
            check_call(intent, &Client::new(Payments::at(base), key), "x-api-key");
        }
        "payments with an app key" => {
            let key = AppKey::new(secret()).expect("a key");
            check_call(intent, &Client::new(Payments::at(base), key), "x-api-key");
        }
        other => panic!("{other} is no API"),
    }
}

/// The call that a worker would make.
fn check_call<C: Credential>(intent: &Intent, client: &Client<C>, credential: &str) {
    // Where the base is spelt otherwise than a client would, it is nobody's.
    let Ok(call) = replay::call(intent, client) else { return };
    let token = flow::token("t0k3n");
    let step = match client.perform(&call, NOW, [0; 16]) {
        Step::Authorize(need) => need.with(token, NOW),
        other => other,
    };
    let request = match step {
        Step::Send(outgoing) => outgoing.into_parts().0,
        Step::Done(Err(error)) => {
            assert_eq!(error.attempts(), 0);
            return;
        }
        other => panic!("it is sent, or it can't be: {other:?}"),
    };
    assert_eq!(
        request.uri().to_string(),
        format!("{}{}", intent.base(), intent.target()),
        "it goes elsewhere"
    );
    assert_eq!(request.method(), intent.method());
    let headers = request.headers();
    for name in ["authorization", "x-api-key", "proxy-authorization", "cookie"] {
        assert_eq!(headers.get_all(name).iter().count(), usize::from(name == credential), "{name}");
    }
    for name in ["host", "content-length", "transfer-encoding", "connection"] {
        assert!(!headers.contains_key(name), "{name} is the client's below");
    }
    assert!(headers.get_all(header::ACCEPT).iter().next().is_some());
    let key = headers.get("x-idempotency-key").map(|key| key.as_bytes());
    assert_eq!(key, intent.key().map(|key| key.as_str().as_bytes()));
}

#[cfg(test)]
mod tests {
    /// What was written by earlier versions is where a search begins, as it stands in the core.
    #[test]
    fn the_golden_files_are_seeds() {
        let core = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/cashlink-core/src/intent/golden");
        let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/intent_encoding");
        for golden in std::fs::read_dir(core).unwrap() {
            let path = golden.unwrap().path();
            let seed = format!("{seeds}/accepted-{}.seed", path.file_stem().unwrap().to_str().unwrap());
            assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(seed).unwrap(), "{}", path.display());
        }
    }
}
