//! Bodies on their way out: read in any pieces they are the same bytes, and one that is not what was announced never
//! reaches its end.

use std::fs;
use std::future::poll_fn;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use cashlink_client::core::body::{Payload, PayloadFault, PayloadRef, Want};
use cashlink_client::core::partner::Document;
use cashlink_client::core::{Bearer, Call, Certainty, Error, ErrorKind, Failure, Reply};
use cashlink_client::{asynchronous, blocking};
use http_body::Body as _;
use proptest::prelude::*;

use crate::clock::Clock;
use crate::executor::block_on;
use crate::runner::{Hesitant, get, protocol, upload};
use crate::wire::{Log, Outcome, Wire, answer, grant};

/// A transport that does to every upload what a test wants done to it; a token is always to be had.
pub(crate) struct Takes<F>(pub(crate) F);

impl<F> blocking::Transport for Takes<F>
where
    F: Fn(blocking::Outbound) -> Outcome + Send + Sync,
{
    fn send(
        &self,
        request: cashlink_client::core::http::Request<blocking::Outbound>,
        _: cashlink_client::Limits,
    ) -> Outcome {
        if request.uri().path().ends_with("/token") {
            Ok(grant("t", None))
        } else {
            (self.0)(request.into_body())
        }
    }
}

/// The same in the async world.
impl<F, A> asynchronous::Transport for Takes<F>
where
    F: Fn(asynchronous::Outbound) -> A + Send + Sync,
    A: Future<Output = Outcome> + Send,
{
    async fn send(
        &self,
        request: cashlink_client::core::http::Request<asynchronous::Outbound>,
        _: cashlink_client::Limits,
    ) -> Outcome {
        if request.uri().path().ends_with("/token") {
            Ok(grant("t", None))
        } else {
            (self.0)(request.into_body()).await
        }
    }
}

pub(crate) fn created() -> Outcome {
    Ok(answer(201, r#"{"id":"17"}"#))
}

pub(crate) fn perform_blocking(
    call: &Call<Document, Bearer>,
    source: &blocking::Source,
    takes: impl Fn(blocking::Outbound) -> Outcome + Send + Sync,
) -> Result<Reply<Document>, Error> {
    blocking::Client::with_timer(protocol(), Takes(takes), Clock::default()).upload(call, source)
}

pub(crate) fn perform_async<A: Future<Output = Outcome> + Send>(
    call: &Call<Document, Bearer>,
    source: &asynchronous::Source,
    takes: impl Fn(asynchronous::Outbound) -> A + Send + Sync,
) -> Result<Reply<Document>, Error> {
    let clock = Clock::default();
    let client = asynchronous::Client::with_timer(protocol(), Takes(takes), clock.clone());
    block_on(&clock, client.upload(call, source))
}

/// What has to go out, from the core itself: the same request with its payload in memory.
fn bytes_in_memory(payload: &[u8]) -> Vec<u8> {
    let call = upload(Payload::Bytes(payload.to_vec().into()));
    let (mut cursor, mut bytes) = (call.body().cursor(), Vec::new());
    while let Want::Emit(piece) = cursor.want().unwrap() {
        bytes.extend_from_slice(&piece);
    }
    bytes
}

/// A reader that gives at most so many bytes at a time, and is interrupted in between.
struct Pieces {
    bytes: io::Cursor<Vec<u8>>,
    most: usize,
    interrupted: bool,
}

impl Pieces {
    fn of(bytes: &[u8], most: usize) -> Self {
        Self { bytes: io::Cursor::new(bytes.to_vec()), most, interrupted: false }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let most = buffer.len().min(self.most);
        self.bytes.read(&mut buffer[..most])
    }
}

/// In pieces of these sizes, over and over; whether a size of 0 is asked for too must not matter.
fn read_in_pieces(mut outbound: blocking::Outbound, sizes: &[usize]) -> Vec<u8> {
    let (len, trace) = (outbound.len(), outbound.trace());
    assert!(!trace.was_asked_for());
    let mut bytes = Vec::new();
    for size in sizes.iter().chain([&1]).cycle() {
        let mut piece = vec![0; *size];
        let count = outbound.read(&mut piece).unwrap();
        bytes.extend_from_slice(&piece[..count]);
        if count == 0 && *size > 0 {
            break;
        }
    }
    assert!(trace.was_asked_for());
    assert_eq!(outbound.read(&mut [0; 9]).unwrap(), 0, "the end stays the end");
    assert_eq!(bytes.len() as u64, len);
    bytes
}

/// Frame by frame, with the exact length of what is left before each.
async fn read_in_frames(mut outbound: asynchronous::Outbound) -> Vec<u8> {
    let (len, trace) = (outbound.len(), outbound.trace());
    assert!(!trace.was_asked_for());
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let left = len - bytes.len() as u64;
        assert_eq!(outbound.size_hint().exact(), Some(left));
        assert_eq!(outbound.is_end_stream(), left == 0);
        match poll_fn(|context| Pin::new(&mut outbound).poll_frame(context)).await {
            Some(frame) => bytes.extend_from_slice(&frame.unwrap().into_data().unwrap()),
            None => break,
        }
    }
    assert!(trace.was_asked_for());
    assert_eq!(bytes.len() as u64, len);
    bytes
}

proptest! {
    #[test]
    fn a_body_is_the_same_bytes_in_whatever_pieces_it_is_read(
        payload in prop::collection::vec(any::<u8>(), 0..600),
        most in 1_usize..200,
        sizes in prop::collection::vec(0_usize..90, 0..6),
    ) {
        let expected = bytes_in_memory(&payload);
        let call = upload(PayloadRef::new(payload.len() as u64));

        let bytes = payload.clone();
        let source = blocking::Source::new(move || Ok(Pieces::of(&bytes, most)));
        let read = Mutex::new(Vec::new());
        perform_blocking(&call, &source, |outbound| {
            *read.lock().unwrap() = read_in_pieces(outbound, &sizes);
            created()
        }).unwrap();
        prop_assert_eq!(&read.into_inner().unwrap(), &expected);

        let bytes = payload.clone();
        let source = asynchronous::Source::new(move || {
            let pieces = io::Cursor::new(bytes.clone()).take(u64::MAX);
            async move {
                crate::wire::pend(2).await;
                Ok(Hesitant::new(pieces))
            }
        });
        let read = Mutex::new(Vec::new());
        perform_async(&call, &source, async |outbound| {
            *read.lock().unwrap() = read_in_frames(outbound).await;
            created()
        }).unwrap();
        prop_assert_eq!(read.into_inner().unwrap(), expected);
    }
}

#[test]
fn a_payload_of_many_reads_streams_in_both_worlds() {
    // Three times the 64 KiB that are read at once, and some.
    let payload: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
    let expected = bytes_in_memory(&payload);
    let call = upload(PayloadRef::new(payload.len() as u64));

    let (bytes, same) = (payload.clone(), expected.clone());
    let source = blocking::Source::new(move || Ok(io::Cursor::new(bytes.clone())));
    perform_blocking(&call, &source, move |outbound| {
        assert!(read_in_pieces(outbound, &[50_000]) == same);
        created()
    })
    .unwrap();

    let source = asynchronous::Source::new(move || {
        let bytes = io::Cursor::new(payload.clone());
        async move { Ok(Hesitant::new(bytes)) }
    });
    perform_async(&call, &source, async |outbound| {
        assert!(read_in_frames(outbound).await == expected);
        created()
    })
    .unwrap();
}

/// Fails once, and would go on as if nothing had been.
struct Flaky(io::Cursor<Vec<u8>>, bool);

impl Read for Flaky {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !std::mem::replace(&mut self.1, true) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.0.read(buffer)
    }
}

/// A stack that reads on after an error finds no end: otherwise a request would be complete that is reported as not.
#[test]
fn a_body_that_has_failed_stays_failed() {
    let call = upload(PayloadRef::new(5));
    let payload = || Flaky(io::Cursor::new(b"abcde".to_vec()), false);
    let opened = Arc::new(AtomicUsize::new(0));
    /// The first time it can't be opened, afterwards it could be read.
    fn open(opened: &AtomicUsize) -> io::Result<io::Cursor<Vec<u8>>> {
        match opened.fetch_add(1, Ordering::Relaxed) {
            0 => Err(io::ErrorKind::NotFound.into()),
            _ => Ok(io::Cursor::new(b"abcde".to_vec())),
        }
    }

    let opener = Arc::clone(&opened);
    for source in [blocking::Source::new(move || Ok(payload())), blocking::Source::new(move || open(&opener))]
    {
        let error = perform_blocking(&call, &source, |mut outbound| {
            outbound.read_to_end(&mut Vec::new()).unwrap_err();
            for _ in 0..3 {
                outbound.read(&mut [0; 9]).unwrap_err();
            }
            Err(Failure::maybe_sent("the body broke off"))
        })
        .unwrap_err();
        assert_eq!((error.payload_fault(), error.attempts()), (Some(PayloadFault::Unreadable), 1));
    }

    opened.store(0, Ordering::Relaxed);
    for source in [
        asynchronous::Source::new(move || async move { Ok(Hesitant::new(payload())) }),
        asynchronous::Source::new(move || {
            let opened = open(&opened);
            async move { opened.map(Hesitant::new) }
        }),
    ] {
        let error = perform_async(&call, &source, async |mut outbound| {
            let mut failures = 0;
            while failures < 3 {
                match poll_fn(|context| Pin::new(&mut outbound).poll_frame(context)).await {
                    Some(Ok(_)) => assert_eq!(failures, 0, "it went on"),
                    Some(Err(_)) => failures += 1,
                    None => panic!("it came to an end"),
                }
                assert!(!outbound.is_end_stream());
            }
            Err(Failure::maybe_sent("the body broke off"))
        })
        .unwrap_err();
        assert_eq!((error.payload_fault(), error.attempts()), (Some(PayloadFault::Unreadable), 1));
    }
}

/// A reader that claims more than there was room for can't be believed in anything.
#[test]
fn a_reader_that_lies_about_its_count_is_unreadable() {
    struct Lies;
    impl Read for Lies {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            Ok(buffer.len() + 1)
        }
    }
    // Of an empty payload, where an end would be believed.
    let call = upload(PayloadRef::new(0));
    let source = blocking::Source::new(|| Ok(Lies));
    let error = perform_blocking(&call, &source, |mut outbound| {
        outbound.read_to_end(&mut Vec::new()).unwrap_err();
        Err(Failure::maybe_sent("the body broke off"))
    })
    .unwrap_err();
    assert_eq!(error.payload_fault(), Some(PayloadFault::Unreadable));

    let source = asynchronous::Source::new(|| async { Ok(Hesitant::new(Lies)) });
    let error = perform_async(&call, &source, async |mut outbound| {
        while poll_fn(|context| Pin::new(&mut outbound).poll_frame(context)).await.unwrap().is_ok() {}
        Err(Failure::maybe_sent("the body broke off"))
    })
    .unwrap_err();
    assert_eq!(error.payload_fault(), Some(PayloadFault::Unreadable));
}

/// A file of its own for each test.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::File::create(&path).unwrap().write_all(content).unwrap();
    path
}

#[test]
fn a_file_goes_out_with_the_length_that_it_has() {
    let path = file("whole.pdf", b"%PDF-1.7");
    let (source, payload) = blocking::Source::file(&path).unwrap();
    assert_eq!(payload, PayloadRef::new(8));
    perform_blocking(&upload(payload), &source, |outbound| {
        assert_eq!(read_in_pieces(outbound, &[]), bytes_in_memory(b"%PDF-1.7"));
        created()
    })
    .unwrap();
    assert!(blocking::Source::file(path.with_extension("missing")).is_err());
    let folder = blocking::Source::file(path.parent().unwrap()).unwrap_err();
    assert_eq!(folder.to_string(), "only a regular file has a length that can be announced");
}

#[test]
fn a_file_that_shrinks_between_two_attempts_breaks_off_and_leaves_it_unknown() {
    let path = file("shrinks.pdf", b"%PDF-1.7");
    let (source, payload) = blocking::Source::file(&path).unwrap();
    let attempts = Mutex::new(Vec::new());
    let error = perform_blocking(&upload(payload), &source, |mut outbound| {
        let whole = outbound.read_to_end(&mut Vec::new()).is_ok();
        attempts.lock().unwrap().push(whole);
        fs::File::options().write(true).open(&path).unwrap().set_len(3).unwrap();
        Err(Failure::maybe_sent("reset"))
    })
    .unwrap_err();
    assert_eq!(*attempts.lock().unwrap(), [true, false]);
    assert_eq!((error.kind(), error.payload_fault()), (ErrorKind::Payload, Some(PayloadFault::TooShort)));
    assert_eq!((error.certainty(), error.attempts()), (Certainty::Unknown, 2));
}

/// The trace tells *not sent* from *maybe sent* where a stack can't; an empty body has nothing to be asked for.
#[test]
fn a_body_that_nobody_reads_is_not_asked_for() {
    let call = upload(Payload::Bytes(vec![0; 9].into()));
    let unused = blocking::Source::new(|| -> io::Result<io::Empty> { panic!("the payload is in memory") });
    perform_blocking(&call, &unused, |outbound| {
        let trace = outbound.trace();
        assert!(!outbound.is_empty() && outbound.as_bytes().is_none());
        drop(outbound);
        assert!(!trace.was_asked_for(), "a reader alone asks for nothing");
        created()
    })
    .unwrap();

    let log = Log::default();
    let wire = Wire::new(&log, |_| Ok(grant("t", None)));
    let client = blocking::Client::with_timer(protocol(), wire, Clock::default());
    assert!(client.perform(&get()).is_err(), "a grant is no investor");
    assert!(log.sent()[1].body.is_empty());
}
