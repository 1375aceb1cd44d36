//! A client of our own, with TLS that is named: what a program has installed as its provider, or hasn't, plays no part.

use std::sync::Arc;
use std::{error, fmt};

use cashlink_client::core::{self, Credential};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use crate::{Client, client_over, settle};

/// A client over reqwest, with a reqwest client of its own.
///
/// # Errors
/// When reqwest can't be set up on this machine.
pub fn client<C: Credential>(protocol: core::Client<C>) -> Result<Client<C>, NoClient> {
    let client = builder()?.build().map_err(|error| NoClient(Box::new(error)))?;
    Ok(client_over(protocol, client))
}

/// What [`client`] builds its client from: settled, with TLS by rustls, ring and the webpki roots. For a CA of your own,
/// begin with [`settle`] and give reqwest your TLS.
///
/// # Errors
/// When TLS can't be set up.
pub fn builder() -> Result<reqwest::ClientBuilder, NoClient> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let mut tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| NoClient(Box::new(error)))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    if cfg!(feature = "http2") {
        tls.alpn_protocols.push(b"h2".to_vec());
    }
    tls.alpn_protocols.push(b"http/1.1".to_vec());
    Ok(settle(reqwest::Client::builder()).tls_backend_preconfigured(tls))
}

/// Why there is no client.
pub struct NoClient(Box<dyn error::Error + Send + Sync>);

impl fmt::Display for NoClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "reqwest can't be set up: {}", self.0)
    }
}

impl fmt::Debug for NoClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for NoClient {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&*self.0)
    }
}
