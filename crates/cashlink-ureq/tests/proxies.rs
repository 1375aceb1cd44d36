//! Proxies (T10): whose choice they are, and what they are shown. Variables count for the default agent, and for no other
//! that says so; the address that a request names is never changed by either. They are tried with `https`: plain `http` never
//! leaves the machine, and goes through no proxy at all.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::{env, thread};

use cashlink_ureq::core::http::Method;
use cashlink_ureq::core::payments::Payments;
use cashlink_ureq::core::{Client as Protocol, Effect, Endpoint, Policy, Raw, Secret, UserKey};
use cashlink_ureq::ureq::{Agent, Proxy};
use cashlink_ureq::{Client, Ureq};

/// Answers the first connection, and then says how it began.
fn listen() -> (SocketAddr, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let count = stream.read(&mut request).unwrap();
        // What is refused by a proxy and by a server alike: the call is over, whichever was meant.
        let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        String::from_utf8_lossy(&request[..count]).into_owned()
    });
    (address, server)
}

/// A place where nobody may come.
fn untouched() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

fn is_untouched(listener: &TcpListener) -> bool {
    listener.accept().is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

/// One call to this server, once, however it ends.
fn call(transport: Ureq, server: SocketAddr) {
    let api = Payments::at(Endpoint::new(&format!("https://{server}/")).unwrap());
    let mut policy = Policy::default();
    policy.attempts = 1;
    let key = UserKey::new(Secret::new("us3r-k3y")).unwrap();
    let client = Client::new(Protocol::builder(api, key).policy(policy).build(), transport);
    let _ = client.call(&Raw::<UserKey>::new(Method::GET, "things/", Effect::Safe));
}

#[test]
fn t10_an_agents_own_proxy_is_asked_first_and_the_server_only_through_it() {
    let (proxy, asked) = listen();
    let server = untouched();
    let agent = Agent::config_builder().proxy(Some(Proxy::new(&format!("http://{proxy}")).unwrap()));
    call(Ureq::new(agent.build().into()), server.local_addr().unwrap());
    let asked = asked.join().unwrap();
    assert!(asked.starts_with(&format!("CONNECT {}", server.local_addr().unwrap())), "{asked}");
    assert!(is_untouched(&server));
}

/// What this test sets for a process of its own, which then is the one that calls.
const SERVER: &str = "CASHLINK_TEST_SERVER";

/// Variables belong to a process, so it takes a new one to try them: this same test, told what to call.
#[test]
fn t10_variables_name_the_proxy_of_the_default_agent_and_of_no_agent_that_refuses_one() {
    #[expect(clippy::disallowed_methods, reason = "the environment is what is tried here")]
    if let Ok(server) = env::var(SERVER) {
        let (server, direct) = server.split_once(' ').unwrap();
        call(Ureq::default(), server.parse().unwrap());
        call(Ureq::new(Agent::config_builder().proxy(None).build().into()), direct.parse().unwrap());
        return;
    }
    let (proxy, asked) = listen();
    let (direct, called) = listen();
    let server = untouched();
    let address = server.local_addr().unwrap();
    let mut child = Command::new(env::current_exe().unwrap());
    for variable in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        child.env_remove(variable).env_remove(variable.to_lowercase());
    }
    child.env("HTTPS_PROXY", format!("http://{proxy}")).env(SERVER, format!("{address} {direct}"));
    child.args([
        "--exact",
        "t10_variables_name_the_proxy_of_the_default_agent_and_of_no_agent_that_refuses_one",
    ]);
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let (asked, called) = (asked.join().unwrap(), called.join().unwrap());
    assert!(asked.starts_with(&format!("CONNECT {address}")), "{asked}");
    assert!(called.starts_with('\u{16}'), "a TLS handshake: {called:?}");
    assert!(is_untouched(&server));
}
