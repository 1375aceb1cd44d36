//! `User-Agent` names the library and the application over every stack, with the token call, too, and no stack's own name.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use cashlink_ureq::core::partner::{Partner, distributor::ListInvestors};
use cashlink_ureq::core::{Bearer, Client as Protocol, Endpoint, Secret};

/// Answers a token request and a list, each on a connection of its own, and says which user agents asked.
fn server() -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/api/external/", listener.local_addr().unwrap());
    (base, thread::spawn(move || (0..2).map(|_| serve(listener.accept().unwrap().0)).collect()))
}

fn serve(mut stream: TcpStream) -> String {
    let (mut read, mut buffer) = (String::new(), [0; 4096]);
    let (head, length) = loop {
        let count = stream.read(&mut buffer).unwrap();
        read.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
        let Some((head, body)) = read.split_once("\r\n\r\n") else { continue };
        let head = head.to_lowercase();
        let length = header(&head, "content-length").map_or(0, |length| length.parse::<usize>().unwrap());
        if body.len() >= length {
            break (head, length);
        }
    };
    let json = match length {
        0 => r#"{"next":null,"results":[]}"#,
        _ => r#"{"access_token":"t"}"#,
    };
    let length = json.len();
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{json}").unwrap();
    header(&head, "user-agent").unwrap_or_default().to_owned()
}

/// All of the header's values, which is one.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut values = head.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let value = values.next();
    assert_eq!(values.next(), None, "{name} comes once");
    value
}

fn protocol(base: &str) -> Protocol<Bearer> {
    let bearer = Bearer::client_credentials("c", Secret::new("s")).unwrap();
    let partner = Partner::at(Endpoint::on_loopback(base).unwrap());
    Protocol::builder(partner, bearer).application("web-shop/2.1").unwrap().build()
}

fn check(asked: JoinHandle<Vec<String>>) {
    assert_eq!(asked.join().unwrap(), ["cashlink-rust/0.1.0 web-shop/2.1"; 2]);
}

#[test]
fn over_ureq() {
    let (base, asked) = server();
    cashlink_ureq::client(protocol(&base)).call(&ListInvestors::new()).unwrap();
    check(asked);
}

#[tokio::test]
async fn over_reqwest() {
    let (base, asked) = server();
    cashlink_reqwest::client(protocol(&base)).unwrap().call(&ListInvestors::new()).await.unwrap();
    check(asked);
}

#[tokio::test]
async fn over_hyper() {
    let (base, asked) = server();
    cashlink_hyper::client(protocol(&base)).unwrap().call(&ListInvestors::new()).await.unwrap();
    check(asked);
}
