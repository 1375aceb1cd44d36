//! The Cashlink partner APIs over [ureq](https://docs.rs/ureq): a synchronous client, without a runtime.
//!
//! ```no_run
//! use cashlink_ureq::core::partner::{ListInvestors, Partner, scope};
//! use cashlink_ureq::core::{Bearer, Client as Protocol, Secret};
//!
//! let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t"))?.scopes([scope::INVESTORS_READ]);
//! let client = cashlink_ureq::client(Protocol::new(Partner::demo(), bearer));
//! for investor in client.items(&ListInvestors::new())? {
//!     println!("{}", investor?.id);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! TLS is ureq's: the default feature `rustls` turns on its own choice, and an [`Agent`] of your own brings any other,
//! as it brings a proxy or a connection pool. What the protocol depends on is set on every request, whatever the agent
//! says: no redirects, every status is an answer, time-outs and limits from the core, no headers but the core's own.
//! ureq repeats no request by itself. Proxy variables (`ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`) count, as ureq's default
//! agent has it; an agent with `proxy(None)` ignores them.
#![forbid(unsafe_code)]

mod failure;

pub use cashlink_client::blocking::{Source, SystemTimer};
pub use cashlink_client::{core, random_key, random_seed};
pub use ureq;

use std::io::Read;

use bytes::Bytes;
use cashlink_client::Limits;
use cashlink_client::blocking::{self, Outbound, Transport};
use cashlink_client::core::{Credential, Failure};
use http::{HeaderValue, Method, Request, Response, header};
use ureq::config::AutoHeaderValue;
use ureq::{Agent, RequestExt, SendBody};

/// The blocking client over ureq.
pub type Client<C> = blocking::Client<C, Ureq>;

/// A client over ureq, with an agent of its own.
pub fn client<C: Credential>(protocol: core::Client<C>) -> Client<C> {
    Client::new(protocol, Ureq::default())
}

/// ureq as a [`Transport`].
#[derive(Clone, Debug)]
pub struct Ureq {
    agent: Agent,
}

impl Ureq {
    /// An agent of the user's own: its TLS, its proxy, its connection pool.
    #[must_use]
    pub fn new(agent: Agent) -> Self {
        Self { agent }
    }
}

impl Default for Ureq {
    fn default() -> Self {
        Self::new(Agent::new_with_defaults())
    }
}

impl Transport for Ureq {
    fn send(&self, request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        let trace = request.body().trace();
        let has_body = !request.body().is_empty();
        let timeouts = limits.timeouts;
        // ureq shows which phase ran out of time only if the phase's limit is the shorter one.
        let connect = timeouts.connect.min(timeouts.total.saturating_sub(timeouts.total / 10));
        let response = with_length(request)
            .map(|body| SendBody::from_owned_reader(body.into_reader()))
            .with_agent(&self.agent)
            .configure()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .timeout_global(Some(timeouts.total))
            .timeout_connect(Some(connect))
            .timeout_per_read(timeouts.idle)
            .timeout_per_write(timeouts.idle)
            .build()
            .run()
            .map_err(|error| failure::classify(&error, has_body, &trace))?;
        read(response, limits.largest_answer)
    }
}

/// Says the length in advance, which ureq would otherwise replace by chunks; also for the empty body of a POST.
fn with_length(mut request: Request<Outbound>) -> Request<Outbound> {
    let length = request.body().len();
    if length > 0 || !matches!(*request.method(), Method::GET | Method::HEAD | Method::DELETE) {
        request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    request
}

/// Reads the whole answer, but not beyond the limit (T26).
fn read(response: Response<ureq::Body>, largest: u64) -> Result<Response<Bytes>, Failure> {
    let (head, body) = response.into_parts();
    let mut bytes = Vec::new();
    let read = body
        .into_with_config()
        .limit(u64::MAX)
        .reader()
        .take(largest.saturating_add(1))
        .read_to_end(&mut bytes);
    match read {
        Err(error) => Err(Failure::cut(head, failure::reason(&error))),
        Ok(count) if u64::try_from(count).unwrap_or(u64::MAX) > largest => Err(Failure::too_large(head)),
        Ok(_) => Ok(Response::from_parts(head, bytes.into())),
    }
}
