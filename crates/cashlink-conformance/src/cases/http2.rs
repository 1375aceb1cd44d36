//! HTTP/2 on one connection, and what its frames say of requests that end early. A stream that the server says it has not
//! processed (RFC 9113 §8.7) may be told as *not sent*; every other end leaves a doubt.

use cashlink_client::core::{Certainty, Effect, ErrorKind};

use crate::case::equal;
use crate::scene::{Ended, Scene, impatient, post, quick};
use crate::server::{Script, Step, http2};
use crate::{Case, Finding};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "http2-answer",
        reason: "an answer over HTTP/2 is an answer",
        rows: &[],
        http2: true,
        run: http2_answer,
    },
    Case {
        name: "http2-goaway-unprocessed",
        reason: "a GOAWAY that leaves the request out means that it wasn't processed: the core may send it again, nobody else",
        rows: &["T37", "T38"],
        http2: true,
        run: goaway_unprocessed,
    },
    Case {
        name: "http2-goaway-processed",
        reason: "a GOAWAY that includes the request leaves a doubt",
        rows: &["T37", "T38"],
        http2: true,
        run: goaway_processed,
    },
    Case {
        name: "http2-refused-stream",
        reason: "REFUSED_STREAM means that the request wasn't processed: the core may send it again, nobody else",
        rows: &["T37", "T38"],
        http2: true,
        run: refused_stream,
    },
    Case {
        name: "http2-reset-stream",
        reason: "any other reset of a stream leaves a doubt",
        rows: &["T37", "T38"],
        http2: true,
        run: reset_stream,
    },
    Case {
        name: "http2-cut-body",
        reason: "a 201 whose stream is reset under its body has happened",
        rows: &["T29"],
        http2: true,
        run: cut_body,
    },
];

/// A connection with one request, and these frames for it.
fn frames(frames: Vec<Vec<u8>>) -> Script {
    vec![Step::BeginHttp2, Step::RequestHttp2, Step::Say(frames.concat()), Step::Hold]
}

fn well() -> Script {
    frames(vec![http2::created(), http2::data(b"{}", true)])
}

fn http2_answer(scene: &Scene<'_>) -> Result<(), Finding> {
    let reply = scene.once(well(), quick())?.reply()?;
    equal("status", reply.meta.status().as_u16(), 201)?;
    equal("body", &*reply.value, &b"{}"[..])
}

/// A request that was surely not processed: sent again by the core, or in doubt where the client doesn't show that.
fn unprocessed(scene: &Scene<'_>, frame: Vec<u8>) -> Result<(), Finding> {
    let server = scene.server(vec![frames(vec![frame]), well()])?;
    let ended = Ended(scene.user(&server.origin(), quick())?.call(&post(Effect::Once)));
    match ended.0 {
        Ok(reply) => equal("attempts", reply.meta.attempts(), 2),
        Err(_) => ended.ambiguous(),
    }
}

fn goaway_unprocessed(scene: &Scene<'_>) -> Result<(), Finding> {
    unprocessed(scene, http2::go_away(0))
}

fn refused_stream(scene: &Scene<'_>) -> Result<(), Finding> {
    unprocessed(scene, http2::reset(http2::REFUSED_STREAM))
}

fn goaway_processed(scene: &Scene<'_>) -> Result<(), Finding> {
    scene.once(frames(vec![http2::go_away(1)]), impatient())?.ambiguous()
}

fn reset_stream(scene: &Scene<'_>) -> Result<(), Finding> {
    scene.once(frames(vec![http2::reset(http2::INTERNAL_ERROR)]), quick())?.ambiguous()
}

fn cut_body(scene: &Scene<'_>) -> Result<(), Finding> {
    let cut = vec![http2::created(), http2::data(b"{\"id\":", false), http2::reset(http2::INTERNAL_ERROR)];
    let ended = scene.once(frames(cut), quick())?;
    ended.failed(ErrorKind::CutAnswer, Certainty::Applied, 1).map(drop)
}
