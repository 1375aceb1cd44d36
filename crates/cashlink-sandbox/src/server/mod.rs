//! The engine behind a socket: HTTP/1.1 by hyper, on a thread and a runtime of its own, so that a blocking program can
//! start it, use it and drop it.
//!
//! What lives here is carriage only: collecting a body up to the limit or hashing a document as it comes, asking the engine, and
//! honouring what the answer says about its own delivery ([`Delay`], [`Disruption`]); and carrying the webhooks that are due, to
//! this machine and nowhere else. Every rule of the APIs is the engine's.

mod body;
mod carrier;
mod clock;
mod report;
mod wire;

pub use carrier::{control, reaches};
pub use clock::{Clock, ManualClock};
pub use report::{Outcome, Report};

use crate::config::Config;
use crate::engine::Sandbox;
use crate::faults::{Delay, Disruption};
use crate::multipart::{Digester, Upload};
use body::AnswerBody;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use report::Watcher;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use wire::{Flushes, Wire};

/// A server that is about to start.
///
/// ```
/// use cashlink_sandbox::{Config, Kind, server::Server};
///
/// let sandbox = Server::start(Config::default())?;
/// assert!(sandbox.partner_base().starts_with("http://127.0.0.1:"));
/// assert_eq!(sandbox.with(|engine| engine.count(Kind::Investor)), 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing listens until `run`"]
pub struct Server {
    config: Config,
    listen: SocketAddr,
    clock: Clock,
    watcher: Option<Watcher>,
}

impl Server {
    /// A server for a new sandbox, on a free port of 127.0.0.1 and with the wall clock unless told otherwise.
    pub fn new(config: Config) -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { config, listen, clock: Clock::Wall, watcher: None }
    }

    /// Starts a server with all defaults: the short form of `Server::new(config).run()`.
    ///
    /// # Errors
    /// When no port can be bound or no thread started.
    pub fn start(config: Config) -> io::Result<Running> {
        Self::new(config).run()
    }

    /// The same server on this address; port 0 means any free one.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The same server on this clock.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The same server, which tells what became of each webhook that it carried. `watch` runs between deliveries: it should not wait.
    pub fn watch(mut self, watch: impl Fn(&Report) + Send + Sync + 'static) -> Self {
        self.watcher = Some(Watcher(Arc::new(watch)));
        self
    }

    /// Binds the address and begins to answer. The server runs until the returned value is dropped.
    ///
    /// # Errors
    /// When the address can't be bound or no thread started.
    pub fn run(self) -> io::Result<Running> {
        let Config { body_limit, upload_limit, .. } = self.config;
        let engine = Arc::new(Mutex::new(Sandbox::new(self.config)));
        let listener = std::net::TcpListener::bind(self.listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let (clock, watcher) = (self.clock, self.watcher);
        let desk = Desk { engine: Arc::clone(&engine), clock, watcher, body_limit, upload_limit };
        let thread = std::thread::Builder::new().name("cashlink-sandbox".to_owned()).spawn(move || {
            // Dropping the runtime at the end of this closure closes every open connection.
            runtime.block_on(async move {
                tokio::select! {
                    () = carrier::carry(desk.clone()) => Ok(()),
                    end = accept(listener, desk) => end,
                    _ = stopped => Ok(()),
                }
            })
        })?;
        Ok(Running { address, engine, stop: Some(stop), thread: Some(thread) })
    }
}

/// A server that answers. Dropping it stops it, closes its connections and waits for its thread.
#[derive(Debug)]
#[must_use = "the server stops when this is dropped"]
pub struct Running {
    address: SocketAddr,
    engine: Arc<Mutex<Sandbox>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Running {
    /// The address that it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Scheme, host and port, without a slash at the end: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The base of the payments API (the older one), with its slash at the end, as the vendor writes it.
    #[must_use]
    pub fn payments_base(&self) -> String {
        format!("{}/business/api/v1/", self.origin())
    }

    /// The base of the partner API (the newer one), without a slash at the end, as the vendor writes it.
    #[must_use]
    pub fn partner_base(&self) -> String {
        format!("{}/api/external", self.origin())
    }

    /// Looks into the engine, or changes it, between two requests. No request is answered meanwhile; calling the server
    /// from inside `f` would wait for ever.
    pub fn with<T>(&self, f: impl FnOnce(&mut Sandbox) -> T) -> T {
        f(&mut lock(&self.engine))
    }

    /// Waits until the server ends, which it does not do by itself: for a program that is nothing but the server.
    ///
    /// # Errors
    /// What ended it.
    pub fn wait(mut self) -> io::Result<()> {
        self.join()
    }

    fn join(&mut self) -> io::Result<()> {
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(end)) => end,
            Some(Err(_)) => Err(io::Error::other("the sandbox's thread panicked")),
            None => Ok(()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended before: then nobody listens, and there is nothing to stop.
            let _ = stop.send(());
        }
        // A failed socket was the caller's to see through `wait`; a destructor can only tidy up.
        let _ = self.join();
    }
}

fn lock(engine: &Mutex<Sandbox>) -> MutexGuard<'_, Sandbox> {
    // A panic inside `with` leaves a sandbox that is still a sandbox: go on.
    engine.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What every connection needs.
#[derive(Clone, Debug)]
struct Desk {
    engine: Arc<Mutex<Sandbox>>,
    clock: Clock,
    watcher: Option<Watcher>,
    body_limit: usize,
    upload_limit: Option<u64>,
}

async fn accept(listener: std::net::TcpListener, desk: Desk) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, desk.clone()));
            }
            // The peer gave up before it was accepted, or this process has too many files open: both pass.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(stream: TcpStream, desk: Desk) {
    // Small answers leave at once. A socket that can't be told so still works.
    let _ = stream.set_nodelay(true);
    let flushes = Flushes::default();
    let wire = Wire::new(stream, flushes.clone());
    let service = service_fn(move |request| answer(request, desk.clone(), flushes.clone()));
    // An error here is a peer that left or a disruption that was asked for; neither is the server's to report.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(wire, service).await;
}

/// Why a connection is closed without an answer.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is dropped")
    }
}

impl std::error::Error for Dropped {}

async fn answer(
    request: Request<Incoming>,
    desk: Desk,
    flushes: Flushes,
) -> Result<Response<AnswerBody>, Dropped> {
    let digester = Digester::wanted(&request);
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts, ());
    let drops_after = lock(&desk.engine).upload_drops_after(&head);
    if let Some(bytes) = drops_after {
        return Err(drop_after(body, bytes).await);
    }
    let (mut parts, ()) = head.into_parts();
    let body = match digester {
        Some(digester) => {
            parts.extensions.insert(hash(body, digester, desk.upload_limit).await?);
            Bytes::new()
        }
        None => collect(body, desk.body_limit).await?,
    };
    let response = lock(&desk.engine).handle(desk.clock.now(), Request::from_parts(parts, body));
    if let Some(Delay(duration)) = response.extensions().get() {
        tokio::time::sleep(*duration).await;
    }
    match response.extensions().get() {
        None => Ok(response.map(AnswerBody::whole)),
        Some(Disruption::Drop) => Err(Dropped),
        Some(&Disruption::Cut { bytes }) => Ok(response.map(|body| AnswerBody::cut(body, bytes, flushes))),
    }
}

/// So much of the body is waited for, and then no more of it.
async fn drop_after(mut body: Incoming, bytes: u64) -> Dropped {
    let mut seen = 0_u64;
    while seen < bytes {
        let Some(Ok(frame)) = body.frame().await else { break };
        seen = seen.saturating_add(frame.data_ref().map_or(0, |data| data.len() as u64));
    }
    Dropped
}

/// What remains of a document's body: it is read to its end, also where it is refused before that, but not on and on where it is larger
/// than a document may be (see [`collect`]).
async fn hash(mut body: Incoming, mut digester: Digester, limit: Option<u64>) -> Result<Upload, Dropped> {
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Dropped)?.into_data() else { continue };
        digester.push(&data);
        if limit.is_some_and(|limit| digester.length() > limit.saturating_add(1).saturating_mul(2)) {
            break;
        }
    }
    Ok(digester.finish())
}

/// The whole body, or one byte more of it than the limit, which is for the engine to refuse. The rest is read and thrown away,
/// up to as much again: a server that closes on unread bytes resets the connection, and the client would never see the 413.
async fn collect(mut body: Incoming, limit: usize) -> Result<Bytes, Dropped> {
    let enough = limit.saturating_add(1);
    let mut kept = BytesMut::new();
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        // The client left in the middle of its request: nobody is there to answer.
        let Ok(data) = frame.map_err(|_| Dropped)?.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        kept.extend_from_slice(&data[..data.len().min(enough - kept.len())]);
        if seen > enough.saturating_mul(2) {
            break;
        }
    }
    Ok(kept.freeze())
}

#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod tests;
