//! What was called *not sent* never goes out afterwards, where a connection's task still holds the request. HTTP/2 by hand, since
//! only a server decides when a stream may begin.
#![cfg(all(feature = "tokio", feature = "http2"))]

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use cashlink_hyper::core::http::Method;
use cashlink_hyper::core::payments::Payments;
use cashlink_hyper::core::{
    Call, Certainty, Client as Protocol, Effect, Endpoint, Policy, Raw, Secret, UserKey,
};
use cashlink_hyper::hyper_util::client::legacy::connect::HttpConnector;
use cashlink_hyper::{builder, client_over};

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PATIENCE: Duration = Duration::from_secs(30);

/// Kind, flags and stream of a frame that came.
type Frame = (u8, u8, u8);

fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0, 0, u8::try_from(payload.len()).unwrap(), kind, flags, 0, 0, 0, stream];
    frame.extend(payload);
    frame
}

/// A server that allows one stream at a time. What comes is told; the answer to stream 1 goes when it is asked for.
fn one_at_a_time(listener: &TcpListener, told: &Sender<Frame>, answer: Receiver<()>) -> io::Result<()> {
    let (mut stream, _) = listener.accept()?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.read_exact(&mut [0; 24])?;
    // MAX_CONCURRENT_STREAMS (3) is 1.
    stream.write_all(&frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 1]))?;
    let mut own: TcpStream = stream.try_clone()?;
    thread::scope(|scope| {
        scope.spawn(move || {
            answer.recv().ok();
            own.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x08\x03201"))
        });
        loop {
            let mut head = [0; 9];
            stream.read_exact(&mut head)?;
            let [high, middle, low, kind, flags, _, _, _, number] = head;
            let length = u32::from_be_bytes([0, high, middle, low]);
            io::copy(&mut Read::take(&mut stream, u64::from(length)), &mut io::sink())?;
            if (kind, flags) == (SETTINGS, 0) {
                stream.write_all(&frame(SETTINGS, ACK, 0, &[]))?;
            }
            if told.send((kind, flags, number)).is_err() {
                return Ok(());
            }
        }
    })
}

/// hyper gives such a request its stream though nobody waits for it anymore. Whether its body leaves before the stream is reset is
/// a race between two of hyper's tasks, or none, by hyper's version: hence the repetition.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t37_a_request_that_waited_for_a_stream_and_was_called_not_sent_stays_unsent() {
    for _ in 0..20 {
        waits_for_a_stream().await;
    }
}

async fn waits_for_a_stream() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let origin = format!("http://{}/api/", listener.local_addr().unwrap());
    let ((told, frames), (go, answer)) = (channel(), channel());
    let server = thread::spawn(move || one_at_a_time(&listener, &told, answer));

    let stack = builder().http2_only(true).build(HttpConnector::new());
    let client = |connect_timeout| {
        let mut policy = Policy::default();
        policy.connect_timeout = connect_timeout;
        let api = Payments::at(Endpoint::on_loopback(&origin).unwrap());
        let key = UserKey::new(Secret::new("k3y")).unwrap();
        client_over(Protocol::builder(api, key).policy(policy).build(), stack.clone())
    };
    // The connection comes about, however long that takes; the second request then has hardly any time to get its stream.
    let (client, hasty) = (client(PATIENCE), client(Duration::from_millis(5)));

    let first = Call::new(&Raw::<UserKey>::new(Method::GET, "things/", Effect::Safe)).unwrap();
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.perform(&first).await }
    });
    let until = |wanted: &[fn(Frame) -> bool]| {
        let mut open = wanted.to_vec();
        while !open.is_empty() {
            let came = frames.recv_timeout(PATIENCE).unwrap();
            open.retain(|wanted| !wanted(came));
        }
    };
    until(&[|came| came == (SETTINGS, ACK, 0), |(kind, _, stream)| (kind, stream) == (HEADERS, 1)]);

    let second = Raw::<UserKey>::new(Method::POST, "things/", Effect::Once).json(&["a", "thing"]);
    let error = hasty.perform(&Call::new(&second).unwrap().attempts(1)).await.unwrap_err();
    let told = error.failure().unwrap().to_string();
    assert_eq!(
        (error.certainty(), &*told),
        (Certainty::NotApplied, "not sent: timed out before it was sent")
    );

    go.send(()).unwrap();
    first.await.unwrap().unwrap();
    // hyper opens the stream now; what counts is how it ends.
    let mut rest = Vec::new();
    while !rest
        .iter()
        .any(|(kind, flags, stream)| *stream == 3 && (*kind == RST_STREAM || flags & END_STREAM != 0))
    {
        rest.push(frames.recv_timeout(PATIENCE).unwrap());
    }
    drop((client, hasty, stack));
    let whole =
        rest.iter().any(|(kind, flags, stream)| *kind <= HEADERS && *stream == 3 && flags & END_STREAM != 0);
    assert!(!whole, "the whole request came after all: {rest:?}");
    drop(server.join().unwrap());
}
