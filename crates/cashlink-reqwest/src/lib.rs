//! The Cashlink partner APIs over [reqwest](https://docs.rs/reqwest): an async client, on tokio.
//!
//! ```no_run
//! use cashlink_reqwest::core::partner::{Partner, scope, distributor::ListInvestors};
//! use cashlink_reqwest::core::{Bearer, Client as Protocol, Secret};
//!
//! # async fn list() -> Result<(), Box<dyn std::error::Error>> {
//! let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t"))?.scopes([scope::INVESTORS_READ]);
//! let client = cashlink_reqwest::client(Protocol::new(Partner::demo(), bearer))?;
//! let mut investors = client.items(&ListInvestors::new())?;
//! while let Some(investor) = investors.next().await {
//!     println!("{}", investor?.id);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`client`] makes a client of its own: TLS by rustls with ring and the webpki roots, named as such, so that no
//! provider has to be installed and none that the program has installed is in the way. A reqwest client of your own
//! ([`Reqwest::new`]) brings any other TLS, a proxy, a connection pool, HTTP/2. reqwest takes most settings per client, not per
//! request, so a client of your own begins with `builder`, or with [`settle`] and TLS of your choice. That switches off what would break the protocol's promises:
//!
//! | what | otherwise |
//! | --- | --- |
//! | redirects | a `POST` is sent on as a `GET`, with its token (T1) |
//! | reqwest's own retries | they repeat what the core decides about (bodies of ours can't be repeated, but empty ones can) |
//! | decompression | it asks for `Accept-Encoding`, and the size limit holds on what was unpacked |
//! | `Referer` | it says where the last request went |
//! | proxies from the environment | plain `http`, which is only for this machine, goes through one (T9–T10) |
//!
//! Time-outs and the size limit come from the core, with each request; a connection that doesn't come about ends an attempt
//! with a body after [`Timeouts::connect`](core::Timeouts), and one without a body after your client's `connect_timeout`
//! ([`settle`] sets 5 s). A client's own `timeout` ends attempts sooner. Leave its cookie store, default headers and HTTP/3 off.
//!
//! What remains reqwest's: a request of which nothing was written, on a connection that the server had closed, is sent again on
//! a new one; reqwest has no switch for that, and it repeats nothing that may have arrived.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "rustls")]
mod tls;

pub use cashlink_client::asynchronous::{Items, Outbound, Pages, ReadPayload, Source, Timer, Transport};
pub use cashlink_client::{Limits, Progress, Trace, core, random_key, random_seed};
pub use reqwest;
#[cfg(feature = "rustls")]
pub use tls::{NoClient, builder, client};

use std::fmt::{self, Write as _};
use std::time::Duration;

use bytes::Bytes;
use cashlink_client::asynchronous::{self, Exchange};
use cashlink_client::core::{Credential, Failure, Now};
use http::{Request, Response};
use reqwest::Url;

/// The async client over reqwest.
pub type Client<C> = asynchronous::Client<C, Reqwest, TokioTimer>;

/// A client over a reqwest client of the user's own, which [`settle`] has seen.
pub fn client_over<C: Credential>(protocol: core::Client<C>, client: reqwest::Client) -> Client<C> {
    Client::with_timer(protocol, Reqwest::new(client), TokioTimer)
}

/// reqwest as a [`Transport`].
#[derive(Clone)]
pub struct Reqwest {
    client: reqwest::Client,
}

impl Reqwest {
    /// A client of the user's own: its TLS, its proxy, its connection pool. Build it from [`settle`].
    #[must_use]
    pub fn new(client: reqwest::Client) -> Self {
        Self { client }
    }
}

/// Without the client, whose own form shows its proxies and its default headers (T11).
impl fmt::Debug for Reqwest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reqwest").finish_non_exhaustive()
    }
}

/// The same builder, without what would break the protocol's promises; the crate's documentation has the list. What you set
/// afterwards is yours: a proxy for `https`, a CA, a connection pool.
///
/// It leaves TLS to reqwest. Under this crate's feature `rustls`, reqwest itself names no provider, so that **its `build` panics** unless
/// the program has installed one or the builder was given its TLS (`tls_backend_preconfigured`). Begin with `builder` there, or turn
/// on one of reqwest's own TLS features.
pub fn settle(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(Duration::from_secs(5))
}

impl Transport for Reqwest {
    async fn send(&self, mut request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        let exchange = Exchange::new(&TokioTimer, limits, &mut request);
        let (head, body) = request.into_parts();
        let mut address = String::with_capacity(256);
        let url = write!(address, "{}", head.uri).ok().and_then(|()| Url::parse(&address).ok());
        let url = url.ok_or_else(|| Failure::not_sent("reqwest refused the request"))?;
        // reqwest reads the address anew, by rules of its own.
        if (head.uri.path(), head.uri.query()) != (url.path(), url.query()) {
            return Err(Failure::not_sent("reqwest would change the address"));
        }
        let mut request = reqwest::Request::new(head.method, url);
        *request.headers_mut() = head.headers;
        // Never as plain bytes, which reqwest would feel free to send again.
        *request.body_mut() = Some(reqwest::Body::wrap(body));
        let sending = async { self.client.execute(request).await.map(Response::from) };
        exchange.run(std::pin::pin!(sending), |error| failure(&error)).await
    }
}

/// What reqwest's errors say about a request's whereabouts, in fixed words: its own repeat the URL.
fn failure(error: &reqwest::Error) -> Failure {
    match () {
        () if error.is_connect() && error.is_timeout() => {
            Failure::not_sent("no connection came about in time")
        }
        () if error.is_connect() => Failure::not_sent("no connection came about"),
        () if error.is_builder() => Failure::not_sent("reqwest refused the request"),
        () if error.is_timeout() => Failure::maybe_sent("timed out"),
        () => Failure::maybe_sent("the exchange failed"),
    }
}

/// The system's clocks, and tokio's sleep: it needs a runtime with time enabled.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioTimer;

impl Timer for TokioTimer {
    fn now(&self) -> Now {
        cashlink_client::system_now()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}
