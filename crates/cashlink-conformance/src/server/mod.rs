//! A server that plays a script with raw sockets, so that it can do what no HTTP library allows, and notes every request
//! that reaches it. It listens on loopback, at a port that the system picks.

mod connection;
pub(crate) mod http2;
mod log;

pub(crate) use connection::{Script, Step};
pub(crate) use log::{Log, Seen};

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::Finding;

/// No exchange of a case takes longer: then the server hangs up and notes it, so that no transport can hang a run.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// A listening server. It ends when it is dropped, connections that it holds included.
pub(crate) struct Server {
    address: SocketAddr,
    log: Arc<Log>,
}

impl Server {
    /// A server that plays these scripts, one for each connection that says something. Whoever comes later is heard,
    /// noted, and gets no answer.
    pub(crate) fn start(scripts: Vec<Script>) -> Result<Self, Finding> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let log = Arc::new(Log::default());
        let noting = Arc::clone(&log);
        thread::spawn(move || accept(&listener, scripts, &noting));
        Ok(Self { address, log })
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// Waits until this many connections have ended: not for long, since some clients keep one open as long as they live.
    pub(crate) fn settle(&self, connections: u64) {
        self.log.settle(connections);
    }

    /// The requests so far, in the order of their arrival.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.log.requests()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.log.end();
        // Whoever waits for a connection gets one, and sees that it is over.
        drop(TcpStream::connect(self.address));
    }
}

fn accept(listener: &TcpListener, scripts: Vec<Script>, log: &Arc<Log>) {
    let scripts = Arc::new(Mutex::new(VecDeque::from(scripts)));
    for stream in listener.incoming() {
        if log.has_ended() {
            return;
        }
        let Ok(stream) = stream else { continue };
        let (scripts, log) = (Arc::clone(&scripts), Arc::clone(log));
        thread::spawn(move || {
            // A connection that was opened ahead of need takes no script: its first byte does.
            if !connection::has_begun(&stream) {
                return;
            }
            let script = scripts.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            connection::play(stream, script.unwrap_or_else(|| vec![Step::Request]), &log);
            log.close();
        });
    }
}

/// An address at which nobody listens. The port stays taken as long as the value lives, so that nobody else can.
pub(crate) struct Nobody {
    address: SocketAddr,
    _taken: (TcpStream, TcpListener),
}

impl Nobody {
    pub(crate) fn new() -> Result<Self, Finding> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let taken = TcpStream::connect(listener.local_addr()?)?;
        Ok(Self { address: taken.local_addr()?, _taken: (taken, listener) })
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// An address at which no connection comes about, though somebody listens: its queue is full, and nobody accepts.
pub(crate) struct Full {
    address: SocketAddr,
    _queue: (TcpListener, Vec<TcpStream>),
}

impl Full {
    pub(crate) fn new() -> Result<Self, Finding> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let mut queue = Vec::new();
        // The standard library asks for a queue of 128.
        while queue.len() < 1000 {
            match TcpStream::connect_timeout(&address, Duration::from_millis(50)) {
                Ok(stream) => queue.push(stream),
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                    return Ok(Self { address, _queue: (listener, queue) });
                }
                Err(_) => break,
            }
        }
        Err(Finding::new("not to be arranged here: this system answers though its queue is full"))
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}
