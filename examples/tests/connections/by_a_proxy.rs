use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use cashlink_sandbox::demo;
use cashlink_ureq::Ureq;
use cashlink_ureq::core::partner::distributor::ListInvestors;
use cashlink_ureq::ureq::Agent;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::stage::{Authority, Server, protocol};
use crate::{custom_ca, proxy};

/// A proxy that leads every `CONNECT` to one server, and keeps all that it can read.
struct Proxy {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    runtime: Runtime,
}

impl Proxy {
    fn to(server: SocketAddr) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let hears = Arc::clone(&heard);
        runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(lead(stream, server, Arc::clone(&hears)));
            }
        });
        Self { address, heard, runtime }
    }

    fn url(&self) -> String {
        format!("http://user:pr0xy@{}", self.address)
    }

    /// What came in the clear: requests to connect, with the proxy's own credentials and no other. Whether the second call finds
    /// the first one's connection free is not decided here.
    fn assert_told_no_more(&self) {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        assert!((1..=2).contains(&heard.len()), "{heard:?}");
        for head in heard {
            assert!(head.starts_with("CONNECT api.example:443 HTTP/1.1\r\n"), "{head}");
            // By `printf user:pr0xy | base64`.
            assert!(head.to_lowercase().contains("proxy-authorization: basic dxnlcjpwcjb4eq=="), "{head}");
            assert!(!head.contains(demo::DISTRIBUTOR_CLIENT_SECRET) && !head.contains("Bearer"), "{head}");
        }
    }
}

async fn lead(mut stream: TcpStream, server: SocketAddr, heard: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    heard.lock().unwrap().push(String::from_utf8(head).unwrap());
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    let mut server = TcpStream::connect(server).await.unwrap();
    // From here on it is TLS. That one of them closes is how it ends.
    let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
}

#[test]
fn t10_a_call_by_a_proxy_arrives_and_the_proxy_is_told_a_host_and_a_port() {
    let authority = Authority::new();
    let server = Server::new(&authority, "api.example", "http/1.1", 1);
    let (through, pem) = (Proxy::to(server.address), authority.pem());
    // Nobody has this name: only the proxy can lead there.
    let (protocol, list) = (protocol("https://api.example"), ListInvestors::new());

    let agent = proxy::by_ureq(&through.url()).unwrap().tls_config(custom_ca::tls_of_ureq(&pem).unwrap());
    let agent = Agent::new_with_config(agent.build());
    cashlink_ureq::Client::new(protocol.clone(), Ureq::new(agent)).call(&list).unwrap();
    through.assert_told_no_more();

    let builder = proxy::by_reqwest(&through.url()).unwrap();
    let builder = builder.tls_backend_preconfigured(custom_ca::tls(&pem).unwrap());
    let client = cashlink_reqwest::client_over(protocol, builder.build().unwrap());
    through.runtime.block_on(client.call(&list)).unwrap();
    through.assert_told_no_more();
    assert_eq!(server.requests(), 4);
}
