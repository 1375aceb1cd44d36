//! What reached a server.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::PATIENCE;

/// On this machine, a connection that one side has closed is closed on the other a moment later.
const SETTLING: Duration = Duration::from_millis(200);

/// One request, as far as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Its head up to the empty line, byte for byte; of HTTP/2, nothing.
    pub(crate) head: Vec<u8>,
    /// Its body, as far as the script read it.
    pub(crate) body: Vec<u8>,
    /// Whether all of it came.
    pub(crate) whole: bool,
    /// Which connection of this server it came on.
    pub(crate) connection: u64,
}

impl Seen {
    /// `POST /api/things/ HTTP/1.1`
    pub(crate) fn line(&self) -> String {
        String::from_utf8_lossy(self.head.split(|byte| *byte == b'\r').next().unwrap_or_default())
            .into_owned()
    }

    /// The headers in their order, names in lower case.
    pub(crate) fn headers(&self) -> Vec<(String, Vec<u8>)> {
        let lines = self.head.split(|byte| *byte == b'\n').skip(1);
        let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        lines
            .filter_map(|line| {
                let colon = line.iter().position(|byte| *byte == b':')?;
                let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
                Some((String::from_utf8_lossy(name).to_ascii_lowercase(), value.trim_ascii().to_vec()))
            })
            .collect()
    }

    /// All values of one header.
    pub(crate) fn values(&self, name: &str) -> Vec<String> {
        let headers = self.headers().into_iter().filter(|(other, _)| other == name);
        headers.map(|(_, value)| String::from_utf8_lossy(&value).into_owned()).collect()
    }

    /// Whether it asks for a token.
    pub(crate) fn is_for_a_token(&self) -> bool {
        self.line().contains("/oauth/token ")
    }
}

/// The notes of one server, shared by its connections.
#[derive(Debug, Default)]
pub(crate) struct Log {
    requests: Mutex<Vec<Seen>>,
    connections: AtomicU64,
    told: AtomicU64,
    /// Whether a byte came that was waited for, and left unread.
    touched: AtomicBool,
    overdue: AtomicBool,
    /// How many connections were closed.
    closed: Mutex<u64>,
    close: Condvar,
    ended: Mutex<bool>,
    end: Condvar,
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.lock().clone()
    }

    /// A new connection's number.
    pub(super) fn connect(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::SeqCst)
    }

    /// The head of a request is here. What is returned is where it stands.
    pub(super) fn note(&self, seen: Seen) -> usize {
        let mut requests = self.lock();
        requests.push(seen);
        requests.len() - 1
    }

    pub(super) fn change(&self, which: usize, change: impl FnOnce(&mut Seen)) {
        if let Some(seen) = self.lock().get_mut(which) {
            change(seen);
        }
    }

    pub(crate) fn is_touched(&self) -> bool {
        self.touched.load(Ordering::SeqCst)
    }

    pub(super) fn touch(&self) {
        self.touched.store(true, Ordering::SeqCst);
    }

    /// How many bytes of a flood were taken.
    pub(crate) fn told(&self) -> u64 {
        self.told.load(Ordering::SeqCst)
    }

    pub(super) fn tell(&self, bytes: usize) {
        self.told.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    /// Whether the server had to hang up, because the other side didn't.
    pub(crate) fn is_overdue(&self) -> bool {
        self.overdue.load(Ordering::SeqCst)
    }

    pub(super) fn set_overdue(&self) {
        self.overdue.store(true, Ordering::SeqCst);
    }

    /// A connection was closed.
    pub(super) fn close(&self) {
        *self.closed.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.close.notify_all();
    }

    pub(super) fn settle(&self, connections: u64) {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        // What it ended with is the caller's to judge.
        drop(self.close.wait_timeout_while(closed, SETTLING, |closed| *closed < connections));
    }

    pub(super) fn end(&self) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.end.notify_all();
    }

    pub(super) fn has_ended(&self) -> bool {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when the server ends, or when patience does.
    pub(super) fn hold(&self) {
        if !self.ends_within(PATIENCE) {
            self.set_overdue();
        }
    }

    pub(super) fn ends_within(&self, time: Duration) -> bool {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.end.wait_timeout_while(ended, time, |ended| !*ended);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}
