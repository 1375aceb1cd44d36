//! Everything around the processes: time, the network, the server, the journal, and what was seen of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use cashlink_core::Failure;

use cashlink_journal::memory::Memory;
use cashlink_sandbox::{Config, Sandbox};
use http::{Request, Response, StatusCode};

use crate::Bug;
use crate::meant::{Kind, Meant};
use crate::random::Random;
use crate::store::Journal;

/// When histories begin, in seconds since 1970.
pub(crate) const START: u64 = 1_700_000_000;

const KEY: &str = "x-idempotency-key";

pub(crate) type Answer = Result<Response<Bytes>, Failure>;

/// What was seen of one intent.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) meant: Meant,
    /// Whether its transaction was committed.
    pub(crate) committed: bool,
    /// Whether the outcome of a request, or of a claim, was ever in doubt.
    pub(crate) in_doubt: bool,
    /// The first request for it: all others have to be the same.
    request: Option<(Option<String>, String, Bytes)>,
    /// How often a change that leaves no object of its own was made.
    pub(crate) changes: u64,
}

pub(crate) struct World {
    pub(crate) now: Duration,
    pub(crate) random: Random,
    pub(crate) bug: Option<Bug>,
    pub(crate) journal: Journal,
    pub(crate) sandbox: Sandbox,
    pub(crate) seen: BTreeMap<i64, Seen>,
    /// Nothing goes wrong any more.
    pub(crate) calm: bool,
    /// The server forgot its keys, a day and more after they were used.
    pub(crate) forgot_keys: bool,
    /// Whether the server honours keys where that is not documented.
    honours_assumed: bool,
    /// Requests on their way, of which the sender has given up.
    late: Vec<(i64, Request<Bytes>)>,
    serial: u64,
    settled: BTreeSet<(i64, i64)>,
    pub(crate) broken: Vec<String>,
    log: Option<Vec<String>>,
}

impl World {
    pub(crate) fn new(seed: u64, bug: Option<Bug>, logged: bool) -> Self {
        let mut random = Random::new(seed);
        Self {
            now: Duration::ZERO,
            bug,
            journal: Journal { memory: Memory::default(), bug },
            sandbox: Sandbox::new(Config::default()),
            seen: BTreeMap::new(),
            calm: true,
            forgot_keys: false,
            honours_assumed: random.one_in(2),
            late: Vec::new(),
            serial: 0,
            settled: BTreeSet::new(),
            broken: Vec::new(),
            log: logged.then(Vec::new),
            random,
        }
    }

    pub(crate) fn log(&mut self, line: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(format!("{:>12.3} {}", self.now.as_secs_f64(), line()));
        }
    }

    pub(crate) fn lines(self) -> Vec<String> {
        self.log.unwrap_or_default()
    }

    pub(crate) fn broke(&mut self, promise: String) {
        self.log(|| format!("BROKEN: {promise}"));
        self.broken.push(promise);
    }

    pub(crate) fn staged(&mut self, id: i64, meant: &Meant, committed: bool) {
        self.seen.entry(id).or_insert(Seen {
            meant: meant.clone(),
            committed,
            in_doubt: false,
            request: None,
            changes: 0,
        });
    }

    pub(crate) fn doubt(&mut self, id: i64) {
        if let Some(seen) = self.seen.get_mut(&id) {
            seen.in_doubt = true;
        }
    }

    pub(crate) fn is(&self, id: i64, kind: Kind) -> bool {
        self.seen.get(&id).is_some_and(|seen| seen.meant.kind == kind)
    }

    /// A name that no handler's row has had.
    pub(crate) fn row_name(&mut self, id: i64) -> String {
        self.serial += 1;
        format!("row/{id}/{}", self.serial)
    }

    /// A claim after one that nobody settled: whoever had that may have sent it.
    pub(crate) fn claimed(&mut self, id: i64, fence: i64) {
        if fence > 1 && !self.settled.contains(&(id, fence - 1)) {
            self.doubt(id);
        }
    }

    /// A fencing number settles once, and only while it is the newest.
    pub(crate) fn settles(&mut self, id: i64, fence: i64, newest: i64) {
        if fence != newest {
            self.broke(format!("a stale worker settled intent {id}: fence {fence}, newest {newest}"));
        }
        if !self.settled.insert((id, fence)) {
            self.broke(format!("intent {id} was settled twice under fence {fence}"));
        }
    }

    /// A request for an intent (0: for none), and what the network makes of it.
    pub(crate) fn send(&mut self, id: i64, request: Request<Bytes>) -> Answer {
        if id != 0 {
            self.watch(id, &request);
        }
        let answer = if self.calm { Ok(self.handle(id, request)) } else { self.carry(id, request) };
        let is_clear = answer.as_ref().is_ok_and(|answer| {
            answer.status().is_success() || matches!(answer.status().as_u16(), 400 | 401 | 403 | 429)
        });
        if !is_clear {
            self.doubt(id);
        }
        self.log(|| match &answer {
            Ok(answer) => format!("  network: intent {id}: {}", answer.status()),
            Err(failure) => format!("  network: intent {id}: {}", failure.reason()),
        });
        answer
    }

    fn carry(&mut self, id: i64, mut request: Request<Bytes>) -> Answer {
        self.now += Duration::from_millis(self.random.below(400));
        match self.random.below(24) {
            0 => return Err(Failure::not_sent("no connection")),
            1 => return Err(Failure::maybe_sent("closed before any effect")),
            2 | 3 => {
                self.handle(id, request);
                return Err(Failure::maybe_sent("effect, and no answer"));
            }
            4 => {
                let answer = self.handle(id, request);
                return Err(Failure::cut(answer.into_parts().0, "effect, and the answer cut"));
            }
            5 => {
                self.now += Duration::from_secs(30);
                self.late.push((id, request));
                return Err(Failure::maybe_sent("slow: it arrives later"));
            }
            6 => {
                self.handle(id, request);
                return Ok(status(502));
            }
            7 => return Ok(status([500, 503, 429, 403][self.random.below(4) as usize])),
            8 => {
                self.sandbox.expire_tokens();
            }
            9 => {
                // A credential that is refused for a while.
                request
                    .headers_mut()
                    .insert(http::header::AUTHORIZATION, http::HeaderValue::from_static("Bearer x"));
            }
            10 => self.now += Duration::from_secs(self.random.below(20)),
            _ => {}
        }
        Ok(self.handle(id, request))
    }

    /// What was slow arrives.
    pub(crate) fn arrive(&mut self) {
        for (id, request) in std::mem::take(&mut self.late) {
            let status = self.handle(id, request).status();
            self.log(|| format!("  network: the slow request for intent {id} arrives: {status}"));
        }
    }

    fn handle(&mut self, id: i64, mut request: Request<Bytes>) -> Response<Bytes> {
        if self.is(id, Kind::Investment) && !self.honours_assumed {
            request.headers_mut().remove(KEY);
        }
        let now = Duration::from_secs(START) + self.now;
        let answer = self.sandbox.handle(now, request);
        if let Some(seen) = self.seen.get_mut(&id).filter(|seen| seen.meant.kind == Kind::Patch) {
            seen.changes += u64::from(answer.status().is_success());
        }
        answer
    }

    /// What has to be true of every request when it is sent.
    fn watch(&mut self, id: i64, request: &Request<Bytes>) {
        let key = request.headers().get(KEY).map(|key| key.to_str().unwrap_or_default().to_owned());
        let target = format!("{} {}", request.method(), request.uri());
        let request = (key, target, request.body().clone());
        let ordering_key = self.seen.get(&id).and_then(|seen| seen.meant.ordering_key);
        let Some(seen) = self.seen.get_mut(&id) else {
            return self.broke(format!("a request for intent {id}, which nobody staged"));
        };
        let is_committed = seen.committed;
        let is_same = *seen.request.get_or_insert_with(|| request.clone()) == request;
        if !is_same {
            self.broke(format!("another request for intent {id} than before"));
        }
        if !is_committed {
            self.broke(format!("a request for intent {id}, which was not committed"));
        }
        let is_open = |entry: &cashlink_journal::operate::Entry| {
            entry.id < id && entry.ordering_key.as_deref() == ordering_key && !entry.state.is_settled()
        };
        if ordering_key.is_some() && self.journal.entries().iter().any(is_open) {
            self.broke(format!("intent {id} was sent before those that it comes after were settled"));
        }
    }

    /// Objects that this is the cause of. A change that sets what is set already is none.
    pub(crate) fn effects(&self, objects: &str, seen: &Seen) -> u64 {
        let objects = objects.matches(&seen.meant.trace()).count() as u64;
        if seen.meant.kind == Kind::Patch { seen.changes.min(1) } else { objects }
    }

    /// Everything that the server holds.
    pub(crate) fn objects(&self) -> String {
        use cashlink_sandbox::Kind;
        let kinds = [Kind::Investor, Kind::Investment, Kind::Document, Kind::Cashlink];
        let objects = kinds.into_iter().flat_map(|kind| self.sandbox.objects(kind));
        objects.map(|object| object.json().to_string()).collect()
    }
}

fn status(code: u16) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::from_u16(code).expect("a status");
    response
}
