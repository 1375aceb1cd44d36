//! What becomes of a delivery on a socket.

use super::*;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};

/// Answers one request so, and then keeps the connection until the other end closes it.
fn receiver(answer: impl FnOnce(&mut std::net::TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).unwrap();
        answer(&mut stream);
        // Until the other end has closed; how, does not matter.
        while matches!(stream.read(&mut request), Ok(1..)) {}
    });
    address
}

/// What becomes of a webhook to this receiver that has so long.
fn delivered(address: SocketAddr, timeout: Duration) -> Option<Response<Bytes>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let request = Request::post(format!("http://{address}/x")).body(Bytes::from_static(b"{}")).unwrap();
    runtime.block_on(deliver(request, timeout))
}

/// Never waited for to its end.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_status_is_an_answer_however_much_follows_it() {
    for length in [LARGEST_ANSWER - 1, LARGEST_ANSWER, LARGEST_ANSWER + 1, 1 << 40] {
        let address = receiver(move |stream| {
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").unwrap();
            let mut left = length;
            while left > 0 && stream.write_all(&[b'x'; 1024][..left.min(1024)]).is_ok() {
                left -= left.min(1024);
            }
        });
        let answer = delivered(address, LONG).unwrap();
        assert_eq!((answer.status().as_u16(), answer.body().len()), (200, length.min(LARGEST_ANSWER)));
    }
}

#[test]
fn a_status_is_an_answer_although_its_body_breaks_off_or_never_comes() {
    let breaks = receiver(|stream| {
        stream.write_all(b"HTTP/1.1 204 OK\r\n\r\n").unwrap();
        stream.shutdown(std::net::Shutdown::Both).unwrap();
    });
    assert_eq!(delivered(breaks, LONG).unwrap().status(), 204);
    let part = |stream: &mut std::net::TcpStream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc").unwrap();
    };
    let stalls = receiver(part);
    assert_eq!(delivered(stalls, Duration::from_millis(200)).unwrap().body(), "abc");
    let breaks = receiver(move |stream| {
        part(stream);
        stream.shutdown(std::net::Shutdown::Both).unwrap();
    });
    assert_eq!(delivered(breaks, LONG).unwrap().body(), "abc");
}

#[test]
fn without_a_status_in_time_there_is_no_answer() {
    let silent = receiver(|_| {});
    assert!(delivered(silent, Duration::from_millis(20)).is_none());
    let half = receiver(|stream| stream.write_all(b"HTTP/1.1 200 OK\r\n").unwrap());
    assert!(delivered(half, Duration::from_millis(20)).is_none());
    let gone = receiver(|stream| stream.shutdown(std::net::Shutdown::Both).unwrap());
    assert!(delivered(gone, LONG).is_none());
}

#[test]
fn a_control_call_reads_a_long_state_whole() {
    let length = 4 * LARGEST_ANSWER;
    let address = receiver(move |stream| {
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").unwrap();
        stream.write_all(&vec![b'x'; length]).unwrap();
    });
    assert_eq!(control(&format!("http://{address}"), "state", None).unwrap().body().len(), length);
}

#[test]
fn only_plain_addresses_of_this_machine_are_carried_to() {
    let here = |uri: &'static str| here(&Uri::from_static(uri));
    assert_eq!(here("http://127.0.0.1:8080/x"), Some(("127.0.0.1".to_owned(), 8080)));
    assert_eq!(here("http://[::1]/x"), Some(("::1".to_owned(), 80)));
    assert_eq!(here("http://localhost:1/"), Some(("localhost".to_owned(), 1)));
    for elsewhere in [
        "https://127.0.0.1/",
        "http://10.0.0.1/",
        "http://example.com/",
        "http://127.0.0.1.example/",
        "http://127.0.0.1:65536/",
        "http://somebody@127.0.0.1/",
        "127.0.0.1:80",
        "/x",
    ] {
        assert_eq!(here(elsewhere), None, "{elsewhere}");
        assert!(!reaches(elsewhere), "{elsewhere}");
    }
    assert!(reaches("http://127.0.0.1:8080/x") && !reaches("not a url") && !reaches(""));
}
