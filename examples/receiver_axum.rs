//! A receiver for the webhooks of both generations, on axum.
//!
//! `receiver.rs` says how to run it. To copy it, copy that file too: `mod receiver; use receiver::Receiver;`, and
//!
//! ```toml
//! [dependencies]
//! axum = { version = "0.8", default-features = false, features = ["http1", "tokio"] }
//! cashlink-journal = { git = "…" }
//! cashlink-ureq = { git = "…" } # as the README has it
//! getrandom = "0.2"
//! rusqlite = "0.40"
//! tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
//! ```

use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::post;
use cashlink_examples::receiver::{self, Receiver};
use cashlink_ureq::Timer as _;

async fn signed(State(it): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    recording(move || it.signed(now(), &headers, &body)).await
}

async fn authenticated(State(it): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    recording(move || it.authenticated(now(), &headers, &body)).await
}

/// Beside the runtime's own threads, since a commit waits for the disk.
async fn recording(record: impl FnOnce() -> Response<Bytes> + Send + 'static) -> Response<Body> {
    let answer = tokio::task::spawn_blocking(record).await;
    answer.map(|answer| answer.map(Body::from)).unwrap_or_else(|_| {
        let mut failed = Response::new(Body::empty());
        *failed.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        failed
    })
}

async fn token(State(it): State<Arc<Receiver>>, request: Request) -> Result<Response<Body>, StatusCode> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 64 * 1024).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let mut entropy = [0; 16];
    getrandom::getrandom(&mut entropy).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(it.token(now(), entropy, &Request::from_parts(head, body)).map(Body::from))
}

fn now() -> cashlink_ureq::core::Now {
    cashlink_ureq::SystemTimer.now()
}

/// The three addresses that Cashlink is given. A body that is too large never gets into memory.
pub(crate) fn app(receiver: Arc<Receiver>) -> Router {
    Router::new()
        .route("/payments", post(signed))
        .route("/partner", post(authenticated))
        .route("/token", post(token))
        .layer(DefaultBodyLimit::max(1024 * 1024))
        .with_state(receiver)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let receiver = Arc::new(receiver::from_environment()?);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 8080)).await?;
    println!("waiting for webhooks on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app(receiver)).await?)
}
