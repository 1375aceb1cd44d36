//! What goes out: the core's bytes, what HTTP itself needs, and nothing else.

use cashlink_client::core::http::Method;
use cashlink_client::core::{Effect, Raw, Step as CallStep, UserKey};
use cashlink_client::system_now;

use crate::case::{equal, holds};
use crate::scene::{Ended, Scene, answer, created, documented, get, key, post, protocol_of_user, quick};
use crate::server::{Seen, Step};
use crate::{Case, Finding};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "headers-untouched",
        reason: "every header arrives as the core wrote it, once; only what HTTP needs is added, no Accept-Encoding, no Expect",
        rows: &["T15", "T27"],
        http2: false,
        run: headers_untouched,
    },
    Case {
        name: "target-untouched",
        reason: "path and query arrive byte for byte, percent-encoding and all",
        rows: &["T16"],
        http2: false,
        run: target_untouched,
    },
    Case {
        name: "update-method",
        reason: "UPDATE, which the older API's page names, is a method like any other, with a body and without",
        rows: &[],
        http2: false,
        run: update_method,
    },
    Case {
        name: "length-in-advance",
        reason: "a body that is in memory is announced by its length, not sent in chunks, and arrives whole",
        rows: &[],
        http2: false,
        run: length_in_advance,
    },
    Case {
        name: "empty-post",
        reason: "a POST without a body says content-length: 0, or servers wait for one",
        rows: &[],
        http2: false,
        run: empty_post,
    },
    Case {
        name: "get-without-body",
        reason: "a GET announces no body: neither chunks nor a length other than 0",
        rows: &[],
        http2: false,
        run: get_without_body,
    },
    Case {
        name: "nothing-remembered",
        reason: "an answer's cookies and validators change no later request, and none is answered from a cache",
        rows: &[],
        http2: false,
        run: nothing_remembered,
    },
];

/// The one request that a server saw of this call, which got an answer.
fn seen(scene: &Scene<'_>, raw: &Raw<UserKey>) -> Result<Seen, Finding> {
    let server = scene.server(vec![vec![Step::Request, Step::Say(created()), Step::Hold]])?;
    Ended(scene.user(&server.origin(), quick())?.call(raw)).reply()?;
    server.requests().pop().ok_or_else(|| Finding::new("no request reached the server"))
}

/// What a transport may add.
const HTTPS_OWN: [&str; 5] = ["host", "content-length", "connection", "keep-alive", "te"];

fn headers_untouched(scene: &Scene<'_>) -> Result<(), Finding> {
    let operation = post(documented(&key()?));
    let protocol = protocol_of_user("http://127.0.0.1:1", quick())?;
    let CallStep::Send(outgoing) = protocol.start(&operation, system_now(), [0; 16]) else {
        return Err(Finding::new("not to be arranged here: the core sends nothing"));
    };
    let (request, _) = outgoing.into_parts();
    let arrived = seen(scene, &operation)?.headers();
    for name in request.headers().keys() {
        let wrote: Vec<&[u8]> =
            request.headers().get_all(name).iter().map(|value| value.as_bytes()).collect();
        let came: Vec<&[u8]> =
            arrived.iter().filter(|(other, _)| other == name.as_str()).map(|(_, value)| &**value).collect();
        // Only in names: what stands in them may be secret.
        holds(came == wrote, || format!("{name} came {} times, or changed", came.len()))?;
    }
    for (name, _) in &arrived {
        let known = request.headers().contains_key(name.as_str()) || HTTPS_OWN.contains(&name.as_str());
        holds(known, || format!("{name} was added"))?;
    }
    let hosts = arrived.iter().filter(|(name, _)| name == "host").count();
    equal("host headers", hosts, 1)
}

fn target_untouched(scene: &Scene<'_>) -> Result<(), Finding> {
    let raw = Raw::<UserKey>::new(Method::GET, "things/ä b%2F+:@'/", Effect::Safe);
    let raw = raw.query("q", "a b+c&d=e%2F/?é").query("empty", "");
    let protocol = protocol_of_user("http://127.0.0.1:1", quick())?;
    let CallStep::Send(outgoing) = protocol.start(&raw, system_now(), [0; 16]) else {
        return Err(Finding::new("not to be arranged here: the core sends nothing"));
    };
    let (request, _) = outgoing.into_parts();
    let wrote = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    equal("request line", seen(scene, &raw)?.line(), format!("GET {wrote} HTTP/1.1"))
}

fn update_method(scene: &Scene<'_>) -> Result<(), Finding> {
    let update = Method::from_bytes(b"UPDATE").map_err(|_| Finding::new("UPDATE is no method"))?;
    let raw = || Raw::<UserKey>::new(update.clone(), "things/7", Effect::Idempotent);
    for (raw, body) in [(raw().json(&[1]), "[1]"), (raw(), "")] {
        let seen = seen(scene, &raw)?;
        equal("request line", &*seen.line(), "UPDATE /api/things/7 HTTP/1.1")?;
        equal("body", &*seen.body, body.as_bytes())?;
        equal("content-length", seen.values("content-length"), vec![body.len().to_string()])?;
    }
    Ok(())
}

fn length_in_advance(scene: &Scene<'_>) -> Result<(), Finding> {
    let text = "x".repeat(100_000);
    let seen = seen(scene, &Raw::new(Method::POST, "things/", Effect::Once).json(&text))?;
    let length = text.len() + 2;
    equal("content-length", seen.values("content-length"), vec![length.to_string()])?;
    equal("transfer-encoding", seen.values("transfer-encoding"), vec![])?;
    equal("bytes of the body", seen.body.len(), length)
}

fn empty_post(scene: &Scene<'_>) -> Result<(), Finding> {
    let seen = seen(scene, &Raw::new(Method::POST, "things/", Effect::Once))?;
    equal("content-length", seen.values("content-length"), vec!["0".into()])?;
    equal("transfer-encoding", seen.values("transfer-encoding"), vec![])
}

fn get_without_body(scene: &Scene<'_>) -> Result<(), Finding> {
    let seen = seen(scene, &get())?;
    let lengths = seen.values("content-length");
    holds(lengths.iter().all(|length| length == "0"), || format!("content-length: {lengths:?}"))?;
    equal("transfer-encoding", seen.values("transfer-encoding"), vec![])
}

fn nothing_remembered(scene: &Scene<'_>) -> Result<(), Finding> {
    let head = "200 OK\r\nSet-Cookie: a=b; Path=/\r\nETag: \"1\"\r\nCache-Control: max-age=600\r\n\
                Last-Modified: Wed, 18 Nov 2020 13:00:00 GMT\r\nConnection: close";
    let script = || vec![Step::Request, Step::Say(answer(head, "{}"))];
    let server = scene.server(vec![script(), script()])?;
    let client = scene.user(&server.origin(), quick())?;
    for _ in 0..2 {
        Ended(client.call(&get())).reply()?;
    }
    let heads: Vec<_> = server.requests().into_iter().map(|seen| seen.head).collect();
    equal("requests for two calls", heads.len(), 2)?;
    // Not the heads themselves: what stands in them may be secret.
    holds(heads.first() == heads.last(), || "the second request has another head".into())
}
