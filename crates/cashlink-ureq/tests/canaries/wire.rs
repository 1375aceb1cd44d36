//! Over any adapter: one call with canaries wherever a caller's can be, answered in every way that carries a server's.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use crate::core::http::Method;
use crate::core::payments::Payments;
use crate::core::{Client as Protocol, Effect, Endpoint, Error, Raw, Secret, UserKey};
use crate::search::{SECRET, TOLD, secret, told};

/// What becomes of the call: with a status that refuses it, with answers that break HTTP, and where nobody listens.
pub(crate) fn errors(call: impl Fn(Protocol<UserKey>, &Raw<UserKey>) -> Error) -> Vec<Error> {
    let canary = told("answer");
    let length = canary.len();
    let refused = exchange(
        &format!("HTTP/1.1 400 {canary}\r\nX-Told: {canary}\r\nContent-Length: {length}\r\n\r\n{canary}"),
        &call,
    );
    assert!(refused.body().unwrap().starts_with(b"answer"));
    let mut errors = vec![refused];
    for broken in [
        format!("{canary}\r\n\r\n"),
        format!("HTTP/1.1 200 {canary}\r\nContent-Length: {canary}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{canary}"),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{canary}\r\n"),
        format!("HTTP/1.1 302 Found\r\nLocation: https://{canary}/\r\nContent-Length: 0\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{canary}\x01\r\n\r\n"),
        String::new(),
    ] {
        errors.push(exchange(&broken, &call));
    }
    // A port of which the listener is gone again.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    errors.push(post(&format!("http://{address}/"), &call));
    errors
}

/// One request, answered so.
fn exchange(answer: &str, call: impl Fn(Protocol<UserKey>, &Raw<UserKey>) -> Error) -> Error {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = answer.to_owned();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut request, mut piece) = (String::new(), [0; 4096]);
        // The body is the last that is sent.
        while !request.contains(&told("body")) {
            let count = stream.read(&mut piece).unwrap();
            assert!(count > 0, "{request}");
            request += &String::from_utf8_lossy(&piece[..count]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        request
    });
    let error = post(&format!("http://{address}/"), call);
    let request = server.join().unwrap();
    assert!(request.contains(SECRET) && request.contains(TOLD), "{request}");
    error
}

fn post(base: &str, call: impl Fn(Protocol<UserKey>, &Raw<UserKey>) -> Error) -> Error {
    let key = UserKey::new(Secret::new(secret("key"))).unwrap();
    let raw = Raw::<UserKey>::new(Method::POST, &told("path"), Effect::Once).query("q", &told("query"));
    call(Protocol::new(Payments::at(Endpoint::on_loopback(base).unwrap()), key), &raw.json(&told("body")))
}
