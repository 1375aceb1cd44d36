//! For blocking transports: what their author says of them, and the run.

use cashlink_client::blocking::{Client, Transport};
use cashlink_client::core::answer::Received;
use cashlink_client::core::{Bearer, Call, Client as Protocol, Credential, Error, Reply, UserKey};

use crate::clock::Clock;
use crate::payload::Payload;
use crate::scene::{Made, Perform, World};
use crate::{Declared, Report, report};

/// A transport to be tried.
///
/// ```
/// # struct Ureq;
/// # impl cashlink_client::blocking::Transport for Ureq {
/// #     fn send(&self, _: http::Request<cashlink_client::blocking::Outbound>, _: cashlink_client::Limits)
/// #         -> Result<http::Response<cashlink_client::core::bytes::Bytes>, cashlink_client::core::Failure> { unimplemented!() }
/// # }
/// # use cashlink_client::core::http;
/// use cashlink_conformance::{Declared, blocking};
///
/// struct Mine;
///
/// impl blocking::Adapter for Mine {
///     type Transport = Ureq;
///
///     fn name(&self) -> &str {
///         "ureq"
///     }
///
///     fn transport(&self) -> Ureq {
///         Ureq
///     }
///
///     fn declared(&self) -> Vec<Declared> {
///         vec![Declared::case("http2-*").because("ureq speaks HTTP/1.1 only")]
///     }
/// }
/// ```
pub trait Adapter {
    /// What is tried.
    type Transport: Transport;

    /// What the report calls it.
    fn name(&self) -> &str;

    /// A new transport, as a program has it that has just started: no connection is kept yet.
    fn transport(&self) -> Self::Transport;

    /// A new transport that speaks HTTP/2 by prior knowledge, in clear text, where the client can.
    fn http2(&self) -> Option<Self::Transport> {
        None
    }

    /// The cases that this client can't pass, each with the reason.
    fn declared(&self) -> Vec<Declared> {
        Vec::new()
    }
}

/// Plays all cases. It takes a second or two.
///
/// Nothing panics here: ask the [`Report`] whether it [is conformant](Report::is_conformant), and print it.
pub fn run(adapter: &impl Adapter) -> Report {
    report::of(adapter.name(), &adapter.declared(), &Blocking(adapter))
}

struct Blocking<'a, A>(&'a A);

impl<A: Adapter> Blocking<'_, A> {
    fn client<C: Credential>(&self, protocol: Protocol<C>, clock: Clock, http2: bool) -> Made<'_, C>
    where
        Client<C, A::Transport, Clock>: Perform<C>,
    {
        let transport = if http2 { self.0.http2()? } else { self.0.transport() };
        Some(Box::new(Client::with_timer(protocol, transport, clock)))
    }
}

impl<A: Adapter> World for Blocking<'_, A> {
    fn user<'a>(&'a self, protocol: Protocol<UserKey>, clock: Clock, http2: bool) -> Made<'a, UserKey> {
        self.client(protocol, clock, http2)
    }

    fn bearer<'a>(&'a self, protocol: Protocol<Bearer>, clock: Clock, http2: bool) -> Made<'a, Bearer> {
        self.client(protocol, clock, http2)
    }
}

impl<C: Credential, H: Transport> Perform<C> for Client<C, H, Clock> {
    fn perform(&self, call: &Call<Received, C>, payload: Option<&Payload>) -> Result<Reply<Received>, Error> {
        match payload {
            Some(payload) => self.upload(call, &payload.blocking()),
            None => Client::perform(self, call),
        }
    }
}
