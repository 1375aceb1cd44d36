//! A server that reads whole requests, remembers them byte for byte, and plays what a test wrote down.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use cashlink_ureq::Client;
use cashlink_ureq::core::http::Method;
use cashlink_ureq::core::payments::Payments;
use cashlink_ureq::core::{
    Client as Protocol, Effect, Endpoint, IdempotencyKey, Policy, Raw, Secret, UserKey,
};

/// What the server does with one request.
pub(crate) enum Play {
    /// Answers, and reads the next request from the same connection.
    Keep(&'static str),
    /// Answers, and closes the connection.
    Close(&'static str),
    /// Answers with this many bytes of filler behind the head, as fast as the client takes them.
    Flood(&'static str, u64),
    /// Reads the head of the request and closes.
    CloseAtHead,
    /// Whatever else a test wants to do with the connection; what it reads is not remembered.
    Own(Box<dyn FnOnce(TcpStream) + Send>),
}

/// The server: what it has seen comes out of it.
pub(crate) struct Server {
    pub(crate) origin: String,
    seen: Receiver<Vec<u8>>,
}

impl Server {
    pub(crate) fn plays(script: Vec<Play>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (remember, seen) = channel();
        thread::spawn(move || play(&listener, script, &remember));
        Self { origin, seen }
    }

    /// The requests so far, as they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.try_iter().map(|request| String::from_utf8_lossy(&request).into_owned()).collect()
    }

    /// A client of this server, as impatient as `policy` says.
    pub(crate) fn client(&self, policy: Policy) -> Client<UserKey> {
        let api = Payments::at(Endpoint::on_loopback(&format!("{}/api/", self.origin)).unwrap());
        let key = UserKey::new(Secret::new("k3y")).unwrap();
        cashlink_ureq::client(Protocol::builder(api, key).policy(policy).build())
    }
}

fn play(listener: &TcpListener, script: Vec<Play>, remember: &Sender<Vec<u8>>) {
    let mut connection: Option<TcpStream> = None;
    for act in script {
        let mut stream = match connection.take() {
            Some(stream) => stream,
            None => listener.accept().unwrap().0,
        };
        let act = match act {
            Play::Own(play) => {
                play(stream);
                continue;
            }
            act => act,
        };
        let with_body = !matches!(act, Play::CloseAtHead);
        // Before the answer, so that who has the answer finds the request.
        let request = read_request(&mut stream, with_body);
        if remember.send(request).is_err() {
            return;
        }
        match act {
            Play::Keep(answer) => {
                stream.write_all(answer.as_bytes()).unwrap();
                connection = Some(stream);
            }
            Play::Close(answer) => {
                let _ = stream.write_all(answer.as_bytes());
                let _ = stream.shutdown(Shutdown::Both);
            }
            Play::Flood(head, bytes) => {
                let _ = stream.write_all(head.as_bytes());
                let _ = std::io::copy(&mut std::io::repeat(b'x').take(bytes), &mut stream);
            }
            Play::CloseAtHead | Play::Own(_) => drop(stream),
        }
    }
    // Whoever still comes is seen and gets no answer.
    while let Ok((mut stream, _)) = listener.accept() {
        if remember.send(read_request(&mut stream, true)).is_err() {
            return;
        }
    }
}

/// One request: its head, and its body by the length that the head says, or what came of it.
pub(crate) fn read_request(stream: &mut TcpStream, with_body: bool) -> Vec<u8> {
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    if with_body {
        let _ = stream.take(length.unwrap_or(0)).read_to_end(&mut request);
    }
    request
}

/// Nothing waits: attempts follow each other at once.
pub(crate) fn quick() -> Policy {
    let mut policy = Policy::default();
    policy.backoff = Duration::ZERO;
    policy
}

/// A request with this effect: `Effect::Once`, or keyed.
pub(crate) fn post(effect: Effect<'_>) -> Raw<UserKey> {
    Raw::new(Method::POST, "things/", effect).json(&["a", "thing"])
}

pub(crate) fn get() -> Raw<UserKey> {
    Raw::new(Method::GET, "things/", Effect::Safe)
}

pub(crate) fn key() -> IdempotencyKey {
    IdempotencyKey::new("order-4711").unwrap()
}
