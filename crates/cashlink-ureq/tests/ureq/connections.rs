//! Connections that ureq keeps, and phases of ureq's own in which one fails: what may be sent again.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use cashlink_ureq::core::http::{Method, Uri};
use cashlink_ureq::core::{Certainty, Effect, Raw, UserKey};
use cashlink_ureq::{Client, Ureq};
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
};
use ureq::{Agent, Error, Timeout};

use crate::scripted::{Play, Server, post, quick, read_request};

const CREATED: &str = "HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}";

#[test]
fn one_connection_carries_many_calls() {
    // Were the connection not used again, the server would see it end, and an empty request on it.
    let server = Server::plays(vec![Play::Keep(CREATED), Play::Keep(CREATED), Play::Close(CREATED)]);
    let client = server.client(quick());
    for _ in 0..3 {
        assert_eq!(client.call(&post(Effect::Once)).unwrap().meta.attempts(), 1);
    }
    let requests = server.requests();
    assert!(requests[0].starts_with("POST /api/things/ "), "{}", requests[0]);
    assert_eq!((&requests[1], &requests[2]), (&requests[0], &requests[0]));
}

#[test]
fn a_kept_connection_that_is_known_to_be_closed_is_left_and_the_request_goes_out_once_on_another() {
    let (closed, is_closed) = channel();
    let answer_and_close = move |mut stream: TcpStream| {
        read_request(&mut stream, true);
        stream.write_all(CREATED.as_bytes()).unwrap();
        drop(stream);
        closed.send(()).unwrap();
    };
    let server = Server::plays(vec![Play::Own(Box::new(answer_and_close)), Play::Close(CREATED)]);
    let client = server.client(quick());
    client.call(&post(Effect::Once)).unwrap();
    is_closed.recv().unwrap();
    let reply = client.call(&post(Effect::Once)).unwrap();
    assert_eq!((reply.meta.attempts(), server.requests().len()), (1, 1));
}

/// How a connection fails in a world without sockets.
#[derive(Clone, Copy, Debug)]
enum Break {
    /// The name leads nowhere.
    Name,
    /// No connection comes about in time.
    Connect,
    /// The connection stands, and no byte of the head can be written.
    Head,
}

#[derive(Debug)]
struct Broken {
    at: Break,
    connections: Arc<AtomicUsize>,
}

impl Resolver for Broken {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        match self.at {
            Break::Name => Err(Error::HostNotFound),
            Break::Connect | Break::Head => DefaultResolver::default().resolve(uri, config, timeout),
        }
    }
}

impl Connector for Broken {
    type Out = Unwritable;

    fn connect(&self, _: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Unwritable>, Error> {
        self.connections.fetch_add(1, Ordering::SeqCst);
        match self.at {
            Break::Name | Break::Connect => Err(Error::Timeout(Timeout::Connect)),
            Break::Head => Ok(Some(Unwritable(LazyBuffers::new(1024, 1024)))),
        }
    }
}

#[derive(Debug)]
struct Unwritable(LazyBuffers);

impl Transport for Unwritable {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.0
    }

    fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), Error> {
        Err(Error::Io(std::io::ErrorKind::BrokenPipe.into()))
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        Err(Error::Io(std::io::ErrorKind::BrokenPipe.into()))
    }

    fn is_open(&mut self) -> bool {
        false
    }
}

/// The end of a call in that world, and how often a connection was asked for.
fn broken(at: Break, request: &Raw<UserKey>) -> (cashlink_ureq::core::Error, usize) {
    let connections = Arc::new(AtomicUsize::new(0));
    let part = || Broken { at, connections: Arc::clone(&connections) };
    let agent = Agent::with_parts(Config::default(), part(), part());
    let server = Server::plays(vec![]);
    let client = Client::new(server.client(quick()).protocol().clone(), Ureq::new(agent));
    let error = client.call(request).unwrap_err();
    assert_eq!(server.requests().len(), 0);
    (error, connections.load(Ordering::SeqCst))
}

fn without_a_body() -> Raw<UserKey> {
    Raw::new(Method::POST, "things/", Effect::Once)
}

#[test]
fn what_never_had_a_connection_is_sent_again_whatever_it_does() {
    for (at, connections) in [(Break::Name, 0), (Break::Connect, 4)] {
        for request in [post(Effect::Once), without_a_body()] {
            let (error, asked) = broken(at, &request);
            assert_eq!((error.certainty(), error.attempts()), (Certainty::NotApplied, 4), "{at:?}: {error}");
            assert_eq!(asked, connections, "{at:?}");
        }
    }
}

#[test]
fn a_head_that_could_not_be_written_leaves_its_body_unsent() {
    let (error, connections) = broken(Break::Head, &post(Effect::Once));
    assert_eq!((error.certainty(), error.attempts(), connections), (Certainty::NotApplied, 4, 4));
    assert_eq!(error.failure().unwrap().to_string(), "not sent: broken pipe");
}

#[test]
fn t37_without_a_body_the_head_is_the_request_and_a_broken_one_is_ambiguous() {
    let (error, connections) = broken(Break::Head, &without_a_body());
    assert_eq!((error.certainty(), error.attempts(), connections), (Certainty::Unknown, 1, 1));
}
