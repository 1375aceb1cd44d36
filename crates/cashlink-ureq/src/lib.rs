//! The Cashlink partner APIs over [ureq](https://docs.rs/ureq): a synchronous client, without a runtime.
//!
//! ```no_run
//! use cashlink_ureq::core::partner::{Partner, scope, distributor::ListInvestors};
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
//! TLS is ureq's: the default feature `rustls` turns on its own choice. [Settings of your own](Ureq::with_settings) bring any other, as
//! they bring a proxy or a connection pool; and so does an [`Agent`] that is there already ([`Ureq::new`]). What the protocol depends
//! on holds for every request, whatever they say: no redirects, every status is an answer, time-outs and limits from the core, no
//! headers but the core's own. ureq repeats no request by itself.
//!
//! What remains the agent's, and the program's:
//! - **Proxies.** ureq's default agent goes by `ALL_PROXY`, `HTTPS_PROXY` and `HTTP_PROXY`; an agent with `proxy(None)`
//!   ignores them. Plain `http`, which is only for this machine, never goes through a proxy (T9–T10).
//! - **Features of ureq that another crate of the program turns on.** With `gzip` or `brotli`, ureq unpacks what it was
//!   sent unasked and removes the header that would tell; the size limit holds on what was unpacked. With `cookies`, it
//!   sends back the cookies that a server has set.
//! - **Answers without a length.** Where a server marks the end of a body by closing the connection only, a cut is the
//!   end: JSON tells the difference, raw bytes can't (T29).
//! - **Answers before the end of a document.** ureq reads no answer before it has sent all of the body. A server that
//!   refuses an upload half-way and closes is seen as a lost connection: *maybe sent*.
//! - **Logs.** At level `debug`, ureq writes the paths and queries of requests, with the ids in them.
//!
//! # A log at level `trace`
//! There, ureq writes requests and answers down **byte by byte, credentials, tokens and bodies included**, under the target
//! `ureq_proto::util`, and has no switch for it. So nothing is sent while the program's logger takes that: every call ends as *not
//! sent*, with a reason that says so, after the attempts that any failed connection has (T11–T12). Leave that target out
//! (`RUST_LOG=trace,ureq_proto::util=off` for `env_logger` and `tracing_subscriber`), or build with `log`'s feature `max_level_debug`.
//! Where it is wanted, and where the logger leaves it out by itself but says that it takes it, there is [`Ureq::with_wire_log`].
#![forbid(unsafe_code)]

mod failure;

pub use cashlink_client::blocking::{Items, Outbound, Pages, Source, SystemTimer, Timer, Transport};
pub use cashlink_client::{Limits, Progress, Trace, core, random_key, random_seed};
pub use ureq;

use std::io::Read;
use std::time::Duration;

use bytes::Bytes;
use cashlink_client::blocking;
use cashlink_client::core::{Credential, Failure, Policy, Timeouts};
use http::uri::Scheme;
use http::{Extensions, HeaderValue, Method, Request, Response, header};
use ureq::config::{AutoHeaderValue, ConfigBuilder};
use ureq::typestate::AgentScope;
use ureq::{Agent, SendBody};

/// A year: as good as no limit.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// What the protocol depends on, whatever an agent says, or a request: the type that both are, ureq keeps to itself.
///
/// Not the agent's `User-Agent` and `Accept`, which ureq only adds where the core has set none, and it always has:
/// another `User-Agent` than the agent's would keep the request from the agent's pool.
macro_rules! settle {
    ($settings:expr, $timeouts:ident) => {{
        // ureq adds a limit to the clock's present time, which has to stay one.
        let total = $timeouts.total.min(LONGEST);
        // ureq shows which phase ran out of time only if the phase's limit is the shorter one.
        let connect = $timeouts.connect.min(total.saturating_sub(total / 10));
        $settings
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .accept_encoding(AutoHeaderValue::None)
            .timeout_global(Some(total))
            .timeout_resolve(Some(connect))
            .timeout_connect(Some(connect))
            .timeout_per_read($timeouts.idle.map(|idle| idle.min(LONGEST)))
            .timeout_per_write($timeouts.idle.map(|idle| idle.min(LONGEST)))
            .timeout_per_call(None)
            .timeout_send_request(None)
            .timeout_send_body(None)
            .timeout_recv_response(None)
            .timeout_recv_body(None)
    }};
}

const OVERHEARD: &str = "ureq would log credentials and bodies: turn its log target off (RUST_LOG=trace,ureq_proto::util=off), \
    or allow it (Ureq::with_wire_log)";

/// The blocking client over ureq.
pub type Client<C> = blocking::Client<C, Ureq>;

/// A client over ureq, with an agent of its own.
pub fn client<C: Credential>(protocol: core::Client<C>) -> Client<C> {
    let transport = Ureq::with_settings(Agent::config_builder(), protocol.policy());
    Client::new(protocol, transport)
}

/// ureq as a [`Transport`].
#[derive(Clone, Debug)]
pub struct Ureq {
    agent: Agent,
    /// For which the agent itself is as the protocol needs it.
    settled: Option<Timeouts>,
    /// Whether ureq may write the wire down.
    wire_log: bool,
}

impl Ureq {
    /// An agent that is there already, with its TLS, its proxy, its connection pool. Each request brings along what the protocol depends
    /// on, which costs more than an agent that was made for it.
    #[must_use]
    pub fn new(agent: Agent) -> Self {
        Self { agent, settled: None, wire_log: false }
    }

    /// An agent with TLS, a proxy, limits of a connection pool by these settings, and for the rest as the protocol needs it.
    /// The policy is the client's: a request with other time-outs than most brings them along.
    #[must_use]
    pub fn with_settings(settings: ConfigBuilder<AgentScope>, policy: &Policy) -> Self {
        let usual = Timeouts::new(policy.connect_timeout, policy.attempt_timeout);
        Self { settled: Some(usual), ..Self::new(Agent::new_with_config(settle!(settings, usual).build())) }
    }

    /// The same, which also sends while the program's logger takes what ureq says at level `trace` under `ureq_proto::util`: **all
    /// bytes of every request and answer, secrets included**. For a test environment; or for a logger that drops these lines only
    /// when it gets them.
    ///
    /// ```
    /// use cashlink_ureq::core::{Bearer, Client as Protocol, Secret, partner::Partner};
    /// use cashlink_ureq::{Client, Ureq};
    ///
    /// let bearer = Bearer::client_credentials("my-client", Secret::new("a test's own"))?;
    /// let client = Client::new(Protocol::new(Partner::demo(), bearer), Ureq::default().with_wire_log());
    /// # let _ = client;
    /// # Ok::<(), cashlink_ureq::core::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn with_wire_log(self) -> Self {
        Self { wire_log: true, ..self }
    }

    /// What the agent lacks for this request.
    fn missing(&self, timeouts: Timeouts, on_this_machine: bool) -> Extensions {
        let goes_direct = !on_this_machine || self.agent.config().proxy().is_none();
        if goes_direct && self.settled == Some(timeouts) {
            return Extensions::new();
        }
        let settings = settle!(self.agent.configure_request(Request::new(())), timeouts);
        let settings = if goes_direct { settings } else { settings.proxy(None) };
        settings.build().into_parts().0.extensions
    }
}

impl Default for Ureq {
    fn default() -> Self {
        Self::with_settings(Agent::config_builder(), &Policy::default())
    }
}

impl Transport for Ureq {
    fn send(&self, mut request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        if !self.wire_log && log::log_enabled!(target: "ureq_proto::util", log::Level::Trace) {
            return Err(Failure::not_sent(OVERHEARD));
        }
        let (trace, length) = (request.body().trace(), request.body().len());
        // ureq would send chunks where no length is said in advance; it is said of the empty body of a POST, too.
        if length > 0 || !matches!(*request.method(), Method::GET | Method::HEAD | Method::DELETE) {
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        let (mut head, body) = request.into_parts();
        let on_this_machine = head.uri.scheme() == Some(&Scheme::HTTP);
        head.extensions.extend(self.missing(limits.timeouts, on_this_machine));
        // A reader, even an empty one, makes ureq announce chunks where no length is said: on every GET.
        let body = if length > 0 { SendBody::from_owned_reader(body) } else { SendBody::none() };
        let sent = self.agent.run(Request::from_parts(head, body));
        let asked = (length > 0).then(|| trace.was_asked_for());
        let response = sent.map_err(|error| failure::classify(&error, asked))?;
        read(response, limits.largest_answer)
    }
}

/// Reads the whole answer, but not beyond the limit (T26).
fn read(response: Response<ureq::Body>, largest: u64) -> Result<Response<Bytes>, Failure> {
    let (head, body) = response.into_parts();
    // Room in advance, but not for whatever a server says (T26).
    let room = body.content_length().unwrap_or_default().min(largest).min(64 * 1024);
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
    let mut reader = body.into_with_config().limit(u64::MAX).reader().take(largest.saturating_add(1));
    match reader.read_to_end(&mut bytes) {
        Err(error) => Err(Failure::cut(head, failure::describe(&error.into()))),
        Ok(count) if u64::try_from(count).unwrap_or(u64::MAX) > largest => Err(Failure::too_large(head)),
        Ok(_) => Ok(Response::from_parts(head, bytes.into())),
    }
}
