//! Progress of a body on its way out: told piece by piece in both worlds, rising to the whole and no further, anew on every
//! attempt.

use std::future::poll_fn;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use cashlink_client::core::body::{Payload, PayloadRef};
use cashlink_client::core::{Call, Failure, Prior};
use cashlink_client::{Progress, asynchronous, blocking};
use http_body::Body as _;

use crate::clock::Clock;
use crate::executor::block_on;
use crate::payloads::{Takes, created, perform_async, perform_blocking};
use crate::runner::{Hesitant, protocol, upload};

/// What was told, as attempt, sent and total.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(u32, u64, u64)>>>);

impl Told {
    fn ear(&self) -> impl Fn(Progress) + Send + Sync + 'static {
        let told = self.clone();
        move |progress| told.0.lock().unwrap().push((progress.attempt, progress.sent, progress.total))
    }

    fn all(&self) -> Vec<(u32, u64, u64)> {
        self.0.lock().unwrap().clone()
    }

    /// What was told of one attempt, which must have risen strictly, and never beyond the total.
    fn of(&self, attempt: u32, total: u64) -> Vec<u64> {
        let all = self.all();
        let told: Vec<u64> = all.iter().filter(|told| told.0 == attempt).map(|told| told.1).collect();
        assert!(told.is_sorted_by(|before, after| before < after), "{told:?}");
        assert!(all.iter().all(|told| told.2 == total && told.1 <= total), "{all:?}");
        told
    }
}

fn blocking_source(len: u64, told: &Told) -> blocking::Source {
    blocking::Source::new(move || Ok(io::repeat(b'x').take(len))).with_progress(told.ear())
}

fn async_source(len: u64, told: &Told) -> asynchronous::Source {
    asynchronous::Source::new(move || async move { Ok(Hesitant::new(io::repeat(b'x').take(len))) })
        .with_progress(told.ear())
}

/// Reads `pieces` pieces at most, and says after each how many bytes there were so far.
fn read(mut reader: blocking::Outbound, pieces: usize) -> Vec<u64> {
    let (mut so_far, mut sums) = (0, Vec::new());
    let mut piece = vec![0; 10_000];
    for _ in 0..pieces {
        match reader.read(&mut piece) {
            Ok(count) if count > 0 => so_far += count as u64,
            _ => break,
        }
        sums.push(so_far);
    }
    sums
}

async fn read_frames(mut outbound: asynchronous::Outbound, frames: usize) -> Vec<u64> {
    let (mut so_far, mut sums) = (0, Vec::new());
    for _ in 0..frames {
        match poll_fn(|context| Pin::new(&mut outbound).poll_frame(context)).await {
            Some(Ok(frame)) => so_far += frame.into_data().unwrap().len() as u64,
            _ => break,
        }
        sums.push(so_far);
    }
    sums
}

/// More than three of the 64 KiB that are read at once.
const LEN: u64 = 200_000;

#[test]
fn every_piece_is_told_when_it_is_handed_on_and_the_last_one_makes_it_whole() {
    let call = upload(PayloadRef::new(LEN));
    let total = call.body().len();

    let (told, handed) = (Told::default(), Mutex::new(Vec::new()));
    perform_blocking(&call, &blocking_source(LEN, &told), |outbound| {
        assert!(told.all().is_empty(), "nothing went out yet");
        *handed.lock().unwrap() = read(outbound, usize::MAX);
        created()
    })
    .unwrap();
    assert_eq!(
        (told.of(1, total), told.all().len()),
        (handed.lock().unwrap().clone(), told.of(1, total).len())
    );
    assert_eq!(told.of(1, total).last(), Some(&total));

    let (told, handed) = (Told::default(), Mutex::new(Vec::new()));
    perform_async(&call, &async_source(LEN, &told), async |outbound| {
        assert!(told.all().is_empty(), "nothing went out yet");
        *handed.lock().unwrap() = read_frames(outbound, usize::MAX).await;
        created()
    })
    .unwrap();
    assert_eq!(
        (told.of(1, total), told.all().len()),
        (handed.lock().unwrap().clone(), told.of(1, total).len())
    );
    assert_eq!(told.of(1, total).last(), Some(&total));
}

#[test]
fn a_repeated_attempt_begins_anew_and_says_which_it_is() {
    let call = upload(PayloadRef::new(LEN));
    let total = call.body().len();
    let check = |told: &Told| {
        let (first, second) = (told.of(1, total), told.of(2, total));
        assert_eq!((first.len(), second.last()), (3, Some(&total)));
        assert_eq!(first, second[..3], "from the beginning");
        assert_eq!(told.all().len(), first.len() + second.len());
    };

    let (told, attempt) = (Told::default(), Mutex::new(0));
    perform_blocking(&call, &blocking_source(LEN, &told), |outbound| {
        *attempt.lock().unwrap() += 1;
        if *attempt.lock().unwrap() == 1 {
            read(outbound, 3);
            return Err(Failure::maybe_sent("reset"));
        }
        read(outbound, usize::MAX);
        created()
    })
    .unwrap();
    check(&told);

    let (told, attempt) = (Told::default(), Mutex::new(0));
    perform_async(&call, &async_source(LEN, &told), async |outbound| {
        *attempt.lock().unwrap() += 1;
        if *attempt.lock().unwrap() == 1 {
            read_frames(outbound, 3).await;
            return Err(Failure::maybe_sent("reset"));
        }
        read_frames(outbound, usize::MAX).await;
        created()
    })
    .unwrap();
    check(&told);
}

/// As the reply counts them.
#[test]
fn attempts_of_an_earlier_process_are_counted() {
    let call: Call<_, _> = upload(PayloadRef::new(5));
    let total = call.body().len();
    let prior = Prior::new(2, true);

    let told = Told::default();
    let takes = Takes(|outbound| {
        read(outbound, usize::MAX);
        created()
    });
    let client = blocking::Client::with_timer(protocol(), takes, Clock::default());
    let reply = client.resume(&call, Some(&blocking_source(5, &told)), prior).unwrap();
    assert_eq!((reply.meta.attempts(), told.of(3, total).last()), (3, Some(&total)));

    let (told, clock) = (Told::default(), Clock::default());
    let takes = Takes(async |outbound| {
        read_frames(outbound, usize::MAX).await;
        created()
    });
    let client = asynchronous::Client::with_timer(protocol(), takes, clock.clone());
    let reply = block_on(&clock, client.resume(&call, Some(&async_source(5, &told)), prior)).unwrap();
    assert_eq!((reply.meta.attempts(), told.of(3, total).last()), (3, Some(&total)));
}

#[test]
fn a_payload_that_is_not_the_announced_one_is_never_told_to_be_whole() {
    let call = upload(PayloadRef::new(LEN));
    let total = call.body().len();
    for is in [LEN - 1, LEN + 1] {
        let told = Told::default();
        perform_blocking(&call, &blocking_source(is, &told), |outbound| {
            read(outbound, usize::MAX);
            Err(Failure::maybe_sent("the body broke off"))
        })
        .unwrap_err();
        assert!(told.of(1, total).last() < Some(&total), "{is}");

        let told = Told::default();
        perform_async(&call, &async_source(is, &told), async |outbound| {
            read_frames(outbound, usize::MAX).await;
            Err(Failure::maybe_sent("the body broke off"))
        })
        .unwrap_err();
        assert!(told.of(1, total).last() < Some(&total), "{is}");
    }
}

#[test]
fn a_payload_in_memory_is_told_of_too_and_its_source_is_not_opened() {
    let call = upload(Payload::Bytes(vec![b'x'; 25_000].into()));
    let total = call.body().len();

    let told = Told::default();
    let source = blocking::Source::new(|| -> io::Result<io::Empty> { panic!("the payload is in memory") });
    perform_blocking(&call, &source.with_progress(told.ear()), |outbound| {
        read(outbound, usize::MAX);
        created()
    })
    .unwrap();
    assert_eq!(told.of(1, total).last(), Some(&total));

    let told = Told::default();
    let source = asynchronous::Source::new(|| async {
        panic!("the payload is in memory");
        #[expect(unreachable_code, reason = "it says which reader this would be")]
        Ok(Hesitant::new(io::empty()))
    });
    perform_async(&call, &source.with_progress(told.ear()), async |outbound| {
        read_frames(outbound, usize::MAX).await;
        created()
    })
    .unwrap();
    assert_eq!(told.of(1, total).last(), Some(&total));
}
