//! One connection, and what a script does with it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use super::http2;
use super::{Log, PATIENCE, Seen};

/// What happens on one connection, step by step; then it is closed. Bytes that came and were not read make that a reset.
pub(crate) type Script = Vec<Step>;

/// One step of a script.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Reads a request to its end.
    Request,
    /// Reads the head of a request.
    Head,
    /// Reads the rest of a body whose head was read.
    Body,
    /// Reads a body but for its last byte, and waits until that one has come too.
    BodyButOneByte,
    /// Waits until a byte has come, and leaves it unread.
    Byte,
    /// Writes.
    Say(Vec<u8>),
    /// Writes the same again and again, so many bytes in all, or until the other side has had enough.
    Flood(Vec<u8>, u64),
    /// Writes this byte every few moments, until the other side has had enough.
    Drip(u8),
    /// Says and reads nothing more, until the case is over.
    Hold,
    /// Reads the beginning of an HTTP/2 connection and begins it from this side.
    BeginHttp2,
    /// Reads frames until a whole request has come.
    RequestHttp2,
}

/// Far less than any time-out of a case.
const DROP: Duration = Duration::from_millis(20);

/// Whether a first byte came.
pub(super) fn has_begun(stream: &TcpStream) -> bool {
    let patient = stream.set_read_timeout(Some(PATIENCE)).and(stream.set_write_timeout(Some(PATIENCE)));
    patient.is_ok() && matches!(stream.peek(&mut [0]), Ok(1))
}

/// Plays it to its end, or to where the other side goes.
pub(super) fn play(stream: TcpStream, script: Script, log: &Arc<Log>) {
    let number = log.connect();
    let mut connection = Connection { stream, log: Arc::clone(log), number, request: None };
    for step in script {
        match connection.play(step) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) {
                    log.set_overdue();
                }
                return;
            }
        }
    }
}

struct Connection {
    stream: TcpStream,
    log: Arc<Log>,
    number: u64,
    /// Where the request stands whose head was read, and what its head says of its body.
    request: Option<(usize, Length)>,
}

#[derive(Clone, Copy, Debug)]
enum Length {
    Exactly(u64),
    Chunked,
}

impl Connection {
    /// Whether the script goes on.
    fn play(&mut self, step: Step) -> io::Result<bool> {
        match step {
            Step::Request => return Ok(self.head()? && self.body(0)?),
            Step::Head => return self.head(),
            Step::Body => return self.body(0),
            Step::BodyButOneByte => return Ok(self.body(1)? && self.stream.peek(&mut [0])? == 1),
            Step::Byte => {
                let came = self.stream.peek(&mut [0])? == 1;
                if came {
                    self.log.touch();
                }
                return Ok(came);
            }
            Step::Say(bytes) => self.stream.write_all(&bytes)?,
            Step::Flood(piece, most) => return self.flood(&piece, most),
            Step::Drip(byte) => return self.drip(byte),
            Step::Hold => self.log.hold(),
            Step::BeginHttp2 => http2::begin(&mut self.stream)?,
            Step::RequestHttp2 => {
                if !http2::read_request(&mut self.stream)? {
                    return Ok(false);
                }
                self.note(Seen { whole: true, ..Seen::default() });
            }
        }
        Ok(true)
    }

    fn note(&mut self, seen: Seen) -> usize {
        self.log.note(Seen { connection: self.number, ..seen })
    }

    /// Reads a head, and nothing behind it. None is no mistake: that's how a connection that is kept ends.
    fn head(&mut self) -> io::Result<bool> {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            match self.stream.read(&mut byte) {
                Ok(1) => head.extend(byte),
                // Between two requests, silence is no fault.
                Ok(_) => return Ok(false),
                Err(_) if head.is_empty() => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        let seen = Seen { head, ..Seen::default() };
        let length = match seen.values("transfer-encoding").is_empty() {
            true => Length::Exactly(
                seen.values("content-length").first().and_then(|length| length.parse().ok()).unwrap_or(0),
            ),
            false => Length::Chunked,
        };
        let which = self.note(seen);
        self.request = Some((which, length));
        Ok(true)
    }

    /// Reads a body whose head was read, but for so many bytes at its end.
    fn body(&mut self, but: u64) -> io::Result<bool> {
        let Some((which, length)) = self.request.take() else { return Ok(false) };
        let mut body = Vec::new();
        let whole = match length {
            Length::Chunked => self.chunks(&mut body),
            Length::Exactly(length) => {
                let read = (&self.stream).take(length.saturating_sub(but)).read_to_end(&mut body);
                read.map(|count| u64::try_from(count) == Ok(length.saturating_sub(but)))
            }
        };
        let came = matches!(whole, Ok(true));
        self.log.change(which, |seen| {
            seen.body = body;
            seen.whole = came && but == 0;
        });
        // Who doesn't finish is judged by the notes, whatever ended the connection.
        match whole {
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
                Err(error)
            }
            _ => Ok(came),
        }
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let size = self.line()?;
            let Ok(size) = u64::from_str_radix(size.trim_end(), 16) else { return Ok(false) };
            let count = (&self.stream).take(size).read_to_end(body)?;
            self.line()?;
            if size == 0 || u64::try_from(count) != Ok(size) {
                return Ok(size == 0);
            }
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while !line.ends_with(b"\n") && self.stream.read(&mut byte)? == 1 {
            line.extend(byte);
        }
        Ok(String::from_utf8_lossy(&line).into_owned())
    }

    /// For as long as patience lasts.
    fn drip(&mut self, byte: u8) -> io::Result<bool> {
        for _ in 0..PATIENCE.as_millis() / DROP.as_millis() {
            if self.log.ends_within(DROP) {
                return Ok(false);
            }
            self.stream.write_all(&[byte])?;
        }
        self.log.set_overdue();
        Ok(false)
    }

    fn flood(&mut self, piece: &[u8], most: u64) -> io::Result<bool> {
        let end = self.log.told().saturating_add(most);
        while self.log.told() < end && !self.log.has_ended() {
            self.stream.write_all(piece)?;
            self.log.tell(piece.len());
        }
        Ok(true)
    }
}
