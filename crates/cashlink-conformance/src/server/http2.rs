//! As much of HTTP/2 (RFC 9113) as a server needs that answers one request on a connection and then does harm: frames are
//! written by hand, and of what comes in only the ends of requests are looked at. Cleartext, by prior knowledge (§3.3).

use std::io::{self, Read, Write};
use std::net::TcpStream;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

/// Error codes of §7.
pub(crate) const NO_ERROR: u32 = 0;
pub(crate) const INTERNAL_ERROR: u32 = 2;
pub(crate) const REFUSED_STREAM: u32 = 7;

/// The first request of a client is stream 1 (§5.1.1).
const FIRST: u32 = 1;

/// §3.4
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    // Every payload here is a few bytes long.
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut frame = length.get(1..).unwrap_or_default().to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// `201`, not ended: a literal field without indexing, `:status` being name 8 of the static table (RFC 7541 §6.2.2).
pub(crate) fn created() -> Vec<u8> {
    frame(HEADERS, END_HEADERS, FIRST, b"\x08\x03201")
}

/// A piece of the answer's body, the last one or not.
pub(crate) fn data(bytes: &[u8], last: bool) -> Vec<u8> {
    frame(DATA, if last { END_STREAM } else { 0 }, FIRST, bytes)
}

/// The first request is over, for this reason.
pub(crate) fn reset(code: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, FIRST, &code.to_be_bytes())
}

/// No further requests; those up to this stream were perhaps processed, those after it surely not (§6.8).
pub(crate) fn go_away(last: u32) -> Vec<u8> {
    frame(GOAWAY, 0, 0, &[last.to_be_bytes(), NO_ERROR.to_be_bytes()].concat())
}

pub(super) fn begin(stream: &mut TcpStream) -> io::Result<()> {
    let mut preface = [0; PREFACE.len()];
    stream.read_exact(&mut preface)?;
    if &preface != PREFACE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    stream.write_all(&frame(SETTINGS, 0, 0, &[]))
}

/// Reads frames until a request has ended. Whether one did.
pub(super) fn read_request(stream: &mut TcpStream) -> io::Result<bool> {
    loop {
        let mut head = [0; 9];
        if stream.read_exact(&mut head).is_err() {
            return Ok(false);
        }
        let [high, middle, low, kind, flags, ..] = head;
        let length = u32::from_be_bytes([0, high, middle, low]);
        let mut payload = Vec::new();
        Read::take(&mut *stream, u64::from(length)).read_to_end(&mut payload)?;
        match (kind, flags) {
            (SETTINGS, flags) if flags & ACK == 0 => stream.write_all(&frame(SETTINGS, ACK, 0, &[]))?,
            (PING, flags) if flags & ACK == 0 => stream.write_all(&frame(PING, ACK, 0, &payload))?,
            (HEADERS | DATA, flags) if flags & END_STREAM != 0 => return Ok(true),
            _ => {}
        }
    }
}
