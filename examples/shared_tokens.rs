//! One token for all processes of an account: a transport around the transport, which answers the request for a token from a store
//! that they share.
//!
//! ```text
//! cargo run --example shared_tokens
//! ```
//!
//! starts the sandbox, and two clients that know nothing of each other but the file.
//!
//! The store is a file here (`shared_tokens/file.rs`); a row in a table of yours does as well ([`TokenStore`]). What to know before you copy
//! this:
//! - **The store is as secret as the token in it**: who can read it is the account until the token ends, and who can write to it
//!   chooses the token that goes out. The file is for its owner alone (0600, on Unix); put it in a folder of which the same is true, not
//!   in `/tmp`, and out of backups. It isn't encrypted, and the client's secret is never in it.
//! - **A store for each account**, and for each set of scopes.
//! - **Two that start in the same moment may both ask.** That does no harm, and needs no lock that a dead process could leave behind. Nor does a
//!   store that can't be read or written: then each process has a token of its own.

#[path = "shared_tokens/file.rs"]
mod file;

use std::path::PathBuf;
use std::{error, fmt, fs};

use cashlink_sandbox::{Config, demo, server};
use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::http::{Request, Response, StatusCode, header};
use cashlink_ureq::core::partner::{Partner, distributor::ListInvestors};
use cashlink_ureq::core::{Bearer, Client as Protocol, Endpoint, Failure, Grant, Secret};
use cashlink_ureq::{Limits, Outbound, SystemTimer, Timer as _, Transport, Ureq};
pub(crate) use file::TokenFile;
use serde_json::Value;

/// Where processes keep a token between them. Each call stands for itself: nothing has to be locked in between.
pub(crate) trait TokenStore: Send + Sync {
    fn load(&self) -> Option<Vec<u8>>;
    /// Replaces what is there, all at once: nobody may ever read a half of it.
    fn save(&self, token: &[u8]);
    fn forget(&self);
}

/// A transport whose token comes from a store, as long as it has one that is good. A token request is one to this path, which is
/// `/api/external/oauth/token` unless your `Partner` says otherwise.
pub(crate) struct SharedTokens<H, S> {
    pub(crate) inner: H,
    pub(crate) store: S,
    pub(crate) token_path: &'static str,
}

/// So many seconds before its end a stored token is left alone; more than the 30 s before which a client renews its own.
const MARGIN: u64 = 60;

impl<H: Transport, S: TokenStore> Transport for SharedTokens<H, S> {
    fn send(&self, request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        let now = SystemTimer.now().wall;
        if request.uri().path() == self.token_path {
            if let Some(stored) = self.good(now) {
                return Ok(stored);
            }
            let response = self.inner.send(request, limits)?;
            if response.status() == StatusCode::OK {
                self.keep(now, response.body());
            }
            return Ok(response);
        }
        let sent = request.headers().get(header::AUTHORIZATION).cloned();
        let response = self.inner.send(request, limits)?;
        // The client will ask for another token now. It must not get this one, but one that somebody else has renewed meanwhile.
        if response.status() == StatusCode::UNAUTHORIZED {
            let stored =
                self.stored().and_then(|stored| Some(format!("Bearer {}", stored["access_token"].as_str()?)));
            if stored.is_some_and(|stored| sent.is_some_and(|sent| sent == stored)) {
                self.store.forget();
            }
        }
        Ok(response)
    }
}

impl<H, S: TokenStore> SharedTokens<H, S> {
    fn stored(&self) -> Option<Value> {
        serde_json::from_slice(&self.store.load()?).ok().filter(is_usable)
    }

    /// The stored token as the token endpoint would say it, with the life that is left.
    fn good(&self, now: u64) -> Option<Response<Bytes>> {
        let mut stored = self.stored()?;
        let left = stored["ends_at"].as_u64()?.checked_sub(now).filter(|left| *left > MARGIN)?;
        stored["expires_in"] = left.into();
        Some(Response::new(stored.to_string().into()))
    }

    /// Keeps what the token endpoint has said. A token whose life it doesn't tell is its client's alone.
    fn keep(&self, asked_at: u64, answer: &[u8]) {
        let Ok(mut token) = serde_json::from_slice::<Value>(answer) else { return };
        let Some(life) = token["expires_in"].as_u64() else { return };
        token["ends_at"] = asked_at.saturating_add(life).into();
        self.store.save(token.to_string().as_bytes());
    }
}

/// Whether a client takes it. Any other would fail the calls of every process until its end.
fn is_usable(token: &Value) -> bool {
    let kind = token["token_type"].as_str().unwrap_or("bearer");
    let text = token["access_token"].as_str().unwrap_or_default();
    kind.eq_ignore_ascii_case("bearer") && Grant::new(Secret::new(text)).is_ok()
}

/// Nothing of the store: it may show what is in it.
impl<H, S> fmt::Debug for SharedTokens<H, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTokens").finish_non_exhaustive()
    }
}

/// What each process does for itself.
pub(crate) type Client = cashlink_client::blocking::Client<Bearer, SharedTokens<Ureq, TokenFile>>;

pub(crate) fn client(base: &str, secret: &str, file: PathBuf) -> Result<Client, Box<dyn error::Error>> {
    let bearer = Bearer::client_credentials(demo::DISTRIBUTOR_CLIENT_ID, Secret::new(secret))?;
    let protocol = Protocol::new(Partner::at(Endpoint::on_loopback(base)?), bearer);
    let token_path = "/api/external/oauth/token";
    Ok(Client::new(protocol, SharedTokens { inner: Ureq::default(), store: TokenFile(file), token_path }))
}

fn main() -> Result<(), Box<dyn error::Error>> {
    let sandbox = server::Server::start(Config::default())?;
    // For this show only: a program has a folder of its own, below `/var/lib`, say, or its user's home.
    let file = std::env::temp_dir().join(format!("{}.cashlink-token", cashlink_ureq::random_key()?.as_str()));
    for name in ["one", "the other"] {
        client(&sandbox.partner_base(), demo::DISTRIBUTOR_CLIENT_SECRET, file.clone())?
            .call(&ListInvestors::new())?;
        let requests = sandbox.with(|server| server.statistics().token_requests());
        println!("{name} has made its call; token requests until now: {requests}");
    }
    Ok(fs::remove_file(file)?)
}
