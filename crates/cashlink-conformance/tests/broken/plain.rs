//! A transport over nothing but the standard library, that does everything right: the ground on which one defect at a time
//! is planted. HTTP/1.1 (RFC 9112), one connection kept.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Mutex;
use std::time::Duration;

use cashlink_client::blocking::{Outbound, Transport};
use cashlink_client::core::bytes::Bytes;
use cashlink_client::core::http::response::Parts;
use cashlink_client::core::http::{
    self, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header,
};
use cashlink_client::core::{Failure, Timeouts};
use cashlink_client::{Limits, system_now};

use crate::defects::Defect;

/// What a head may have at most.
const HEAD: u64 = 64 << 10;

#[derive(Debug, Default)]
pub(crate) struct Plain {
    pub(crate) defect: Option<Defect>,
    kept: Mutex<Option<Connection>>,
    cookie: Mutex<Option<HeaderValue>>,
}

type Connection = BufReader<Timed>;

impl Plain {
    pub(crate) fn with(defect: Defect) -> Self {
        Self { defect: Some(defect), ..Self::default() }
    }

    fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    /// One exchange on one connection; the connection comes back where it can be used again.
    fn exchange(
        &self,
        mut connection: Connection,
        request: Request<Outbound>,
        limits: Limits,
    ) -> Result<Response<Bytes>, Failure> {
        let mut timeouts = limits.timeouts;
        if self.has(Defect::KnowsNoLimitOfTime) {
            timeouts.total = Duration::from_secs(600);
        }
        if self.has(Defect::LooksForSilenceOnly) {
            timeouts.idle = timeouts.idle.or(Some(timeouts.total));
            timeouts.total = Duration::from_secs(600);
        }
        connection.get_mut().begin(timeouts);
        let trace = request.body().trace();
        self.write(&connection.get_ref().stream, request).map_err(|error| match trace.was_asked_for() {
            false => Failure::not_sent(error.kind().to_string()),
            true => self.lost(&error),
        })?;
        let head = match self.read_head(&mut connection) {
            Ok(head) => head,
            Err(error) => {
                if self.has(Defect::KeepsWhatItGaveUp) && error.kind() == ErrorKind::WouldBlock {
                    *self.kept.lock().unwrap() = Some(connection);
                }
                let asked = trace.was_asked_for() || !self.has(Defect::CallsNotSentWhatHasNoBody);
                return Err(if asked { self.lost(&error) } else { Failure::not_sent("nobody asked for it") });
            }
        };
        if let Some(cookie) = head.headers.get(header::SET_COOKIE) {
            *self.cookie.lock().unwrap() = Some(cookie.clone());
        }
        match self.read_body(&mut connection, &head, limits.largest_answer) {
            Ok(None) => Err(Failure::too_large(head)),
            Ok(Some((body, keep))) => {
                *self.kept.lock().unwrap() = keep.then_some(connection);
                Ok(Response::from_parts(head, body.into()))
            }
            Err(error)
                if self.has(Defect::ForgetsTheHeadOfACut) && error.kind() == ErrorKind::UnexpectedEof =>
            {
                Err(Failure::maybe_sent("cut"))
            }
            Err(error) => Err(Failure::cut(head, error.kind().to_string())),
        }
    }

    fn lost(&self, error: &io::Error) -> Failure {
        let reason = error.kind().to_string();
        let timed_out = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        let reset = matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe);
        if reset && self.has(Defect::CallsAResetNotSent) || timed_out && self.has(Defect::CallsSilenceNotSent)
        {
            return Failure::not_sent(reason);
        }
        Failure::maybe_sent(reason)
    }

    fn write(&self, mut stream: &TcpStream, request: Request<Outbound>) -> io::Result<()> {
        let (head, mut body) = request.into_parts();
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        let target =
            if self.has(Defect::DecodesTheTarget) { target.replace("%C3", "\u{c3}") } else { target.into() };
        let host = head.uri.authority().map_or("", |authority| authority.as_str());
        let mut text = format!("{} {target} HTTP/1.1\r\nhost: {host}\r\n", head.method).into_bytes();
        for (name, value) in &head.headers {
            if name == "x-idempotency-key" && self.has(Defect::DropsTheKey) {
                continue;
            }
            text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        if self.has(Defect::AsksForGzip) {
            text.extend(b"accept-encoding: gzip\r\n");
        }
        if let Some(cookie) =
            self.cookie.lock().unwrap().take().filter(|_| self.has(Defect::SendsCookiesBack))
        {
            text.extend([b"cookie: ", cookie.as_bytes(), b"\r\n"].concat());
        }
        let says_length = !matches!(head.method, Method::GET | Method::HEAD | Method::DELETE);
        let length = body.len();
        if length > 0 || says_length && !self.has(Defect::SaysNothingOfNoBody) {
            text.extend(format!("content-length: {length}\r\n").bytes());
        }
        text.extend(b"\r\n");
        stream.write_all(&text)?;
        if self.has(Defect::ReadsTheDocumentFirst) {
            let mut all = Vec::new();
            body.read_to_end(&mut all)?;
            return stream.write_all(&all);
        }
        let mut left = length;
        let mut piece = [0; 16 << 10];
        while left > 0 {
            let count = match body.read(&mut piece) {
                Err(_) if self.has(Defect::FillsUpAFaultyDocument) => {
                    piece.len().min(left.try_into().unwrap())
                }
                count => count?,
            };
            stream.write_all(&piece[..count])?;
            left -= u64::try_from(count).unwrap();
        }
        Ok(())
    }

    fn read_head(&self, connection: &mut Connection) -> io::Result<Parts> {
        // Interim answers count for the limit, too.
        let mut limited = connection.take(HEAD);
        loop {
            let head = self.read_one_head(&mut limited)?;
            assert!(
                !self.has(Defect::Panics) || head.status != StatusCode::SWITCHING_PROTOCOLS,
                "as planted"
            );
            let is_interim = head.status.is_informational() && head.status != StatusCode::SWITCHING_PROTOCOLS;
            if !is_interim || self.has(Defect::TakesAnInterimAnswerForTheAnswer) {
                return Ok(head);
            }
        }
    }

    fn read_one_head(&self, connection: &mut impl BufRead) -> io::Result<Parts> {
        let first = line(connection)?;
        let status = match first.split(|byte| *byte == b' ').collect::<Vec<_>>()[..] {
            [b"HTTP/1.0" | b"HTTP/1.1", status, ..] => {
                StatusCode::from_bytes(status).map_err(|_| invalid())?
            }
            _ => return Err(invalid()),
        };
        let mut head = Response::builder().status(status).body(()).map_err(|_| invalid())?.into_parts().0;
        loop {
            let line = line(connection)?;
            if line.is_empty() {
                return well_framed(head);
            }
            let colon = line.iter().position(|byte| *byte == b':').ok_or_else(invalid)?;
            let name = HeaderName::from_bytes(&line[..colon]).map_err(|_| invalid())?;
            let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).map_err(|_| invalid())?;
            if value.to_str().is_err() && self.has(Defect::DropsWhatIsNoText) {
                continue;
            }
            match self.has(Defect::KeepsOneOfDoubledHeaders) && name != header::CONTENT_LENGTH {
                true => drop(head.headers.insert(name, value)),
                false => drop(head.headers.append(name, value)),
            }
        }
    }

    /// The body, and whether the connection may be kept; nothing, where it goes beyond the limit.
    fn read_body(
        &self,
        connection: &mut Connection,
        head: &Parts,
        largest: u64,
    ) -> io::Result<Option<(Vec<u8>, bool)>> {
        let most = if self.has(Defect::CapsNothing) { u64::MAX } else { largest };
        let is_last = head.headers.get(header::CONNECTION).is_some_and(|value| value == "close");
        let mut body = Vec::new();
        if head.status == StatusCode::NO_CONTENT || head.status.is_informational() {
            return Ok(Some((body, true)));
        }
        if head.headers.contains_key(header::TRANSFER_ENCODING) {
            return Ok(chunks(connection, most)?.map(|body| (body, !is_last)));
        }
        let Some(length) = head.headers.get(header::CONTENT_LENGTH) else {
            connection.take(most.saturating_add(1)).read_to_end(&mut body)?;
            return Ok((body.len() as u64 <= most).then_some((body, false)));
        };
        let length = length_of(length)?;
        if length > most {
            return Ok(None);
        }
        let count = connection.take(length).read_to_end(&mut body)?;
        if count as u64 != length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(Some((body, !is_last)))
    }
}

impl Transport for Plain {
    fn send(&self, request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        let kept = self.kept.lock().unwrap().take().filter(|connection| connection.get_ref().is_quiet());
        let was_kept = kept.is_some();
        // A copy of the body counts as asked for.
        let again = match self.has(Defect::CallsNotSentWhatHasNoBody) {
            true => None,
            false => again(&request),
        };
        let connection = match kept {
            Some(connection) => connection,
            None => connect(request.uri(), limits.timeouts)?,
        };
        let result = self.exchange(connection, request, limits);
        let Some(again) = again else { return result };
        match &result {
            Err(failure) if failure.status().is_none() && was_kept && self.has(Defect::RetriesByItself) => {
                self.exchange(connect(again.uri(), limits.timeouts)?, again, limits)
            }
            Ok(response)
                if response.status() == StatusCode::TOO_MANY_REQUESTS
                    && self.has(Defect::RetriesWhatIsThrottled) =>
            {
                self.exchange(connect(again.uri(), limits.timeouts)?, again, limits)
            }
            Ok(response)
                if response.status().is_redirection()
                    && self.has(Defect::FollowsRedirectsToTheSameServer) =>
            {
                let location = response.headers()[header::LOCATION].to_str().unwrap();
                if !location.starts_with('/') {
                    return result;
                }
                let mut again = again;
                let here = again.uri().authority().unwrap();
                *again.uri_mut() = format!("http://{here}{location}").parse().unwrap();
                self.exchange(connect(again.uri(), limits.timeouts)?, again, limits)
            }
            Ok(response)
                if response.status().is_redirection()
                    && response.headers()[header::LOCATION].as_bytes().starts_with(b"http")
                    && self.has(Defect::FollowsRedirects) =>
            {
                let location = response.headers()[header::LOCATION].to_str().unwrap().parse().unwrap();
                let mut again = again;
                *again.uri_mut() = location;
                self.exchange(connect(again.uri(), limits.timeouts)?, again, limits)
            }
            _ => result,
        }
    }
}

/// The same request once more, where its body is in memory.
fn again(request: &Request<Outbound>) -> Option<Request<Outbound>> {
    let mut copy = Request::new(copy_of(request.body())?);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    Some(copy)
}

fn copy_of(body: &Outbound) -> Option<Outbound> {
    use cashlink_client::core::body::{Body, MediaType};
    let bytes = body.as_bytes().cloned().or_else(|| body.is_empty().then(Bytes::new))?;
    Some(Outbound::new(Body::new(&MediaType::JSON, bytes), None))
}

fn connect(uri: &http::Uri, timeouts: Timeouts) -> Result<Connection, Failure> {
    let not_sent = |error: io::Error| Failure::not_sent(error.kind().to_string());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let address = authority.to_socket_addrs().map_err(not_sent)?.next();
    let address = address.ok_or_else(|| Failure::not_sent("the name leads nowhere"))?;
    let stream = TcpStream::connect_timeout(&address, timeouts.connect).map_err(not_sent)?;
    Ok(BufReader::new(Timed { stream, until: Duration::MAX, idle: None }))
}

/// A connection that keeps to the time of the request that it carries.
#[derive(Debug)]
struct Timed {
    stream: TcpStream,
    until: Duration,
    idle: Option<Duration>,
}

impl Timed {
    fn begin(&mut self, timeouts: Timeouts) {
        self.until = system_now().mono.saturating_add(timeouts.total);
        self.idle = timeouts.idle;
        let _ = self.stream.set_write_timeout(Some(timeouts.idle.unwrap_or(timeouts.total)));
    }

    /// Whether it is open, as far as one can know, and nothing came unasked.
    fn is_quiet(&self) -> bool {
        self.stream.set_nonblocking(true).unwrap();
        let quiet = matches!(self.stream.peek(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock);
        self.stream.set_nonblocking(false).unwrap();
        quiet
    }
}

impl Read for Timed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_sub(system_now().mono);
        let left = self.idle.map_or(left, |idle| idle.min(left));
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(into)
    }
}

fn invalid() -> io::Error {
    ErrorKind::InvalidData.into()
}

fn length_of(value: &HeaderValue) -> io::Result<u64> {
    value.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(invalid)
}

/// A head that says of its body one length, or none (RFC 9112 section 6.3).
fn well_framed(head: Parts) -> io::Result<Parts> {
    let lengths = head.headers.get_all(header::CONTENT_LENGTH).iter();
    let lengths = lengths.map(length_of).collect::<io::Result<Vec<_>>>()?;
    if lengths.windows(2).all(|pair| pair[0] == pair[1]) { Ok(head) } else { Err(invalid()) }
}

/// One line without its end.
fn line(connection: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    connection.take(HEAD).read_until(b'\n', &mut line)?;
    match line.strip_suffix(b"\r\n") {
        Some(line) => Ok(line.to_vec()),
        None => Err(ErrorKind::UnexpectedEof.into()),
    }
}

fn chunks(connection: &mut Connection, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let size = line(connection)?;
        let size = size.split(|byte| *byte == b';').next().unwrap_or_default();
        let digits = std::str::from_utf8(size).map_err(|_| invalid())?;
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        let size = u64::from_str_radix(digits, 16).map_err(|_| invalid())?;
        if size == 0 {
            // Trailers, up to the empty line.
            while !line(connection)?.is_empty() {}
            return Ok(Some(body));
        }
        if body.len() as u64 + size > most {
            return Ok(None);
        }
        let count = connection.take(size).read_to_end(&mut body)?;
        if count as u64 != size {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let mut end = [0; 2];
        connection.read_exact(&mut end)?;
        if &end != b"\r\n" {
            return Err(invalid());
        }
    }
}
