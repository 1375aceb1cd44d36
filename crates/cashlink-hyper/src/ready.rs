//! The ready choice: hyper-util's client, on tokio.

use cashlink_client::asynchronous;
use cashlink_client::core::{self, Credential, Failure};
use hyper_util::client::legacy::connect::Connect;
use hyper_util::client::legacy::{self, Builder, Error};
use hyper_util::rt::TokioExecutor;

use crate::{Clock, Hyper, Outbound};

/// hyper-util's timer: it needs a runtime with time enabled.
pub type TokioTimer = Clock<hyper_util::rt::TokioTimer>;

/// hyper-util's client, as a [`Transport`](crate::Transport), over connections by `K`.
pub type Pooled<K> = Hyper<legacy::Client<K, Outbound>, fn(&Error) -> Failure, TokioTimer>;

/// The async client over hyper-util's, with a connector of the user's own.
pub type ClientOver<C, K> = asynchronous::Client<C, Pooled<K>, TokioTimer>;

/// What [`client_over`] takes its client from: it repeats nothing.
#[must_use]
pub fn builder() -> Builder {
    let mut builder = legacy::Client::builder(TokioExecutor::new());
    builder.retry_canceled_requests(false).pool_timer(hyper_util::rt::TokioTimer::new());
    builder
}

/// A client over hyper-util's, which [`builder`] has built.
pub fn client_over<C, K>(protocol: core::Client<C>, client: legacy::Client<K, Outbound>) -> ClientOver<C, K>
where
    C: Credential,
    K: Connect + Clone + Send + Sync + 'static,
{
    let hyper = Hyper::new(client, failure as fn(&Error) -> Failure, TokioTimer::default());
    asynchronous::Client::with_timer(protocol, hyper, TokioTimer::default())
}

/// What the errors of hyper-util's client say about a request's whereabouts.
#[must_use]
pub fn failure(error: &Error) -> Failure {
    if error.is_connect() {
        return Failure::not_sent("no connection came about");
    }
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<hyper::Error>()) {
        // hyper hands a request back that its connection had not begun.
        Some(error) if error.is_canceled() => Failure::not_sent("the connection was closed before"),
        Some(error) if error.is_incomplete_message() => Failure::maybe_sent("the connection was closed"),
        Some(error) if error.is_parse() => Failure::maybe_sent("the peer does not keep to HTTP"),
        _ => Failure::maybe_sent("the exchange failed"),
    }
}

#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs"))]
pub use tls::{Client, Https, NoClient, client, connector};

/// The async client over hyper-util's, for plain http.
#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs")))]
pub type Client<C> = ClientOver<C, legacy::connect::HttpConnector>;

#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs"))]
mod tls {
    use std::fmt;
    use std::time::Duration;

    use cashlink_client::core::{self, Credential};
    use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
    use hyper_util::client::legacy::connect::HttpConnector;

    use super::{ClientOver, builder, client_over};

    /// What makes connections: TCP, and TLS for `https`.
    pub type Https = HttpsConnector<HttpConnector>;

    /// The async client over hyper-util's.
    pub type Client<C> = ClientOver<C, Https>;

    /// A client over hyper-util's, with TLS by rustls and the webpki roots.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn client<C: Credential>(protocol: core::Client<C>) -> Result<Client<C>, NoClient> {
        Ok(client_over(protocol, builder().build(connector()?)))
    }

    /// What [`client`] makes its connections with: they have 5 s to come about. Plain `http` is for this machine only, which the
    /// core's endpoints see to (T9).
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn connector() -> Result<Https, NoClient> {
        #[cfg(feature = "rustls-aws-lc-rs")]
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        #[cfg(not(feature = "rustls-aws-lc-rs"))]
        let provider = rustls::crypto::ring::default_provider();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(Duration::from_secs(5)));
        let tls = HttpsConnectorBuilder::new().with_provider_and_webpki_roots(provider).map_err(NoClient)?;
        let connector = tls.https_or_http().enable_http1();
        #[cfg(feature = "http2")]
        let connector = connector.enable_http2();
        Ok(connector.wrap_connector(tcp))
    }

    /// Why there is no client.
    pub struct NoClient(rustls::Error);

    impl fmt::Display for NoClient {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "TLS can't be set up: {}", self.0)
        }
    }

    impl fmt::Debug for NoClient {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            fmt::Display::fmt(self, f)
        }
    }

    impl std::error::Error for NoClient {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
}
