//! Carries the webhooks that are due, over plain HTTP and to this machine only: a sandbox has nothing to say to anybody else.

use super::{Desk, lock};
use crate::webhooks::Delivery;
use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// How often the engine is asked. Its clock may be moved by hand, so there is nothing to wait for.
const TICK: Duration = Duration::from_millis(10);

/// The answer to a webhook says little; more than this is not read.
const LARGEST_ANSWER: usize = 64 * 1024;

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
                let Delivery { id, request, timeout, .. } = delivery;
                let answer = tokio::time::timeout(timeout, send(request)).await.ok().flatten();
                lock(&desk.engine).delivered(desk.clock.now(), id, answer.as_ref());
            });
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Asks a sandbox that runs on this machine, by one of its control calls: `state`, `pay`, `advance` and the others. `origin` is where
/// it says that it listens, `http://127.0.0.1:7878`; with a body it is a POST.
///
/// # Errors
/// When nobody answers there, or it is no address of this machine.
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
    let answer =
        runtime.block_on(async { tokio::time::timeout(PATIENCE, send(request)).await.ok().flatten() });
    answer.ok_or_else(|| io::Error::new(io::ErrorKind::NotConnected, "no sandbox answers there"))
}

/// One request on a connection of its own. `None`: nobody answered, or the address isn't one of this machine.
async fn send(mut request: Request<Bytes>) -> Option<Response<Bytes>> {
    let (host, port) = here(request.uri())?;
    let value = HeaderValue::try_from(request.uri().authority()?.as_str()).ok()?;
    request.headers_mut().insert(HOST, value);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse().ok()?;
    let stream = TcpStream::connect((host, port)).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request.map(Full::new)).await;
    let whole = match answer {
        Ok(answer) => {
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, LARGEST_ANSWER).collect().await;
            body.ok().map(|body| Response::from_parts(head, body.to_bytes()))
        }
        Err(_) => None,
    };
    connection.abort();
    whole
}

/// Host and port of an `http` address on this machine.
fn here(uri: &Uri) -> Option<(String, u16)> {
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    (is_here && uri.scheme_str() == Some("http")).then(|| (host.to_owned(), uri.port_u16().unwrap_or(80)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_of_this_machine_are_carried_to() {
        let here = |uri: &'static str| here(&Uri::from_static(uri));
        assert_eq!(here("http://127.0.0.1:8080/x"), Some(("127.0.0.1".to_owned(), 8080)));
        assert_eq!(here("http://[::1]/x"), Some(("::1".to_owned(), 80)));
        assert_eq!(here("http://localhost:1/"), Some(("localhost".to_owned(), 1)));
        for elsewhere in [
            "https://127.0.0.1/",
            "http://10.0.0.1/",
            "http://example.com/",
            "http://127.0.0.1.example/",
            "/x",
        ] {
            assert_eq!(here(elsewhere), None, "{elsewhere}");
        }
    }
}
