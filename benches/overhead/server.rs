//! A server that costs the clients nothing: it reads what comes, and answers with a constant.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Prints its port, and serves until it is killed, a thread for each connection.
pub(crate) fn run(show: bool) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    for stream in listener.incoming() {
        thread::spawn(move || serve(stream.expect("a connection"), show));
    }
}

fn serve(stream: TcpStream, show: bool) {
    stream.set_nodelay(true).expect("a socket");
    let mut writer = stream.try_clone().expect("a socket");
    let mut reader = BufReader::with_capacity(256 * 1024, stream);
    while let Some(request) = Request::read(&mut reader, show) {
        if show {
            request.show();
        }
        let body = answer(&request.line);
        let answer = format!(
            "HTTP/1.1 201 Created\r\nDate: Wed, 18 Nov 2020 12:00:00 GMT\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if writer.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn answer(line: &str) -> &'static str {
    match line.contains("/oauth/token") {
        true => r#"{"access_token":"t0k3n","token_type":"Bearer","expires_in":3600}"#,
        false => r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#,
    }
}

struct Request {
    line: String,
    /// In the order of their names, which are in small letters.
    headers: BTreeSet<String>,
    length: u64,
    hash: u64,
}

impl Request {
    /// The next one; nothing when the client has gone.
    fn read(reader: &mut BufReader<TcpStream>, show: bool) -> Option<Self> {
        let mut request =
            Self { line: line(reader)?, headers: BTreeSet::new(), length: 0, hash: 0xcbf2_9ce4_8422_2325 };
        while let Some((name, value)) = line(reader)?.split_once(':') {
            let name = name.to_ascii_lowercase();
            if name == "content-length" {
                request.length = value.trim().parse().expect("a length");
            }
            request.headers.insert(format!("{name}:{value}"));
        }
        let mut left = request.length;
        while left > 0 {
            let mut piece = [0; 64 * 1024];
            let most = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let count = reader.read(&mut piece[..most]).ok().filter(|count| *count > 0)?;
            left -= count as u64;
            if show {
                request.hash(&piece[..count]);
            }
        }
        Some(request)
    }

    /// FNV-1a, 64 bits: only to see that two bodies are the same.
    fn hash(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn show(&self) {
        let headers: Vec<&str> = self.headers.iter().map(String::as_str).collect();
        println!("{} | {} | {} bytes, {:016x}", self.line, headers.join(" | "), self.length, self.hash);
    }
}

fn line(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
    Some(line.trim_end().to_owned())
}
