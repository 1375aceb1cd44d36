//! Trusts a private CA and no other, over each stack: for a gateway of your own before the API, or a test system behind TLS.
//!
//! ```text
//! cargo run --example custom_ca -- ca.pem https://gateway.example/api/external
//! ```
//!
//! asks that API for a page of investors, with the credentials in `CASHLINK_CLIENT_ID` and `CASHLINK_CLIENT_SECRET`.
//!
//! A client that doesn't know the CA ends the handshake, so that nothing was sent. Don't go without the check instead: whoever is in
//! between then reads the secret, and says what they like about money. To copy it:
//!
//! ```toml
//! [dependencies]
//! cashlink-ureq = { git = "…" } # as the README has it; or cashlink-reqwest, cashlink-hyper
//! rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }
//! hyper-rustls = { version = "0.27", default-features = false, features = ["http1"] } # for cashlink-hyper
//! ```

use std::error::Error;
use std::sync::Arc;

use cashlink_examples::account;
use cashlink_hyper::hyper_util::client::legacy::connect::HttpConnector;
use cashlink_ureq::Ureq;
use cashlink_ureq::core::partner::{Partner, distributor::ListInvestors};
use cashlink_ureq::core::{Client as Protocol, Credential, Endpoint};
use cashlink_ureq::ureq::Agent;
use cashlink_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};
use hyper_rustls::HttpsConnectorBuilder;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The certificates in a PEM file: one CA, or several.
fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_slice_iter(pem).collect::<std::result::Result<Vec<_>, _>>()?;
    if certificates.is_empty() { Err("there is no certificate in it".into()) } else { Ok(certificates) }
}

/// TLS as rustls has it, for the two async stacks. The provider is named, so that none has to be installed.
pub(crate) fn tls(pem: &[u8]) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(pem)? {
        roots.add(certificate)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(tls.with_root_certificates(roots).with_no_client_auth())
}

/// TLS as ureq has it.
pub(crate) fn tls_of_ureq(pem: &[u8]) -> Result<TlsConfig> {
    let certificates = certificates(pem)?;
    let roots: RootCerts = certificates.iter().map(|each| Certificate::from_der(each).to_owned()).into();
    Ok(TlsConfig::builder().root_certs(roots).build())
}

pub(crate) fn over_ureq<C: Credential>(
    protocol: Protocol<C>,
    pem: &[u8],
) -> Result<cashlink_ureq::Client<C>> {
    let settings = Agent::config_builder().tls_config(tls_of_ureq(pem)?);
    let transport = Ureq::with_settings(settings, protocol.policy());
    Ok(cashlink_ureq::Client::new(protocol, transport))
}

pub(crate) fn over_reqwest<C: Credential>(
    protocol: Protocol<C>,
    pem: &[u8],
) -> Result<cashlink_reqwest::Client<C>> {
    let builder = cashlink_reqwest::builder()?.tls_backend_preconfigured(tls(pem)?);
    Ok(cashlink_reqwest::client_over(protocol, builder.build()?))
}

pub(crate) fn over_hyper<C: Credential>(
    protocol: Protocol<C>,
    pem: &[u8],
) -> Result<cashlink_hyper::Client<C>> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls(pem)?).https_only().enable_http1();
    let client = cashlink_hyper::builder().build(connector.wrap_connector(tcp));
    Ok(cashlink_hyper::client_over(protocol, client))
}

fn main() -> Result<()> {
    let (Some(file), Some(base)) = (std::env::args().nth(1), std::env::args().nth(2)) else {
        return Err("usage: custom_ca CA.pem https://HOST/api/external".into());
    };
    let pem = std::fs::read(file)?;
    let protocol = Protocol::new(Partner::at(Endpoint::new(&base)?), account::from_environment()?);
    let list = ListInvestors::new();
    println!("over ureq: {}", over_ureq(protocol.clone(), &pem)?.call(&list)?.meta.status());
    tokio::runtime::Runtime::new()?.block_on(async {
        println!("over reqwest: {}", over_reqwest(protocol.clone(), &pem)?.call(&list).await?.meta.status());
        println!("over hyper: {}", over_hyper(protocol, &pem)?.call(&list).await?.meta.status());
        Ok(())
    })
}
