//! Bodies of answers: none, cut, wrongly framed, encoded, slow. What began counts by its status.

use cashlink_client::core::{Certainty, ErrorKind};

use crate::case::equal;
use crate::scene::{Ended, Scene, answer, created, documented, impatient, key, post, quick};
use crate::server::Step;
use crate::{Case, Finding};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "no-content",
        reason: "a 204 has no body, and nobody waits for one",
        rows: &["T28"],
        http2: false,
        run: no_content,
    },
    Case {
        name: "empty-200",
        reason: "an empty 200 is an answer",
        rows: &["T28"],
        http2: false,
        run: empty_200,
    },
    Case {
        name: "body-in-chunks",
        reason: "chunks are put together, and their trailers are no part of the body",
        rows: &["T29"],
        http2: false,
        run: body_in_chunks,
    },
    Case {
        name: "length-beside-chunks",
        reason: "where a length stands beside chunks, the chunks count, or the answer is refused (RFC 9112 section 6.3)",
        rows: &["T29"],
        http2: false,
        run: length_beside_chunks,
    },
    Case {
        name: "body-until-close",
        reason: "a body whose end is that of the connection is read to there",
        rows: &["T29"],
        http2: false,
        run: body_until_close,
    },
    Case {
        name: "content-encoding",
        reason: "what was encoded unasked is not unpacked: bytes and header reach the core, which refuses them",
        rows: &["T27"],
        http2: false,
        run: content_encoding,
    },
    Case {
        name: "cut-body",
        reason: "a 201 whose body is cut has happened",
        rows: &["T29"],
        http2: false,
        run: cut_body,
    },
    Case {
        name: "cut-body-under-key",
        reason: "a cut answer is asked for again where the key is documented, with the same bytes",
        rows: &["T29", "T38"],
        http2: false,
        run: cut_body_under_key,
    },
    Case {
        name: "wrong-chunks",
        reason: "a 201 whose chunks are none is cut, and has happened",
        rows: &["T29"],
        http2: false,
        run: wrong_chunks,
    },
    Case {
        name: "slow-body",
        reason: "a 201 whose body doesn't end in its time has happened",
        rows: &["T29"],
        http2: false,
        run: slow_body,
    },
];

fn no_content(scene: &Scene<'_>) -> Result<(), Finding> {
    let bytes = b"HTTP/1.1 204 No Content\r\n\r\n";
    let script = vec![Step::Request, Step::Say(bytes.to_vec()), Step::Hold];
    let reply = scene.once(script, quick())?.reply()?;
    equal("status, body", (reply.meta.status().as_u16(), reply.value.len()), (204, 0))
}

fn empty_200(scene: &Scene<'_>) -> Result<(), Finding> {
    let script = vec![Step::Request, Step::Say(answer("200 OK", "")), Step::Hold];
    let reply = scene.once(script, quick())?.reply()?;
    equal("status, body", (reply.meta.status().as_u16(), reply.value.len()), (200, 0))
}

fn body_in_chunks(scene: &Scene<'_>) -> Result<(), Finding> {
    let bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                 1;a=b\r\n{\r\n0A\r\n0123456789\r\n1\r\n}\r\n0\r\nX-Trailer: 1\r\n\r\n";
    let script = vec![Step::Request, Step::Say(bytes.into()), Step::Hold];
    let reply = scene.once(script, quick())?.reply()?;
    equal("body", &*reply.value, &b"{0123456789}"[..])
}

fn length_beside_chunks(scene: &Scene<'_>) -> Result<(), Finding> {
    let bytes =
        "HTTP/1.1 201 Created\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    match scene.once(vec![Step::Request, Step::Say(bytes.into())], quick())?.0 {
        Ok(reply) => equal("body", &*reply.value, &b"{}"[..]),
        Err(error) => {
            equal("does it say that nothing happened", error.certainty() == Certainty::NotApplied, false)
        }
    }
}

fn body_until_close(scene: &Scene<'_>) -> Result<(), Finding> {
    for version in ["1.0", "1.1"] {
        let bytes = format!("HTTP/{version} 200 OK\r\n\r\nuntil the end");
        let reply = scene.once(vec![Step::Request, Step::Say(bytes.into())], quick())?.reply()?;
        equal("body", &*reply.value, &b"until the end"[..])?;
    }
    Ok(())
}

fn content_encoding(scene: &Scene<'_>) -> Result<(), Finding> {
    // "{}", packed by gzip.
    let packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00";
    let head =
        format!("HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len());
    let script = vec![Step::Request, Step::Say([head.as_bytes(), packed].concat())];
    let error = scene.once(script, quick())?.failed(ErrorKind::Undecodable, Certainty::Applied, 1)?;
    equal("body", error.body().map(|bytes| &**bytes), Some(&packed[..]))
}

const CUT: [&str; 3] = [
    "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\":\"17\"",
    "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{\"id\":",
    "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
];

fn has_happened(ended: Ended, bytes: &str) -> Result<(), Finding> {
    let error = ended
        .failed(ErrorKind::CutAnswer, Certainty::Applied, 1)
        .map_err(|finding| finding.of(format_args!("{bytes:?}")))?;
    equal("status", error.status().map(|status| status.as_u16()), Some(201))
}

fn cut_body(scene: &Scene<'_>) -> Result<(), Finding> {
    CUT.iter().try_for_each(|cut| {
        has_happened(scene.once(vec![Step::Request, Step::Say((*cut).into())], quick())?, cut)
    })
}

fn cut_body_under_key(scene: &Scene<'_>) -> Result<(), Finding> {
    for cut in CUT {
        let first = vec![Step::Request, Step::Say(cut.into())];
        let server = scene.server(vec![first, vec![Step::Request, Step::Say(created())]])?;
        let ended = Ended(scene.user(&server.origin(), quick())?.call(&post(documented(&key()?))));
        let reply = ended.reply().map_err(|finding| finding.of(format_args!("{cut:?}")))?;
        equal("attempts", reply.meta.attempts(), 2)?;
        let requests = server.requests();
        let bytes: Vec<_> = requests.iter().map(|seen| (&seen.head, &seen.body)).collect();
        equal("the same bytes", bytes.first() == bytes.last(), true)?;
    }
    Ok(())
}

fn wrong_chunks(scene: &Scene<'_>) -> Result<(), Finding> {
    for chunks in ["nonsense\r\n{}\r\n0\r\n\r\n", "2\r\n{}nonsense\r\n", "-2\r\n{}\r\n0\r\n\r\n"] {
        let bytes = format!("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        let script = vec![Step::Request, Step::Say(bytes.clone().into_bytes()), Step::Hold];
        has_happened(scene.once(script, quick())?, &bytes)?;
    }
    Ok(())
}

fn slow_body(scene: &Scene<'_>) -> Result<(), Finding> {
    let bytes = "HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{";
    let script = vec![Step::Request, Step::Say(bytes.into()), Step::Hold];
    has_happened(scene.once(script, impatient())?, bytes)
}
