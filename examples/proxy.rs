//! Goes to the API by an HTTP proxy, over ureq and over reqwest:
//!
//! ```text
//! cargo run --example proxy -- http://user:password@proxy.example:3128
//! ```
//!
//! asks the demo API for a page of investors, with the credentials in `CASHLINK_CLIENT_ID` and `CASHLINK_CLIENT_SECRET`.
//!
//! The proxy is asked to `CONNECT` to the API's host and port, and told nothing else: TLS goes through it to the API, with the token
//! inside. Plain `http`, which is for this machine only, never goes by a proxy. To copy it:
//!
//! ```toml
//! [dependencies]
//! cashlink-ureq = { git = "…" }    # as the README has it
//! cashlink-reqwest = { git = "…" } # or this one
//! ```

use std::error::Error;

use cashlink_examples::account;
use cashlink_reqwest::reqwest;
use cashlink_ureq::Ureq;
use cashlink_ureq::core::Client as Protocol;
use cashlink_ureq::core::partner::{Partner, distributor::ListInvestors};
use cashlink_ureq::ureq::config::ConfigBuilder;
use cashlink_ureq::ureq::typestate::AgentScope;
use cashlink_ureq::ureq::{self, Agent};

/// For ureq. An agent goes by the variables `HTTPS_PROXY` and so on unless it is told a proxy, as here, or `None`.
pub(crate) fn by_ureq(proxy: &str) -> Result<ConfigBuilder<AgentScope>, ureq::Error> {
    Ok(Agent::config_builder().proxy(Some(ureq::Proxy::new(proxy)?)))
}

/// For reqwest. The crate's builder goes by no variable, only by the proxy that it is told.
pub(crate) fn by_reqwest(proxy: &str) -> Result<reqwest::ClientBuilder, Box<dyn Error>> {
    Ok(cashlink_reqwest::builder()?.proxy(reqwest::Proxy::https(proxy)?))
}

fn main() -> Result<(), Box<dyn Error>> {
    let proxy = std::env::args().nth(1).ok_or("usage: proxy http://[USER:PASSWORD@]HOST:PORT")?;
    let protocol = Protocol::new(Partner::demo(), account::from_environment()?);

    let list = ListInvestors::new();
    let transport = Ureq::with_settings(by_ureq(&proxy)?, protocol.policy());
    let over_ureq = cashlink_ureq::Client::new(protocol.clone(), transport);
    println!("over ureq: {}", over_ureq.call(&list)?.meta.status());

    tokio::runtime::Runtime::new()?.block_on(async {
        let over_reqwest = cashlink_reqwest::client_over(protocol, by_reqwest(&proxy)?.build()?);
        println!("over reqwest: {}", over_reqwest.call(&list).await?.meta.status());
        Ok(())
    })
}
