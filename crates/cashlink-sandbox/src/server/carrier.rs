//! Carries the webhooks that are due, over plain HTTP and to this machine only: a sandbox has nothing to say to anybody else.

use super::report::{Outcome, Report, Watcher};
use super::{Desk, lock};
use crate::webhooks::Delivery;
use bytes::{Bytes, BytesMut};
use http::header::HOST;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// How often the engine is asked. Its clock may be moved by hand, so there is nothing to wait for.
const TICK: Duration = Duration::from_millis(10);

/// The answer to a webhook says little: its status decides, a token fits in this, and more is not read.
const LARGEST_ANSWER: usize = 64 * 1024;

/// A sandbox that was asked much has much to tell of its state.
const LARGEST_STATE: usize = 64 * 1024 * 1024;

/// How long a control call is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// So many are on their way at once; the others' time begins when it is their turn.
const AT_ONCE: usize = 16;

/// Runs until it is dropped.
pub(super) async fn carry(desk: Desk) {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let due = lock(&desk.engine).due(desk.clock.now());
        for delivery in due {
            let (desk, turns) = (desk.clone(), Arc::clone(&turns));
            tokio::spawn(async move {
                // Nobody closes it.
                let _turn = turns.acquire().await;
                let Delivery { id, what, request, timeout } = delivery;
                let to = request.uri().clone();
                let answer = deliver(request, timeout).await;
                let now = desk.clock.now();
                let again = lock(&desk.engine).delivered(now, id, answer.as_ref());
                let Some(Watcher(watch)) = desk.watcher else { return };
                let outcome = match answer {
                    Some(answer) => Outcome::Answered(answer.status()),
                    None if here(&to).is_some() => Outcome::NotAnswered,
                    None => Outcome::NotSent,
                };
                watch(&Report::new(what, &to, outcome, again.map(|again| again.saturating_sub(now))));
            });
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Asks a sandbox that runs on this machine, by one of its control calls: `state`, `pay`, `advance` and the others. `origin` is where
/// it says that it listens, `http://127.0.0.1:7878`; with a body it is a POST.
///
/// # Errors
/// When nobody answers there, or too much (64 MiB), or it is no address of this machine.
///
/// ```
/// use cashlink_sandbox::server::{Server, control};
/// use cashlink_sandbox::Config;
///
/// let sandbox = Server::start(Config::default())?;
/// let state = control(&sandbox.origin(), "state", None)?;
/// assert_eq!(state.status(), 200);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn control(origin: &str, call: &str, body: Option<String>) -> io::Result<Response<Bytes>> {
    let wrong = |error: http::Error| io::Error::new(io::ErrorKind::InvalidInput, error);
    let method = if body.is_some() { "POST" } else { "GET" };
    let address = format!("{}/_sandbox/{call}", origin.trim_end_matches('/'));
    let request = Request::builder().method(method).uri(address).body(body.unwrap_or_default().into());
    let request = request.map_err(wrong)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let asked = async {
        let (_line, answer) = send(request).await?;
        let (head, body) = answer.into_parts();
        let whole = Limited::new(body, LARGEST_STATE).collect().await.ok()?.to_bytes();
        Some(Response::from_parts(head, whole))
    };
    let answer = runtime.block_on(async { tokio::time::timeout(PATIENCE, asked).await.ok().flatten() });
    answer.ok_or_else(|| io::Error::new(io::ErrorKind::NotConnected, "no sandbox answers there"))
}

/// Carries one webhook. A status in time is an answer: of the body, what came in time and up to the limit has to do.
async fn deliver(request: Request<Bytes>, timeout: Duration) -> Option<Response<Bytes>> {
    let mut ends = pin!(tokio::time::sleep(timeout));
    let (_line, answer) = tokio::select! {
        sent = send(request) => sent?,
        () = &mut ends => return None,
    };
    let (head, mut body) = answer.into_parts();
    let mut kept = BytesMut::new();
    let read = async {
        while let Some(Ok(frame)) = body.frame().await {
            let Ok(data) = frame.into_data() else { continue };
            kept.extend_from_slice(&data[..data.len().min(LARGEST_ANSWER - kept.len())]);
            if kept.len() == LARGEST_ANSWER {
                break;
            }
        }
    };
    tokio::select! {
        () = read => {}
        () = ends => {}
    }
    Some(Response::from_parts(head, kept.freeze()))
}

/// The task that moves a connection's bytes; it ends with this.
struct Line(JoinHandle<hyper::Result<()>>);

impl Drop for Line {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One request on a connection of its own, up to the head of its answer. `None`: nobody answered, or the address isn't one of this
/// machine.
async fn send(mut request: Request<Bytes>) -> Option<(Line, Response<Incoming>)> {
    let (host, port) = here(request.uri())?;
    let value = HeaderValue::try_from(request.uri().authority()?.as_str()).ok()?;
    request.headers_mut().insert(HOST, value);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse().ok()?;
    let stream = TcpStream::connect((host, port)).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    let line = Line(tokio::spawn(connection));
    let answer = sender.send_request(request.map(Full::new)).await.ok()?;
    Some((line, answer))
}

/// Whether a webhook can be carried to this address: only over plain HTTP, and only to this machine (`localhost`, or a loopback address).
///
/// ```
/// use cashlink_sandbox::server::reaches;
///
/// assert!(reaches("http://127.0.0.1:8080/payments"));
/// assert!(!reaches("https://127.0.0.1:8080/payments") && !reaches("http://example.com/payments"));
/// ```
#[must_use]
pub fn reaches(url: &str) -> bool {
    url.parse().is_ok_and(|uri| here(&uri).is_some())
}

/// Host and port of an `http` address on this machine, without a user's name.
fn here(uri: &Uri) -> Option<(String, u16)> {
    let authority = uri.authority()?;
    // What stands behind the host is its port, or no port that there is.
    let port = authority.port_u16().or((authority.as_str() == authority.host()).then_some(80))?;
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    let is_plain = uri.scheme_str() == Some("http") && !authority.as_str().contains('@');
    (is_here && is_plain).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests;
