//! A receiver for the webhooks of both generations, on bare hyper.
//!
//! `receiver.rs` says how to run it. To copy it, copy that file too: `mod receiver; use receiver::Receiver;`, and
//!
//! ```toml
//! [dependencies]
//! cashlink-journal = { git = "…" }
//! cashlink-ureq = { git = "…" } # as the README has it
//! getrandom = "0.2"
//! http-body-util = "0.1"
//! hyper = { version = "1", features = ["http1", "server"] }
//! hyper-util = { version = "0.1", features = ["tokio"] }
//! rusqlite = "0.40"
//! tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
//! ```

use std::convert::Infallible;
use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::Arc;

use cashlink_examples::receiver::{self, Receiver};
use cashlink_ureq::Timer as _;
use cashlink_ureq::core::bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

/// One delivery, or one token request. A body that is too large never gets into memory.
async fn answer(it: Arc<Receiver>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, 1024 * 1024).collect().await else {
        return Ok(status(StatusCode::PAYLOAD_TOO_LARGE));
    };
    let (body, now) = (body.to_bytes(), cashlink_ureq::SystemTimer.now());
    let response = match (&head.method, head.uri.path()) {
        (&Method::POST, "/payments") => recording(move || it.signed(now, &head.headers, &body)).await,
        (&Method::POST, "/partner") => recording(move || it.authenticated(now, &head.headers, &body)).await,
        (&Method::POST, "/token") => {
            let mut entropy = [0; 16];
            if getrandom::getrandom(&mut entropy).is_err() {
                return Ok(status(StatusCode::SERVICE_UNAVAILABLE));
            }
            it.token(now, entropy, &Request::from_parts(head, body))
        }
        _ => return Ok(status(StatusCode::NOT_FOUND)),
    };
    Ok(response.map(Full::new))
}

/// Beside the runtime's own threads, since a commit waits for the disk.
async fn recording(record: impl FnOnce() -> Response<Bytes> + Send + 'static) -> Response<Bytes> {
    let failed = |_| {
        let mut failed = Response::default();
        *failed.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        failed
    };
    tokio::task::spawn_blocking(record).await.unwrap_or_else(failed)
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

/// Serves every connection until the listener fails.
pub(crate) async fn serve(listener: TcpListener, receiver: Arc<Receiver>) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let receiver = Arc::clone(&receiver);
        let service = service_fn(move |request| answer(Arc::clone(&receiver), request));
        tokio::spawn(async move {
            let mut http = http1::Builder::new();
            // A connection that breaks is Cashlink's to repeat, or lost: there is nobody to tell.
            http.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await.ok();
        });
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let receiver = Arc::new(receiver::from_environment()?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 8080)).await?;
    println!("waiting for webhooks on http://{}", listener.local_addr()?);
    Ok(serve(listener, receiver).await?)
}
