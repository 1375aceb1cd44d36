//! Workers of both worlds, and all that they tell their handlers and observers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cashlink_journal::core::Bearer;
use cashlink_journal::core::partner::distributor::CreateInvestor;
use cashlink_journal::memory::Memory;
use cashlink_journal::sqlite::Sqlite;
use cashlink_journal::worker::{Event, Observer, asynchronous, blocking};

use crate::gallery::Gallery;
use crate::scene::{Server, Still, account, journal, protocol};

#[derive(Clone)]
struct Shown(Arc<Mutex<Gallery>>);

impl Observer for Shown {
    fn observe(&self, event: Event<'_>) {
        show!(self.0.lock().unwrap(), event);
    }
}

pub(crate) fn show_all(gallery: Gallery) -> Gallery {
    let shown = Shown(Arc::new(Mutex::new(gallery)));
    // It happened, and can't be read; it was refused; it may have happened.
    for status in [201, 400, 500] {
        let folder = tempfile::tempdir().unwrap();
        let handled = Arc::clone(&shown.0);
        let handlers =
            blocking::Handlers::<Sqlite, Bearer>::default().on::<CreateInvestor>(move |_, settled| {
                let mut gallery = handled.lock().unwrap();
                show!(gallery, settled.outcome);
                show!(gallery, settled);
                Ok(())
            });
        let handlers = handlers.unwrap();
        show!(shown.0.lock().unwrap(), handlers);
        let (store, server) = (journal(&folder), Server(status));
        let worker = blocking::Worker::with_timer(store, account(), protocol(), server, Still, handlers);
        let mut worker = worker.observer(shown.clone()).measured(Duration::from_secs(60));
        worker.run_until_idle();
        show!(shown.0.lock().unwrap(), worker);
    }
    let handlers = asynchronous::Handlers::<Memory, Bearer>::default();
    show!(shown.0.lock().unwrap(), handlers);
    let (store, server) = (Memory::default(), Server(201));
    let worker = asynchronous::Worker::with_timer(store, account(), protocol(), server, Still, handlers);
    show!(shown.0.lock().unwrap(), worker);
    std::mem::take(&mut *shown.0.lock().unwrap())
}
