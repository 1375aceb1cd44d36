//! Proxies (T10): whose choice they are, and what they are shown. Variables count for the default agent; an agent of the
//! user's own decides for itself. Either way a proxy sees a host and a port, and no credential.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::{env, thread};

use cashlink_ureq::core::http::Method;
use cashlink_ureq::core::payments::Payments;
use cashlink_ureq::core::{Client as Protocol, Effect, Endpoint, Policy, Raw, Secret, UserKey};
use cashlink_ureq::ureq::{Agent, Proxy};
use cashlink_ureq::{Client, Ureq};

/// A proxy or a server that hears the beginning of its first connection, and turns it away.
struct Listener {
    address: SocketAddr,
    heard: thread::JoinHandle<Vec<u8>>,
}

impl Listener {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut heard, mut byte) = (Vec::new(), [0]);
            // To the end of a request's head; of a handshake, one byte says enough.
            while stream.read(&mut byte).unwrap() == 1 {
                heard.extend(byte);
                if heard.ends_with(b"\r\n\r\n") || byte == [0x16] {
                    break;
                }
            }
            // Lost on who came for TLS; then the connection just ends.
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            heard
        });
        Self { address, heard }
    }

    /// What it heard; nothing, if nobody came. To be asked when all calls are over.
    fn heard(self) -> Vec<u8> {
        // Whoever came before is first in the queue; this one ends the wait if nobody did.
        drop(TcpStream::connect(self.address));
        self.heard.join().unwrap()
    }

    fn assert_asked_for(self, host: &str) {
        let heard = String::from_utf8(self.heard()).unwrap();
        assert!(heard.starts_with(&format!("CONNECT {host}:443 HTTP/1.1\r\n")), "{heard:?}");
        assert!(!heard.contains("us3r-k3y"), "{heard}");
    }

    /// The first byte of a TLS handshake, meant for the server itself.
    fn was_called(self) -> bool {
        self.heard().first() == Some(&0x16)
    }
}

/// One call, once; it can't end well.
fn call(agent: Option<Agent>, base: &str) {
    let mut policy = Policy::default();
    policy.attempts = 1;
    let key = UserKey::new(Secret::new("us3r-k3y")).unwrap();
    let api = Payments::at(Endpoint::new(base).unwrap());
    let transport = agent.map_or_else(Ureq::default, Ureq::new);
    let client = Client::new(Protocol::builder(api, key).policy(policy).build(), transport);
    client.call(&Raw::<UserKey>::new(Method::GET, "things/", Effect::Safe)).unwrap_err();
}

fn agent(proxy: Option<Proxy>) -> Option<Agent> {
    Some(Agent::config_builder().proxy(proxy).build().into())
}

#[test]
fn t10_an_agents_own_proxy_is_asked_for_the_host_and_told_no_more() {
    let proxy = Listener::new();
    call(agent(Some(Proxy::new(&format!("http://{}", proxy.address)).unwrap())), "https://api.invalid/");
    proxy.assert_asked_for("api.invalid");
}

/// What this test says to a process of its own, which then is the one that calls.
const DIRECT: &str = "CASHLINK_TEST_DIRECT";

/// Variables belong to a process, so it takes a new one to try them: this same test, told where to go.
#[test]
fn t10_variables_count_for_the_default_agent_and_for_none_that_has_no_proxy() {
    #[expect(clippy::disallowed_methods, reason = "the environment is what is tried here")]
    if let Ok(direct) = env::var(DIRECT) {
        call(None, "https://api.invalid/");
        call(agent(None), &direct);
        return;
    }
    let (proxy, server) = (Listener::new(), Listener::new());
    let mut child = Command::new(env::current_exe().unwrap());
    for variable in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        child.env_remove(variable).env_remove(variable.to_lowercase());
    }
    child.env("HTTPS_PROXY", format!("http://{}", proxy.address));
    child.env(DIRECT, format!("https://{}/", server.address));
    child.args(["--exact", "t10_variables_count_for_the_default_agent_and_for_none_that_has_no_proxy"]);
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    proxy.assert_asked_for("api.invalid");
    assert!(server.was_called());
}
