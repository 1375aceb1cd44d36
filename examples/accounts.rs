//! Several accounts in one program: a client for each, over one HTTP client for all.
//!
//! ```text
//! cargo run --example accounts
//! ```
//!
//! starts the sandbox, and is a distribution platform and an issuer there at the same time.
//!
//! A client is one account: it has the credential and the place where its callers meet for a token, and both are its own. So no
//! account's token can go out with another's request, whatever threads do. What the accounts share is the transport below: clones
//! of it use the same connections, which no credential belongs to. To copy it:
//!
//! ```toml
//! [dependencies]
//! cashlink-ureq = { git = "…" } # as the README has it
//! ```

use std::collections::BTreeMap;
use std::error::Error;

use cashlink_client::blocking::{Client, Transport};
use cashlink_sandbox::server::{Running, Server};
use cashlink_sandbox::{Config, demo};
use cashlink_ureq::Ureq;
use cashlink_ureq::core::partner::{Partner, distributor, issuer};
use cashlink_ureq::core::{Bearer, Client as Protocol, Endpoint, InvalidValue, Secret};

/// The accounts of a program, by names of its own.
pub(crate) struct Accounts<H> {
    transport: H,
    clients: BTreeMap<String, Client<Bearer, H>>,
}

impl<H: Transport + Clone> Accounts<H> {
    pub(crate) fn over(transport: H) -> Self {
        Self { transport, clients: BTreeMap::new() }
    }

    /// One account more. Each may be at an API of its own: one at the demo, say, and one in production.
    pub(crate) fn add(&mut self, name: &str, api: Partner, bearer: Bearer) {
        let client = Client::new(Protocol::new(api, bearer), self.transport.clone());
        self.clients.insert(name.to_owned(), client);
    }

    /// The client of an account. A clone of it is the same account, with the same token.
    pub(crate) fn of(&self, name: &str) -> Option<&Client<Bearer, H>> {
        self.clients.get(name)
    }
}

/// The two demo accounts of a sandbox.
pub(crate) fn both<H: Transport + Clone>(
    sandbox: &Running,
    transport: H,
) -> Result<Accounts<H>, InvalidValue> {
    let api = Partner::at(Endpoint::on_loopback(&sandbox.partner_base())?);
    let bearer = |id: &str, secret: &str| Bearer::client_credentials(id, Secret::new(secret));
    let mut accounts = Accounts::over(transport);
    let (id, secret) = (demo::DISTRIBUTOR_CLIENT_ID, demo::DISTRIBUTOR_CLIENT_SECRET);
    accounts.add("platform", api.clone(), bearer(id, secret)?);
    accounts.add("issuer", api, bearer(demo::ISSUER_CLIENT_ID, demo::ISSUER_CLIENT_SECRET)?);
    Ok(accounts)
}

fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Server::start(Config::default())?;
    let accounts = both(&sandbox, Ureq::default())?;
    let platform = accounts.of("platform").ok_or("there is no such account")?;
    let issuer = accounts.of("issuer").ok_or("there is no such account")?;
    println!("{} investments", platform.items(&distributor::ListInvestments::new())?.count());
    println!("{} products", issuer.items(&issuer::ListProducts::new())?.count());
    println!("{} tokens", sandbox.with(|server| server.statistics().token_requests()));
    Ok(())
}
