//! For async transports: what their author says of them, and the run.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use cashlink_client::asynchronous::{Client, Transport};
use cashlink_client::core::answer::Received;
use cashlink_client::core::{Bearer, Call, Client as Protocol, Credential, Error, Reply, UserKey};

use crate::clock::Clock;
use crate::payload::Payload;
use crate::scene::{Made, Perform, World};
use crate::{Declared, Report, report};

/// A transport to be tried, and what runs its futures.
///
/// ```
/// # use cashlink_client::core::{Failure, bytes::Bytes, http};
/// # #[derive(Clone)]
/// # struct Hyper;
/// # impl cashlink_client::asynchronous::Transport for Hyper {
/// #     async fn send(&self, _: http::Request<cashlink_client::asynchronous::Outbound>, _: cashlink_client::Limits)
/// #         -> Result<http::Response<Bytes>, Failure> { unimplemented!() }
/// # }
/// # struct Runtime;
/// # impl Runtime { fn block_on<F: Future>(&self, _: F) -> F::Output { unimplemented!() } }
/// use cashlink_conformance::asynchronous;
///
/// struct Mine {
///     runtime: Runtime, // tokio's, say
/// }
///
/// impl asynchronous::Adapter for Mine {
///     type Transport = Hyper;
///
///     fn name(&self) -> &str {
///         "hyper"
///     }
///
///     fn transport(&self) -> Hyper {
///         Hyper
///     }
///
///     fn http2(&self) -> Option<Hyper> {
///         Some(Hyper)
///     }
///
///     fn block_on<F: Future>(&self, future: F) -> F::Output {
///         self.runtime.block_on(future)
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

    /// Runs a future to its end. By default on this thread, without any runtime: enough for a transport that has its
    /// own.
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }
}

/// Plays all cases. It takes a second or two.
///
/// Nothing panics here: ask the [`Report`] whether it [is conformant](Report::is_conformant), and print it.
pub fn run(adapter: &impl Adapter) -> Report {
    report::of(adapter.name(), &adapter.declared(), &Asynchronous(adapter))
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let (mut context, mut future) = (Context::from_waker(&waker), pin!(future));
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

struct Asynchronous<'a, A>(&'a A);

/// A client, and what runs its futures.
struct Running<'a, A: Adapter, C: Credential> {
    adapter: &'a A,
    client: Client<C, A::Transport, Clock>,
}

impl<A: Adapter> Asynchronous<'_, A> {
    fn client<C: Credential>(&self, protocol: Protocol<C>, clock: Clock, http2: bool) -> Made<'_, C> {
        let Self(adapter) = self;
        let transport = if http2 { adapter.http2()? } else { adapter.transport() };
        let client = Client::with_timer(protocol, transport, clock);
        Some(Box::new(Running { adapter: *adapter, client }))
    }
}

impl<A: Adapter> World for Asynchronous<'_, A> {
    fn user<'a>(&'a self, protocol: Protocol<UserKey>, clock: Clock, http2: bool) -> Made<'a, UserKey> {
        self.client(protocol, clock, http2)
    }

    fn bearer<'a>(&'a self, protocol: Protocol<Bearer>, clock: Clock, http2: bool) -> Made<'a, Bearer> {
        self.client(protocol, clock, http2)
    }
}

impl<A: Adapter, C: Credential> Perform<C> for Running<'_, A, C> {
    fn perform(&self, call: &Call<Received, C>, payload: Option<&Payload>) -> Result<Reply<Received>, Error> {
        self.adapter.block_on(async {
            match payload {
                Some(payload) => self.client.upload(call, &payload.asynchronous()).await,
                None => self.client.perform(call).await,
            }
        })
    }
}
