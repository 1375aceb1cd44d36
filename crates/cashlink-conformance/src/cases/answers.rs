//! Heads of answers, odd and wrong: every status is an answer, every header is passed on, and nothing is followed.

use std::time::Duration;

use cashlink_client::core::http::Method;
use cashlink_client::core::{Bearer, Certainty, Effect, ErrorKind, Raw};

use crate::case::{equal, holds};
use crate::scene::{Ended, Scene, answer, created, get, impatient, post, quick};
use crate::server::Step;
use crate::{Case, Finding};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "redirects",
        reason: "no redirect is followed, of a resource or of a token call: the other server hears nothing",
        rows: &["T1", "T2", "T14"],
        http2: false,
        run: redirects,
    },
    Case {
        name: "refusals",
        reason: "every status is an answer with its body, not an error of the transport",
        rows: &["T28", "E"],
        http2: false,
        run: refusals,
    },
    Case {
        name: "doubled-headers",
        reason: "a header that comes twice is passed on twice, in its order",
        rows: &["T31"],
        http2: false,
        run: doubled_headers,
    },
    Case {
        name: "header-bytes",
        reason: "header values that are no UTF-8 are passed on as bytes",
        rows: &["T30"],
        http2: false,
        run: header_bytes,
    },
    Case {
        name: "retry-after-seconds",
        reason: "a wait that the server asks for in seconds reaches the core",
        rows: &["T31"],
        http2: false,
        run: retry_after_seconds,
    },
    Case {
        name: "retry-after-date",
        reason: "a wait that the server asks for as a date reaches the core, with the Date that it is measured against",
        rows: &["T31"],
        http2: false,
        run: retry_after_date,
    },
    Case {
        name: "interim-answers",
        reason: "1xx answers are passed over, their headers too",
        rows: &["T28"],
        http2: false,
        run: interim_answers,
    },
    Case {
        name: "switched-protocols",
        reason: "a 101 that nobody asked for is no success",
        rows: &["T28"],
        http2: false,
        run: switched_protocols,
    },
    Case {
        name: "broken-head",
        reason: "what doesn't keep to HTTP is no answer, and leaves a doubt",
        rows: &["T37"],
        http2: false,
        run: broken_head,
    },
    Case {
        name: "cut-head",
        reason: "a head that is cut is no answer, and leaves a doubt",
        rows: &["T29", "T37"],
        http2: false,
        run: cut_head,
    },
    Case {
        name: "slow-head",
        reason: "an answer that doesn't begin in its time leaves a doubt, whether none of its head has come or a part",
        rows: &["T37"],
        http2: false,
        run: slow_head,
    },
];

fn redirects(scene: &Scene<'_>) -> Result<(), Finding> {
    for status in [301, 302, 303, 307, 308] {
        // It would welcome whoever follows.
        let welcome = || vec![Step::Request, Step::Say(created())];
        let other = scene.server(vec![welcome(), welcome(), welcome()])?;
        let location = format!("{}/api/things/", other.origin());
        let moved = || {
            vec![Step::Request, Step::Say(answer(&format!("{status} Moved\r\nLocation: {location}"), "gone"))]
        };
        for request in [get(), post(Effect::Once)] {
            let server = scene.server(vec![moved()])?;
            let ended = Ended(scene.user(&server.origin(), quick())?.call(&request));
            let error = ended
                .failed(ErrorKind::UnexpectedRedirect, Certainty::Unknown, 1)
                .map_err(|finding| finding.of(status))?;
            equal("location", error.location(), Some(&*location))?;
            equal("body", error.body().map(|body| &**body), Some(&b"gone"[..]))?;
        }
        // Nor to the same server, as Django asks for where a slash is missing.
        let slash = answer(&format!("{status} Moved\r\nLocation: /api/things/more/"), "gone");
        for request in [get(), post(Effect::Once)] {
            let script = vec![Step::Request, Step::Say(slash.clone()), Step::Request, Step::Say(created())];
            let server = scene.server(vec![script, welcome()])?;
            Ended(scene.user(&server.origin(), quick())?.call(&request))
                .failed(ErrorKind::UnexpectedRedirect, Certainty::Unknown, 1)
                .map_err(|finding| finding.of(format_args!("{status}, on the same server")))?;
            equal("requests", server.requests().len(), 1)?;
        }
        let server = scene.server(vec![moved()])?;
        let ended = Ended(scene.bearer(&server.origin(), quick())?.call(&Raw::<Bearer>::new(
            Method::GET,
            "things/",
            Effect::Safe,
        )));
        let error = ended.error()?;
        equal("kind, of a token call", error.kind(), ErrorKind::Token)?;
        equal("requests at the other server", other.requests().len(), 0)?;
    }
    Ok(())
}

fn refusals(scene: &Scene<'_>) -> Result<(), Finding> {
    let body = r#"{"subject":["Too short."]}"#;
    for (head, kind, certainty) in [
        ("400 Bad Request", ErrorKind::Status, Certainty::NotApplied),
        ("404 Not Found", ErrorKind::Status, Certainty::NotApplied),
        ("500 Oops", ErrorKind::Status, Certainty::Unknown),
    ] {
        let error = scene
            .once(vec![Step::Request, Step::Say(answer(head, body))], quick())?
            .failed(kind, certainty, 1)
            .map_err(|finding| finding.of(head))?;
        equal("body", error.body().map(|bytes| &**bytes), Some(body.as_bytes()))?;
        let mut map = Vec::new();
        map.extend(error.error_map().at("subject").map(ToString::to_string));
        equal("error map", map, vec!["Too short.".to_owned()])?;
    }
    Ok(())
}

fn doubled_headers(scene: &Scene<'_>) -> Result<(), Finding> {
    let head = "200 OK\r\nX-Doubled: 1\r\nx-other: 0\r\nx-doubled: 2\r\nX-DOUBLED: 1";
    let reply = scene.once(vec![Step::Request, Step::Say(answer(head, "{}"))], quick())?.reply()?;
    let values = reply.meta.headers().get_all("x-doubled");
    let values: Vec<&[u8]> = values.iter().map(|value| value.as_bytes()).collect();
    equal("x-doubled", values, vec![b"1", b"2", b"1"])
}

fn header_bytes(scene: &Scene<'_>) -> Result<(), Finding> {
    let bytes = b"HTTP/1.1 200 OK\r\nX-Request-Id: \xff\xfe\r\nContent-Length: 2\r\n\r\n{}";
    let reply = scene.once(vec![Step::Request, Step::Say(bytes.to_vec())], quick())?.reply()?;
    let value = reply.meta.headers().get("x-request-id").map(|value| value.as_bytes());
    equal("x-request-id", value, Some(&b"\xff\xfe"[..]))
}

/// How long a call waits between two attempts whose first gets this answer.
fn waits(scene: &Scene<'_>, head: &str, seconds: u64) -> Result<(), Finding> {
    let unavailable = Step::Say(answer(head, ""));
    let answers = vec![Step::Request, unavailable, Step::Request, Step::Say(created())];
    let server = scene.server(vec![answers, vec![Step::Request, Step::Say(created())]])?;
    // Without a pool, the second request comes on another connection, for which there is the second script.
    let reply = Ended(scene.user(&server.origin(), quick())?.call(&get())).reply()?;
    equal("attempts", reply.meta.attempts(), 2)?;
    equal("waited", scene.waited(), Duration::from_secs(seconds))
}

fn retry_after_seconds(scene: &Scene<'_>) -> Result<(), Finding> {
    waits(scene, "503 Unavailable\r\nRetry-After: 7", 7)
}

fn retry_after_date(scene: &Scene<'_>) -> Result<(), Finding> {
    let dates = "Date: Wed, 18 Nov 2020 13:00:00 GMT\r\nRetry-After: Wed, 18 Nov 2020 13:00:09 GMT";
    waits(scene, &format!("503 Unavailable\r\n{dates}"), 9)
}

fn interim_answers(scene: &Scene<'_>) -> Result<(), Finding> {
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    for (name, interim) in [
        ("100", "HTTP/1.1 100 Continue\r\n\r\n".to_owned()),
        ("103", hints.to_owned()),
        ("102, 100, 103", format!("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n{hints}")),
    ] {
        let script = vec![Step::Request, Step::Say(interim.into_bytes()), Step::Say(created())];
        let reply = scene.once(script, quick())?.reply().map_err(|finding| finding.of(name))?;
        equal("status", reply.meta.status().as_u16(), 201)?;
        holds(reply.meta.headers().get("link").is_none(), || {
            "an interim answer's headers are passed on as the answer's".into()
        })?;
    }
    Ok(())
}

fn switched_protocols(scene: &Scene<'_>) -> Result<(), Finding> {
    let switch = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n";
    let error = scene.once(vec![Step::Request, Step::Say(switch.to_vec())], quick())?.error()?;
    equal("certainty, attempts", (error.certainty(), error.attempts()), (Certainty::Unknown, 1))
}

/// No answer to a request that must not be repeated.
fn no_answer(scene: &Scene<'_>, bytes: &[u8]) -> Result<(), Finding> {
    let ended = scene.once(vec![Step::Request, Step::Say(bytes.to_vec())], quick())?;
    ended.ambiguous().map_err(|finding| finding.of(format_args!("{:?}", bytes.escape_ascii().to_string())))
}

fn broken_head(scene: &Scene<'_>) -> Result<(), Finding> {
    no_answer(scene, b"nonsense\r\n\r\n")?;
    no_answer(scene, b"\x16\x03\x01\x00\x00\r\n\r\n")?;
    no_answer(scene, b"\r\n\r\n\r\n\r\n")?;
    no_answer(scene, b"HTTP/2.0 201 Created\r\n\r\n")?;
    no_answer(scene, b"HTTP/1.1 2O1 Created\r\n\r\n")?;
    no_answer(scene, b"HTTP/1.1 099 Odd\r\n\r\n")?;
    no_answer(scene, b"HTTP/1.1 201 Created\r\nno colon\r\n\r\n")?;
    no_answer(scene, b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}")?;
    no_answer(scene, b"HTTP/1.1 201 Created\r\ncontent-length: 99999999999999999999999\r\n\r\n{}")?;
    no_answer(scene, b"HTTP/1.1 201 Created\r\ncontent-length: -1\r\n\r\n{}")
}

fn cut_head(scene: &Scene<'_>) -> Result<(), Finding> {
    no_answer(scene, b"HTTP/1.1 20")?;
    no_answer(scene, b"HTTP/1.1 201 Created\r\ncontent-le")?;
    no_answer(scene, b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n")
}

fn slow_head(scene: &Scene<'_>) -> Result<(), Finding> {
    for begun in ["", "HTTP/1.1 201 Created\r\n"] {
        let script = vec![Step::Request, Step::Say(begun.into()), Step::Hold];
        scene
            .once(script, impatient())?
            .ambiguous()
            .map_err(|finding| finding.of(format_args!("{begun:?}")))?;
    }
    Ok(())
}
