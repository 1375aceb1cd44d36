//! Answers without end: each stops at a limit, and none is read far beyond it.

use cashlink_client::core::{Certainty, Effect, Error, ErrorKind, Policy};

use crate::case::{equal, holds};
use crate::scene::{Ended, Scene, impatient, post, quick};
use crate::server::Step;
use crate::{Case, Finding};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "oversized-body",
        reason: "a body beyond the limit is left there, whatever length it announces, and its status counts",
        rows: &["T26"],
        http2: false,
        run: oversized_body,
    },
    Case {
        name: "limit-exact",
        reason: "a body of exactly the limit is read whole, and one byte more is too many",
        rows: &["T26"],
        http2: false,
        run: limit_exact,
    },
    Case {
        name: "endless-head",
        reason: "a head without end is left, and is no answer",
        rows: &["T26", "T37"],
        http2: false,
        run: endless_head,
    },
    Case {
        name: "endless-interim",
        reason: "1xx answers without end are left, and are no answer",
        rows: &["T26", "T37"],
        http2: false,
        run: endless_interim,
    },
    Case {
        name: "dripping-answer",
        reason: "an answer that comes drop by drop is never silent, and ends with the time for all of the attempt",
        rows: &["T29", "T37"],
        http2: false,
        run: dripping_answer,
    },
];

/// More than the buffers of two sockets hold.
const FEW: u64 = 96 << 20;

/// What a server says that nobody stops.
const MANY: u64 = 256 << 20;

/// The error after an answer that begins so and then repeats itself; little of it was taken.
fn flooded(scene: &Scene<'_>, begin: &str, piece: &str, policy: Policy) -> Result<Error, Finding> {
    let piece = piece.repeat(65_536 / piece.len());
    let script = vec![Step::Request, Step::Say(begin.into()), Step::Flood(piece.into(), MANY)];
    let server = scene.server(vec![script])?;
    let ended = Ended(scene.user(&server.origin(), policy)?.call(&post(Effect::Once)));
    let told = server.log().told();
    holds(told < FEW, || format!("{told} bytes of an answer were taken"))?;
    ended.error()
}

fn outcome(error: &Error) -> (ErrorKind, Certainty, u32) {
    (error.kind(), error.certainty(), error.attempts())
}

fn oversized_body(scene: &Scene<'_>) -> Result<(), Finding> {
    let mut policy = quick();
    policy.largest_answer = 1000;
    let chunk = format!("fff\r\n{}\r\n", "x".repeat(4095));
    for (framing, piece) in [
        (format!("Content-Length: {MANY}\r\n"), "x"),
        ("Connection: close\r\n".into(), "x"),
        ("Transfer-Encoding: chunked\r\n".into(), &*chunk),
    ] {
        let begin = format!("HTTP/1.1 201 Created\r\n{framing}\r\n");
        let error = flooded(scene, &begin, piece, policy.clone()).map_err(|finding| finding.of(&framing))?;
        let wanted = (ErrorKind::AnswerTooLarge, Certainty::Applied, 1);
        equal(&format!("{framing:?}: kind, certainty, attempts"), outcome(&error), wanted)?;
        equal("status", error.status().map(|status| status.as_u16()), Some(201))?;
    }
    Ok(())
}

fn limit_exact(scene: &Scene<'_>) -> Result<(), Finding> {
    let mut policy = quick();
    policy.largest_answer = 10;
    for framing in ["Content-Length: 10\r\n", "Connection: close\r\n"] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{framing}\r\n0123456789");
        let reply = scene.once(vec![Step::Request, Step::Say(bytes.into())], policy.clone())?.reply()?;
        equal("bytes", reply.value.len(), 10)?;
    }
    for framing in ["Content-Length: 11\r\n", "Connection: close\r\n"] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{framing}\r\n01234567890");
        let error = scene.once(vec![Step::Request, Step::Say(bytes.into())], policy.clone())?.error()?;
        equal("kind", error.kind(), ErrorKind::AnswerTooLarge)?;
    }
    Ok(())
}

fn endless_head(scene: &Scene<'_>) -> Result<(), Finding> {
    let line = format!("X-A: {}\r\n", "x".repeat(4096));
    for piece in [&*line, "x"] {
        let error = flooded(scene, "HTTP/1.1 201 Created\r\nX-B: ", piece, impatient())?;
        let wanted = (ErrorKind::Transport, Certainty::Unknown, 1);
        equal("kind, certainty, attempts", outcome(&error), wanted)?;
    }
    Ok(())
}

fn endless_interim(scene: &Scene<'_>) -> Result<(), Finding> {
    // Not the shortest there are: some clients read many of those before they look at the clock.
    let hints = format!("HTTP/1.1 103 Early Hints\r\nLink: <{}>\r\n\r\n", "x".repeat(2000));
    let error = flooded(scene, "", &hints, impatient())?;
    let wanted = (ErrorKind::Transport, Certainty::Unknown, 1);
    equal("kind, certainty, attempts", outcome(&error), wanted)
}

fn dripping_answer(scene: &Scene<'_>) -> Result<(), Finding> {
    let drips = |begun: &str| vec![Step::Request, Step::Say(begun.into()), Step::Drip(b'x')];
    scene.once(drips("HTTP/1.1 201 Created\r\nX-A: "), impatient())?.ambiguous()?;
    let body = drips("HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n");
    let ended = scene.once(body, impatient())?;
    ended.failed(ErrorKind::CutAnswer, Certainty::Applied, 1).map(drop)
}
