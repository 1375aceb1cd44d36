//! The steps of a run, of which one fails: a store and a transport around the real ones.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cashlink_client::asynchronous::Timer as _;
use cashlink_client::{Limits, asynchronous, blocking};
use cashlink_journal::core::{Failure, Now};
use cashlink_journal::sqlite::Sqlite;
use cashlink_journal::store::blocking::Store;
use cashlink_journal::store::{HandlerError, Lease, Row, SettleError, StageError, Wanted};
use cashlink_journal::{Intent, Settlement, Staged, Staging};
use cashlink_sandbox::Sandbox;
use http::{Request, Response, StatusCode};
use rusqlite::{Error, Transaction};

use crate::clock::Clock;
use crate::scene::World;

/// How long a request is under way in the async world, and so is its answer: together more than a third of a [`LEASE`].
const ONE_WAY: Duration = Duration::from_secs(6);
/// How long a lease is there.
pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// What happens at the step whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The database refuses.
    Refused,
    /// The database has done it, and says that it failed.
    DoneButRefused,
    /// The process dies, between any two steps.
    Death,
    NotSent,
    LostAnswer,
    CutAnswer,
    Status(u16),
}

impl Fault {
    fn is_the_networks(self) -> bool {
        !matches!(self, Self::Refused | Self::DoneButRefused | Self::Death)
    }

    /// A run has more steps of its kind than this. In the async world leases are extended, too, while calls are made.
    pub(crate) fn fewest(self, world: World) -> u32 {
        match (self.is_the_networks(), world) {
            (true, _) => 4,
            (false, World::Blocking) => 12,
            (false, World::Asynchronous) => 20,
        }
    }
}

/// Counts the steps. All clones count the same.
#[derive(Clone)]
pub(crate) struct Steps(Arc<Count>);

struct Count {
    fault: Fault,
    left: AtomicU32,
    came_to_it: AtomicBool,
    dead: AtomicBool,
}

/// What is thrown when the process dies: nothing of it may go on.
struct Died;

impl Steps {
    pub(crate) fn new(fault: Fault, place: u32) -> Self {
        let (left, came_to_it, dead) =
            (AtomicU32::new(place), AtomicBool::new(false), AtomicBool::new(false));
        Self(Arc::new(Count { fault, left, came_to_it, dead }))
    }

    pub(crate) fn came_to_it(&self) -> bool {
        self.0.came_to_it.load(Ordering::Relaxed)
    }

    /// Runs a process to its end, or to its death.
    pub(crate) fn survive(&self, process: impl FnOnce()) {
        self.0.dead.store(false, Ordering::Relaxed);
        if let Err(thrown) = catch_unwind(AssertUnwindSafe(process)) {
            assert!(self.0.dead.load(Ordering::Relaxed), "a panic that nobody planned: {thrown:?}");
        }
    }

    /// One more step of the kinds that fail by this fault: whether it is its turn.
    fn is_its_turn(&self, fails: bool) -> bool {
        if self.0.dead.load(Ordering::Relaxed) {
            panic_any(Died);
        }
        let its_turn = fails && self.0.left.fetch_sub(1, Ordering::Relaxed) == 1;
        if its_turn {
            self.0.came_to_it.store(true, Ordering::Relaxed);
            if self.0.fault == Fault::Death {
                self.0.dead.store(true, Ordering::Relaxed);
                panic_any(Died);
            }
        }
        its_turn
    }

    /// Before the database does something.
    pub(crate) fn before(&self) -> Result<(), Error> {
        let fails = matches!(self.0.fault, Fault::Refused | Fault::Death);
        if self.is_its_turn(fails) { Err(Error::InvalidQuery) } else { Ok(()) }
    }

    /// After the database has done something.
    pub(crate) fn after(&self) -> Result<(), Error> {
        let fails = matches!(self.0.fault, Fault::DoneButRefused | Fault::Death);
        if self.is_its_turn(fails) { Err(Error::InvalidQuery) } else { Ok(()) }
    }
}

/// SQLite, whose calls fail when their turn comes.
pub(crate) struct Failing {
    pub(crate) sqlite: Sqlite,
    pub(crate) steps: Steps,
}

impl Store for Failing {
    type Transaction<'t> = Transaction<'t>;
    type Error = Error;

    fn stage(
        &self,
        transaction: &mut Transaction<'_>,
        intent: &Intent,
        staging: &Staging,
        now: Now,
    ) -> Result<Staged, StageError<Error>> {
        self.steps.before().map_err(StageError::Database)?;
        let staged = Store::stage(&self.sqlite, transaction, intent, staging, now)?;
        self.steps.after().map_err(StageError::Database)?;
        Ok(staged)
    }

    fn transaction(
        &mut self,
        within: impl FnOnce(&mut Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Error>> {
        self.steps.before().map_err(SettleError::Database)?;
        let steps = self.steps.clone();
        self.sqlite.transaction(|transaction| {
            within(transaction)?;
            Ok(steps.before()?)
        })?;
        self.steps.after().map_err(SettleError::Database)
    }

    fn claim_rows(&mut self, wanted: &Wanted<'_>, now: Now) -> Result<Vec<Row>, Error> {
        self.steps.before()?;
        let rows = self.sqlite.claim_rows(wanted, now)?;
        self.steps.after()?;
        Ok(rows)
    }

    fn extend(&mut self, lease: Lease, by: Duration, now: Now) -> Result<bool, Error> {
        self.steps.before()?;
        let extended = self.sqlite.extend(lease, by, now)?;
        self.steps.after()?;
        Ok(extended)
    }

    fn settle(
        &mut self,
        lease: Lease,
        settlement: &Settlement,
        now: Now,
        also: impl FnOnce(&mut Transaction<'_>) -> Result<(), HandlerError>,
    ) -> Result<(), SettleError<Error>> {
        self.steps.before().map_err(SettleError::Database)?;
        let steps = self.steps.clone();
        self.sqlite.settle(lease, settlement, now, |transaction| {
            also(transaction)?;
            // What the handler has written is rolled back with it.
            Ok(steps.before()?)
        })?;
        self.steps.after().map_err(SettleError::Database)
    }
}

/// The sandbox's engine, whose requests and answers get lost when their turn comes.
#[derive(Clone)]
pub(crate) struct Network {
    pub(crate) sandbox: Arc<Mutex<Sandbox>>,
    pub(crate) clock: Clock,
    pub(crate) steps: Steps,
}

impl Network {
    fn answer(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let fault = self.steps.0.fault;
        let turn = self.steps.is_its_turn(fault.is_the_networks() || fault == Fault::Death);
        match (turn, fault) {
            (true, Fault::NotSent) => return Err(Failure::not_sent("no way there")),
            (true, Fault::Status(status)) => {
                let mut answer = Response::new(Bytes::from_static(b"{\"detail\":\"not now\"}"));
                *answer.status_mut() = StatusCode::from_u16(status).unwrap();
                return Ok(answer);
            }
            _ => {}
        }
        let now = Duration::from_secs(self.clock.time().wall);
        let answer = self.sandbox.lock().unwrap().handle(now, request);
        // It has its effect, and the process dies before it hears of it.
        if fault == Fault::Death {
            self.steps.is_its_turn(true);
        }
        match (turn, fault) {
            (true, Fault::LostAnswer) => Err(Failure::maybe_sent("no answer came")),
            (true, Fault::CutAnswer) => Err(Failure::cut(answer.into_parts().0, "it broke off")),
            _ => Ok(answer),
        }
    }
}

impl blocking::Transport for Network {
    fn send(&self, request: Request<blocking::Outbound>, _: Limits) -> Result<Response<Bytes>, Failure> {
        self.answer(request.map(|body| body.as_bytes().unwrap().clone()))
    }
}

impl asynchronous::Transport for Network {
    /// It takes its time, there and back, so that a lease has to be extended between an effect and its answer.
    async fn send(
        &self,
        request: Request<asynchronous::Outbound>,
        _: Limits,
    ) -> Result<Response<Bytes>, Failure> {
        self.clock.sleep(ONE_WAY).await;
        let answer = self.answer(request.map(|body| body.as_bytes().unwrap().clone()));
        self.clock.sleep(ONE_WAY).await;
        answer
    }
}
