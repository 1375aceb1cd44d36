//! Connections that never come about, and those that end under a request: *not sent* only where that is certain.

use std::time::Duration;

use cashlink_client::core::http::Method;
use cashlink_client::core::{Certainty, Effect, ErrorKind, Raw};

use crate::case::{equal, holds};
use crate::scene::{Ended, Scene, answer, created, documented, get, impatient, key, post, quick};
use crate::server::{Full, Nobody, Step};
use crate::{Case, Finding};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "connection-refused",
        reason: "where nobody listens, the request surely never left: everything tries again",
        rows: &["T37"],
        http2: false,
        run: connection_refused,
    },
    Case {
        name: "connect-timeout",
        reason: "a connection that doesn't come about in its time is given up, and the request surely never left",
        rows: &["T37"],
        http2: false,
        run: connect_timeout,
    },
    Case {
        name: "reset-before-body",
        reason: "a connection that is reset before the body was read leaves a doubt once any of it was sent",
        rows: &["T37", "T38"],
        http2: false,
        run: reset_before_body,
    },
    Case {
        name: "reset-after-body",
        reason: "a connection that is reset once the whole request was there leaves a doubt",
        rows: &["T37", "T38"],
        http2: false,
        run: reset_after_body,
    },
    Case {
        name: "closed-without-answer",
        reason: "a connection that closes without an answer leaves a doubt; under a documented key the same bytes go again",
        rows: &["T37", "T38"],
        http2: false,
        run: closed_without_answer,
    },
    Case {
        name: "empty-post-unanswered",
        reason: "a POST without a body is whole with its head: without an answer it leaves a doubt, though nobody asked for a body",
        rows: &["T37"],
        http2: false,
        run: empty_post_unanswered,
    },
    Case {
        name: "attempts-counted",
        reason: "a server that is unavailable sees exactly the attempts that were counted, no hidden ones",
        rows: &["T38"],
        http2: false,
        run: attempts_counted,
    },
];

fn connection_refused(scene: &Scene<'_>) -> Result<(), Finding> {
    let nobody = Nobody::new()?;
    never_left(Ended(scene.user(&nobody.origin(), quick())?.call(&post(Effect::Once))))
}

fn connect_timeout(scene: &Scene<'_>) -> Result<(), Finding> {
    let full = Full::new()?;
    let mut policy = quick();
    policy.connect_timeout = Duration::from_millis(100);
    never_left(Ended(scene.user(&full.origin(), policy)?.call(&post(Effect::Once))))
}

fn never_left(ended: Ended) -> Result<(), Finding> {
    let error = ended.failed(ErrorKind::Transport, Certainty::NotApplied, 2)?;
    let told = error.failure().map(ToString::to_string).unwrap_or_default();
    holds(told.starts_with("not sent: "), || format!("the failure is: {told}"))
}

/// The server waits for a byte of the body, so that *not sent* can't be the truth.
fn reset_before_body(scene: &Scene<'_>) -> Result<(), Finding> {
    let server = scene.server(vec![vec![Step::Head, Step::Byte]])?;
    Ended(scene.user(&server.origin(), quick())?.call(&post(Effect::Once))).ambiguous()
}

fn reset_after_body(scene: &Scene<'_>) -> Result<(), Finding> {
    scene.once(vec![Step::Head, Step::BodyButOneByte], quick())?.ambiguous()
}

fn closed_without_answer(scene: &Scene<'_>) -> Result<(), Finding> {
    scene.once(vec![Step::Request], quick())?.ambiguous()?;
    let server = scene.server(vec![vec![Step::Request], vec![Step::Request, Step::Say(created())]])?;
    let reply = Ended(scene.user(&server.origin(), quick())?.call(&post(documented(&key()?)))).reply()?;
    equal("attempts under a documented key", reply.meta.attempts(), 2)?;
    let requests = server.requests();
    let bytes = requests.iter().map(|seen| (&seen.head, &seen.body));
    let bytes: Vec<_> = bytes.collect();
    holds(bytes.len() == 2 && bytes.first() == bytes.last(), || "the second request has other bytes".into())
}

fn empty_post_unanswered(scene: &Scene<'_>) -> Result<(), Finding> {
    for (name, script) in [("closed", vec![Step::Request]), ("silent", vec![Step::Request, Step::Hold])] {
        let server = scene.server(vec![script])?;
        let empty = Raw::new(Method::POST, "things/", Effect::Once);
        Ended(scene.user(&server.origin(), impatient())?.call(&empty))
            .ambiguous()
            .map_err(|finding| finding.of(name))?;
    }
    Ok(())
}

fn attempts_counted(scene: &Scene<'_>) -> Result<(), Finding> {
    let unavailable = || Step::Say(answer("503 Unavailable", ""));
    let server = scene.server(vec![
        vec![Step::Request, unavailable(), Step::Request, unavailable()],
        vec![Step::Request, unavailable()],
    ])?;
    let client = scene.user(&server.origin(), quick())?;
    let error = Ended(client.call(&get())).failed(ErrorKind::Status, Certainty::Unknown, 2)?;
    equal("status", error.status().map(|status| status.as_u16()), Some(503))?;
    equal("requests", server.requests().len(), 2)?;
    for (head, certainty) in [
        ("408 Request Timeout", Certainty::Unknown),
        ("429 Too Many Requests\r\nRetry-After: 0", Certainty::NotApplied),
        ("502 Bad Gateway", Certainty::Unknown),
        ("503 Unavailable\r\nRetry-After: 0", Certainty::Unknown),
        ("504 Gateway Timeout", Certainty::Unknown),
    ] {
        scene
            .once(vec![Step::Request, Step::Say(answer(head, ""))], quick())?
            .failed(ErrorKind::Status, certainty, 1)
            .map_err(|finding| finding.of(head))?;
    }
    Ok(())
}
