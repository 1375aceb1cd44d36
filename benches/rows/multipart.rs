//! An upload: its framing, and the bytes on their way through a socket.

use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::rc::Rc;
use std::thread;

use bytes::Bytes;
use cashlink_client::blocking::{Outbound, Source};
use cashlink_core::body::{Body, BoundarySeed, FileName, MediaType, Payload, PayloadRef, Want};
use cashlink_core::partner::distributor::UploadDocument;
use cashlink_core::{IdempotencyKey, Operation as _};

use super::{Row, work};

const SIZE: usize = 64 * 1024 * 1024;

pub fn through_a_socket() -> Vec<Row> {
    vec![in_memory(), streamed()]
}

fn body(payload: impl Into<Payload>) -> Body {
    let key = IdempotencyKey::new(work::UPLOAD_KEY).expect("a key");
    let (seed, name) = (BoundarySeed::new([7; 16]), FileName::new("contract.pdf").expect("a name"));
    UploadDocument::new(key, seed, name, MediaType::PDF, payload).body().expect("a body")
}

/// Every piece of a body that is in memory.
fn each_piece(body: &Body, mut piece: impl FnMut(Bytes)) {
    let mut cursor = body.cursor();
    while let Want::Emit(bytes) = cursor.want().expect("a body in memory") {
        piece(bytes);
    }
}

/// Around 1 KiB: what is there but the document.
pub fn framing() -> Row {
    let document = Bytes::from(vec![b'x'; 1024]);
    let given = document.clone();
    let ours = move || {
        let mut length = 0;
        each_piece(&body(black_box(&given).clone()), |piece| length += black_box(piece).len());
        length
    };
    let floor = {
        let document = document.clone();
        move || {
            let boundary = black_box("876847a4d257cf67dfbd3647ed46dcec");
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"contract.pdf\"\r\n\
                 Content-Type: application/pdf\r\n\r\n"
            );
            let pieces =
                [Bytes::from(head), document.clone(), Bytes::from(format!("\r\n--{boundary}--\r\n"))];
            black_box(format!("multipart/form-data; boundary={boundary}"));
            pieces.into_iter().map(|piece| black_box(piece).len()).sum::<usize>()
        }
    };
    assert_eq!(ours(), floor());
    let row = Row::new("multipart framing").side("ours", ours).side("floor", floor);
    #[cfg(feature = "peers")]
    let row = peers::framing(row, document);
    row
}

/// A socket behind which everything is read and forgotten, for both sides: of two, each has its own window, which grows as it likes, and
/// one may be half as fast as the other for as long as it lives.
fn one_sink() -> (Rc<TcpStream>, Rc<TcpStream>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let socket = TcpStream::connect(listener.local_addr().expect("an address")).expect("a connection");
    let (mut other, _) = listener.accept().expect("a connection");
    thread::spawn(move || {
        let mut forgotten = vec![0; 256 * 1024];
        while other.read(&mut forgotten).is_ok_and(|count| count > 0) {}
    });
    let socket = Rc::new(socket);
    (Rc::clone(&socket), socket)
}

fn document() -> Bytes {
    Bytes::from((0..SIZE).map(|place| ((place * 31) >> 3) as u8).collect::<Vec<_>>())
}

/// As it lies in memory, piece by piece: the same memory on either side, since the system sends from one place faster than from another.
fn in_memory() -> Row {
    let body = body(document());
    let mut same = Vec::new();
    each_piece(&body, |piece| same.push(piece));
    assert_eq!(same.iter().map(Bytes::len).sum::<usize>() as u64, body.len());
    let (one, other) = one_sink();
    let write = |mut socket: &TcpStream, piece: &[u8]| socket.write_all(piece).expect("a socket");
    let plain = move || black_box(&same).iter().for_each(|piece| write(&other, piece));
    Row::new("64 MiB in memory, through a socket")
        .side("ours", move || each_piece(&body, |piece| write(&one, &piece)))
        .side("plain write", plain)
}

/// As a blocking stack sends what it reads from elsewhere, by 64 KiB.
fn streamed() -> Row {
    let document = document();
    let (body, given) = (body(PayloadRef::new(SIZE as u64)), document.clone());
    let (one, other) = one_sink();
    let ours = move || {
        let document = given.clone();
        let source = Source::new(move || Ok(std::io::Cursor::new(document.clone())));
        pump(Outbound::new(body.clone(), Some(source)), &one)
    };
    let plain = move || pump(std::io::Cursor::new(document.clone()), &other);
    Row::new("64 MiB read and sent, through a socket").side("ours", ours).side("plain write", plain)
}

fn pump(mut from: impl std::io::Read, mut to: &TcpStream) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = from.read(&mut buffer).expect("a document");
        if count == 0 {
            return;
        }
        to.write_all(&buffer[..count]).expect("a socket");
    }
}

#[cfg(feature = "peers")]
mod peers {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use http_body::Body as _;
    use reqwest::multipart::{Form, Part};

    use super::*;

    /// Until a request is there, and its body has been asked for all of its pieces.
    pub fn framing(row: Row, document: Bytes) -> Row {
        let client = reqwest::Client::new();
        let framed = move || {
            let part = Part::stream_with_length(document.clone(), document.len() as u64)
                .file_name("contract.pdf")
                .mime_str("application/pdf")
                .expect("a type");
            let request = client.post("http://127.0.0.1:1/").multipart(Form::new().part("file", part));
            let mut request = request.build().expect("a request");
            let mut body = pin!(request.body_mut().take().expect("a body"));
            let mut length = 0;
            while let Poll::Ready(Some(frame)) =
                body.as_mut().poll_frame(&mut Context::from_waker(Waker::noop()))
            {
                length += frame.expect("a piece").data_ref().map_or(0, Bytes::len);
            }
            length
        };
        assert!(framed() > 1024);
        row.side("reqwest", framed)
    }
}
