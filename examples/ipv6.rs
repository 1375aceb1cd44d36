//! A base with an IPv6 address: in brackets, as in any URL.
//!
//! ```text
//! cargo run --example ipv6
//! ```
//!
//! starts the sandbox on `::1` and walks a list there, page after page: the links that the server sends name its address in brackets
//! too, and are held against the base. Nothing has to be turned on for that, on any stack. To copy it:
//!
//! ```toml
//! [dependencies]
//! cashlink-ureq = { git = "…" } # as the README has it
//!
//! [dev-dependencies]
//! cashlink-sandbox = { git = "…" }
//! ```

use std::error::Error;
use std::io;
use std::net::Ipv6Addr;

use cashlink_sandbox::server::{Running, Server};
use cashlink_sandbox::{Config, demo};
use cashlink_ureq::core::partner::distributor::{CreateInvestor, ListInvestors};
use cashlink_ureq::core::partner::{NaturalPerson, Partner};
use cashlink_ureq::core::{Bearer, Client as Protocol, Endpoint, IdempotencyKey, Secret};

/// The sandbox on a free port of `::1`; an error, where this machine has no such address.
pub(crate) fn sandbox() -> io::Result<Running> {
    Server::new(Config::default()).listen((Ipv6Addr::LOCALHOST, 0).into()).run()
}

pub(crate) fn protocol(sandbox: &Running) -> Result<Protocol<Bearer>, Box<dyn Error>> {
    let base = Endpoint::on_loopback(&sandbox.partner_base())?; // http://[::1]:PORT/api/external
    let secret = Secret::new(demo::DISTRIBUTOR_CLIENT_SECRET);
    let bearer = Bearer::client_credentials(demo::DISTRIBUTOR_CLIENT_ID, secret)?;
    Ok(Protocol::new(Partner::at(base), bearer))
}

/// Two pages of investors.
pub(crate) fn fill(sandbox: &Running) -> Result<(), Box<dyn Error>> {
    let client = cashlink_ureq::client(protocol(sandbox)?);
    for number in 1..=11 {
        let key = IdempotencyKey::new(format!("investor-{number}"))?;
        client.call(&CreateInvestor::natural_person(key, NaturalPerson::new().forename("Ada"), true))?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = sandbox()?;
    println!("A sandbox listens on {}.", sandbox.origin());
    fill(&sandbox)?;
    let client = cashlink_ureq::client(protocol(&sandbox)?);
    for investor in client.items(&ListInvestors::new())? {
        println!("{}", investor?.id);
    }
    Ok(())
}
