//! HTTP/2 over reqwest: calls that are made at once share one connection.
//!
//! ```text
//! cargo run --example http2
//! ```
//!
//! asks the demo API eight times at once, with the credentials in `CASHLINK_CLIENT_ID` and `CASHLINK_CLIENT_SECRET`. Whether it
//! speaks HTTP/2 isn't known; where a server doesn't, the same calls go over HTTP/1.1, on a connection each. To copy it:
//!
//! ```toml
//! [dependencies]
//! cashlink-reqwest = { git = "…", features = ["http2"] } # as the README has it
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```

use std::error::Error;
use std::time::Duration;

use cashlink_examples::account;
use cashlink_reqwest::core::partner::{Partner, distributor::ListInvestors};
use cashlink_reqwest::core::{self, Bearer, Client as Protocol};
use cashlink_reqwest::{Client, reqwest};
use tokio::task::JoinSet;

/// The feature alone is enough: TLS offers `h2`, and the server chooses. As all calls hang on one connection, it is worth noticing
/// when it has died: a ping after half a minute of silence.
pub(crate) fn builder() -> Result<reqwest::ClientBuilder, Box<dyn Error>> {
    Ok(cashlink_reqwest::builder()?
        .http2_keep_alive_interval(Duration::from_secs(30))
        .http2_keep_alive_timeout(Duration::from_secs(10)))
}

/// So many calls at once; how many went well. They share the client, and its token: the request for that is the first, and makes
/// the connection that all others go on.
pub(crate) async fn ask_at_once(client: &Client<Bearer>, number: usize) -> Result<usize, core::Error> {
    let mut calls = JoinSet::new();
    for _ in 0..number {
        let client = client.clone();
        calls.spawn(async move { client.call(&ListInvestors::new()).await });
    }
    let replies: Result<Vec<_>, _> = calls.join_all().await.into_iter().collect();
    Ok(replies?.len())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let protocol = Protocol::new(Partner::demo(), account::from_environment()?);
    let client = cashlink_reqwest::client_over(protocol, builder()?.build()?);
    println!("{} answers", ask_at_once(&client, 8).await?);
    Ok(())
}
