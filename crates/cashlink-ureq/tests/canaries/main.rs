//! T11–T12 over ureq: neither the transport nor a failure shows a secret, personal data or a server's text. The search is
//! the core's own; what it covers is compared with this crate's public types (`scripts/public-types.py`).

#[macro_use]
#[path = "../../../cashlink-core/tests/canaries/gallery.rs"]
mod gallery;
#[path = "../../../cashlink-core/tests/canaries/search.rs"]
mod search;

/// Shows a value in the gallery, in all its forms.
macro_rules! show {
    ($gallery:expr, $value:expr) => {
        forms!($gallery, $value, &[])
    };
}

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use cashlink_ureq::core::http::Method;
use cashlink_ureq::core::payments::Payments;
use cashlink_ureq::core::{Client as Protocol, Effect, Endpoint, Error, Raw, Secret, UserKey};
use cashlink_ureq::ureq::{Agent, Proxy};
use cashlink_ureq::{Client, Ureq};
use gallery::Gallery;
use search::{SECRET, TOLD, secret, told};

/// One request with canaries wherever a caller's can be, answered so.
fn exchange(answer: &str) -> Error {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = answer.to_owned();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let count = stream.read(&mut request).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8_lossy(&request[..count]).into_owned()
    });
    let error = post(&format!("http://{address}/"));
    let request = server.join().unwrap();
    assert!(request.contains(SECRET) && request.contains(TOLD), "{request}");
    error
}

fn post(base: &str) -> Error {
    let key = UserKey::new(Secret::new(secret("key"))).unwrap();
    let client: Client<UserKey> =
        cashlink_ureq::client(Protocol::new(Payments::at(Endpoint::on_loopback(base).unwrap()), key));
    let raw = Raw::<UserKey>::new(Method::POST, &told("path"), Effect::Once).query("q", &told("query"));
    client.call(&raw.json(&told("body"))).unwrap_err()
}

#[test]
fn t11_t12_every_public_type_is_shown_and_no_failure_says_what_was_sent_or_answered() {
    let mut gallery = Gallery::default();
    let proxy = format!("http://{}:{}@127.0.0.1:9", secret("user"), secret("password"));
    let agent: Agent = Agent::config_builder().proxy(Some(Proxy::new(&proxy).unwrap())).build().into();
    show!(gallery, Ureq::new(agent));
    show!(gallery, Ureq::default());

    let canary = told("answer");
    let refused = format!(
        "HTTP/1.1 400 {canary}\r\nX-Told: {canary}\r\nContent-Length: {}\r\n\r\n{canary}",
        canary.len()
    );
    let mut errors = vec![exchange(&refused)];
    assert!(errors[0].body().unwrap().starts_with(b"answer"));
    for broken in [
        format!("{canary}\r\n\r\n"),
        format!("HTTP/1.1 200 {canary}\r\nContent-Length: {canary}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{canary}"),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{canary}\r\n"),
        format!("HTTP/1.1 302 Found\r\nLocation: https://{canary}/\r\nContent-Length: 0\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{canary}\x01\r\n\r\n"),
        String::new(),
    ] {
        errors.push(exchange(&broken));
    }
    // A port of which the listener is gone again.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    errors.push(post(&format!("http://{address}/")));
    for error in errors {
        show!(gallery, error);
    }
    gallery.assert_clean(50);
    gallery.assert_complete(include_str!("public-types.txt"), &[]);
}
