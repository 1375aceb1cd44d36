//! Documents on their way out: streamed, exact, and never completed where they are not what was announced.

use std::time::Duration;

use cashlink_client::core::body::PayloadFault;
use cashlink_client::core::partner::Document;
use cashlink_client::core::{Certainty, ErrorKind};

use crate::case::{equal, holds};
use crate::payload::Payload;
use crate::scene::{Ended, Scene, created, quick, token, upload};
use crate::server::{Script, Seen, Server, Step};
use crate::{Case, Finding};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "upload-whole",
        reason: "a document arrives whole, its length announced, without chunks",
        rows: &[],
        http2: false,
        run: upload_whole,
    },
    Case {
        name: "upload-again",
        reason: "a document whose answer was lost is read again from its beginning, and the bytes are the same",
        rows: &["T37"],
        http2: false,
        run: upload_again,
    },
    Case {
        name: "upload-streamed",
        reason: "a document is read as it goes out: while the server reads nothing, it isn't read to its end",
        rows: &[],
        http2: false,
        run: upload_streamed,
    },
    Case {
        name: "upload-silence",
        reason: "an upload dies of silence: where nothing moves for so long, it is given up, and leaves a doubt",
        rows: &["T37"],
        http2: false,
        run: upload_silence,
    },
    Case {
        name: "payload-too-short",
        reason: "a document that ends before its announced length never completes the request, and there is no other",
        rows: &["T37"],
        http2: false,
        run: payload_too_short,
    },
    Case {
        name: "payload-too-long",
        reason: "a document that goes on beyond its announced length never completes the request, and there is no other",
        rows: &["T37"],
        http2: false,
        run: payload_too_long,
    },
    Case {
        name: "payload-unreadable",
        reason: "a document that can't be opened never completes the request, and there is no other",
        rows: &["T37"],
        http2: false,
        run: payload_unreadable,
    },
    Case {
        name: "expect-continue",
        reason: "the transport asks for no 100 Continue, and one that comes unasked before the body changes nothing",
        rows: &["T38"],
        http2: false,
        run: expect_continue,
    },
];

/// A few pieces of any transport's buffer.
const LENGTH: u64 = 300_000;

/// Far more than the buffers of two sockets hold, so that the transport has to wait for the server.
const HUGE: u64 = 128 << 20;

/// A server that gives a token, and then plays these.
fn server(scene: &Scene<'_>, scripts: Vec<Script>) -> Result<Server, Finding> {
    let mut all = vec![vec![Step::Request, Step::Say(closing(token("t0k3n")))]];
    all.extend(scripts);
    scene.server(all)
}

/// The same answer, after which the connection closes, as both sides know.
fn closing(answer: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8_lossy(&answer).replacen("\r\n", "\r\nConnection: close\r\n", 1);
    text.into_bytes()
}

fn uploads(server: &Server) -> Vec<Seen> {
    server.requests().into_iter().filter(|seen| !seen.is_for_a_token()).collect()
}

fn last_upload(server: &Server) -> Result<Seen, Finding> {
    uploads(server).pop().ok_or_else(|| Finding::new("no upload reached the server"))
}

fn upload_whole(scene: &Scene<'_>) -> Result<(), Finding> {
    let server = server(scene, vec![vec![Step::Request, Step::Say(created())]])?;
    let call = upload(LENGTH)?;
    let client = scene.bearer(&server.origin(), quick())?;
    Ended(client.perform(&call, Some(&Payload::of(LENGTH)))).reply()?;
    let seen = last_upload(&server)?;
    equal("content-length", seen.values("content-length"), vec![call.body().len().to_string()])?;
    equal("transfer-encoding", seen.values("transfer-encoding"), vec![])?;
    equal("the whole request came", seen.whole, true)?;
    let document = seen.body.iter().filter(|byte| **byte == b'x').count();
    equal("bytes of the document", u64::try_from(document), Ok(LENGTH))
}

fn upload_again(scene: &Scene<'_>) -> Result<(), Finding> {
    let server = server(scene, vec![vec![Step::Request], vec![Step::Request, Step::Say(created())]])?;
    let client = scene.bearer(&server.origin(), quick())?;
    let reply = Ended(client.perform(&upload(LENGTH)?, Some(&Payload::of(LENGTH)))).reply()?;
    equal("attempts", reply.meta.attempts(), 2)?;
    let seen = uploads(&server);
    let bytes: Vec<_> = seen.iter().map(|seen| (&seen.head, &seen.body, seen.whole)).collect();
    holds(bytes.len() == 2 && bytes.first() == bytes.last(), || "the second upload has other bytes".into())
}

/// An upload that stands still behind its head, once.
fn stand_still(scene: &Scene<'_>, payload: &Payload) -> Result<Ended<Document>, Finding> {
    let server = server(scene, vec![vec![Step::Head, Step::Hold]])?;
    let mut policy = quick();
    policy.upload_silence = Duration::from_millis(150);
    let client = scene.bearer(&server.origin(), policy)?;
    let ended = Ended(client.perform(&upload(HUGE)?.attempts(1), Some(payload)));
    last_upload(&server)?;
    Ok(ended)
}

fn upload_streamed(scene: &Scene<'_>) -> Result<(), Finding> {
    let payload = Payload::of(HUGE);
    stand_still(scene, &payload)?.error()?;
    let read = payload.read();
    holds(read < HUGE / 2, || format!("{read} of {HUGE} bytes were read, and the server read none"))
}

fn upload_silence(scene: &Scene<'_>) -> Result<(), Finding> {
    stand_still(scene, &Payload::of(HUGE))?.ambiguous()
}

/// What must come of a payload that isn't the announced one.
fn faulty(scene: &Scene<'_>, payload: &Payload, fault: PayloadFault) -> Result<(), Finding> {
    let server = server(scene, vec![vec![Step::Request, Step::Say(created())]])?;
    let client = scene.bearer(&server.origin(), quick())?;
    let ended = Ended(client.perform(&upload(LENGTH)?, Some(payload)));
    let error = ended.failed(ErrorKind::Payload, Certainty::NotApplied, 1)?;
    equal("fault", error.payload_fault(), Some(fault))?;
    drop(client);
    server.settle(2);
    holds(uploads(&server).iter().all(|seen| !seen.whole), || "the request was completed all the same".into())
}

fn payload_too_short(scene: &Scene<'_>) -> Result<(), Finding> {
    faulty(scene, &Payload::of(LENGTH - 1), PayloadFault::TooShort)
}

fn payload_too_long(scene: &Scene<'_>) -> Result<(), Finding> {
    faulty(scene, &Payload::of(LENGTH + 1), PayloadFault::TooLong)
}

fn payload_unreadable(scene: &Scene<'_>) -> Result<(), Finding> {
    faulty(scene, &Payload::unreadable(), PayloadFault::Unreadable)
}

fn expect_continue(scene: &Scene<'_>) -> Result<(), Finding> {
    let go_on = Step::Say(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec());
    let server = server(scene, vec![vec![Step::Head, go_on, Step::Body, Step::Say(created())]])?;
    let client = scene.bearer(&server.origin(), quick())?;
    let reply = Ended(client.perform(&upload(LENGTH)?, Some(&Payload::of(LENGTH)))).reply()?;
    equal("status, attempts", (reply.meta.status().as_u16(), reply.meta.attempts()), (201, 1))?;
    let seen = last_upload(&server)?;
    equal("expect", seen.values("expect"), vec![])?;
    equal("the whole request came", seen.whole, true)
}
