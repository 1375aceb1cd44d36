//! Both receivers, on real sockets, against the sandbox: everything that happened is recorded once, and no lie is.

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../receiver_axum.rs"]
mod receiver_axum;
#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../receiver_hyper.rs"]
mod receiver_hyper;

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use cashlink_examples::receiver::Receiver;
use cashlink_sandbox::server::{Clock, ManualClock, Running, Server};
use cashlink_sandbox::webhooks::{Credential, Mischief, PartnerHook, Payer, SignedHook};
use cashlink_sandbox::{Config, Kind, demo};
use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::http::{HeaderMap, Request};
use cashlink_ureq::core::partner::distributor::{CreateInvestment, CreateInvestor};
use cashlink_ureq::core::partner::{NaturalPerson, Partner};
use cashlink_ureq::core::payments::{CashlinkType, CreateCashlink, Payments};
use cashlink_ureq::core::webhook::{TokenIssuer, TokenKey, Verifier, WebhookSecret};
use cashlink_ureq::core::{Bearer, Client, Endpoint, IdempotencyKey, Secret, UserKey};
use cashlink_ureq::{SystemTimer, Timer as _};

const STACKS: [fn(TcpListener, Arc<Receiver>) -> tokio::runtime::Runtime; 2] = [on_axum, on_hyper];

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn tokio_listener(listener: TcpListener) -> tokio::net::TcpListener {
    listener.set_nonblocking(true).unwrap();
    tokio::net::TcpListener::from_std(listener).unwrap()
}

fn on_axum(listener: TcpListener, receiver: Arc<Receiver>) -> tokio::runtime::Runtime {
    let runtime = runtime();
    runtime.spawn(async move {
        axum::serve(tokio_listener(listener), receiver_axum::app(receiver)).await.unwrap();
    });
    runtime
}

fn on_hyper(listener: TcpListener, receiver: Arc<Receiver>) -> tokio::runtime::Runtime {
    let runtime = runtime();
    runtime.spawn(async move { receiver_hyper::serve(tokio_listener(listener), receiver).await.unwrap() });
    runtime
}

fn receiver() -> Arc<Receiver> {
    let verifier = Verifier::new(WebhookSecret::new(&Secret::new("hook-s3cr3t")).unwrap());
    let key = TokenKey::new(&Secret::new("0123456789abcdef0123456789abcdef")).unwrap();
    Arc::new(Receiver::new(verifier, TokenIssuer::new("cashlink", &Secret::new("a b"), key).unwrap()))
}

/// A sandbox whose webhooks go to this address, and the clock that it goes by.
fn sandbox(address: SocketAddr, mischief: Mischief) -> (Running, ManualClock) {
    let mut config = Config::default();
    let secret = "hook-s3cr3t".to_owned();
    config.webhooks.signed = Some(SignedHook { url: format!("http://{address}/payments"), secret });
    let credential = Credential::ClientCredentials {
        token_url: format!("http://{address}/token"),
        client_id: "cashlink".to_owned(),
        client_secret: "a b".to_owned(),
    };
    config.webhooks.partner = Some(PartnerHook { url: format!("http://{address}/partner"), credential });
    config.webhooks.mischief = mischief;
    let clock = ManualClock::at(Duration::from_secs(SystemTimer.now().wall));
    (Server::new(config).clock(Clock::Manual(clock.clone())).run().unwrap(), clock)
}

/// A link that can be paid many times.
fn product(sandbox: &Running) -> String {
    let api = Payments::at(Endpoint::on_loopback(&sandbox.payments_base()).unwrap());
    let client = cashlink_ureq::client(Client::new(api, UserKey::new(Secret::new(demo::USER_KEY)).unwrap()));
    let link = CreateCashlink::v2018_01_15(CashlinkType::Product, "EUR 5.00".parse().unwrap(), "Shirt");
    client.call(&link).unwrap().value.public_id.to_string()
}

fn investments(sandbox: &Running, number: u32) -> Vec<String> {
    let id = Secret::new(demo::DISTRIBUTOR_CLIENT_SECRET);
    let bearer = Bearer::client_credentials(demo::DISTRIBUTOR_CLIENT_ID, id).unwrap();
    let api = Partner::at(Endpoint::on_loopback(&sandbox.partner_base()).unwrap());
    let client = cashlink_ureq::client(Client::new(api, bearer));
    let key = |name: &str| IdempotencyKey::new(name).unwrap();
    let investor = CreateInvestor::natural_person(key("i"), NaturalPerson::new().forename("Ada"), true);
    let investor = client.call(&investor).unwrap().value.id;
    let (campaign, signed) = (demo::CAMPAIGN_ID.parse().unwrap(), "2020-12-11T14:59:46Z".parse().unwrap());
    let invest = |n| CreateInvestment::signed(key(&format!("v{n}")), investor, campaign, 1, signed);
    (0..number).map(|n| client.call(&invest(n)).unwrap().value.id.to_string()).collect()
}

/// Until the sandbox says so; it is never far, and the test's own time-out ends what would take for ever.
fn wait(sandbox: &Running, until: impl Fn(&mut cashlink_sandbox::Sandbox) -> bool) {
    while !sandbox.with(&until) {
        std::thread::yield_now();
    }
}

#[test]
fn t55_t56_a_thousand_events_repeated_forged_and_shuffled_are_each_applied_once() {
    for serve in STACKS {
        let (receiver, listener) = (receiver(), TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        let address = listener.local_addr().unwrap();
        let _runtime = serve(listener, Arc::clone(&receiver));
        let mut mischief = Mischief::default();
        (mischief.repeat_every, mischief.forge_every, mischief.shuffle) = (10, 7, true);
        let (sandbox, clock) = sandbox(address, mischief);
        let (link, investments) = (product(&sandbox), investments(&sandbox, 100));

        // 500 payments, and 100 orders on their way from signature to delivery: 5 changes each.
        sandbox.with(|engine| {
            for round in 0..5 {
                for (n, investment) in investments.iter().enumerate() {
                    clock.advance(Duration::from_millis(1));
                    engine.pay(clock.now(), &link, &Payer::default()).unwrap();
                    // Some end on the way.
                    let cancelled = (round == 4 && n % 10 == 0).then_some("CANCELLATION");
                    engine.advance(clock.now(), investment, cancelled).unwrap();
                }
            }
        });
        // Shuffled ones leave late.
        clock.advance(Duration::from_secs(1));
        wait(&sandbox, |engine| engine.waiting_webhooks() == 0);

        let (arrived, failed, attempts) = sandbox.with(|engine| engine.webhooks_sent());
        // Every tenth of 1,000 twice; beside every seventh a lie, and those are refused.
        assert_eq!((arrived, failed, attempts), (1_000 + 100, 142, 1_242));
        let inbox = receiver.inbox();
        assert_eq!((inbox.events.len(), inbox.changes.len(), inbox.unknown.len()), (500, 500, 0));
        let lie = |body: &Vec<u8>| String::from_utf8_lossy(body).contains(r#""amount":"0.01""#);
        assert!(!inbox.events.values().any(lie), "no forged payment is recorded");
        let states: HashMap<String, String> = inbox
            .investments
            .iter()
            .map(|(id, state)| (id.to_string(), state.status.as_str().to_owned()))
            .collect();
        let expected = sandbox.with(|engine| {
            let status =
                |id: &String| engine.object(Kind::Investment, id).unwrap().status().unwrap().to_owned();
            investments.iter().map(|id| (id.clone(), status(id))).collect::<HashMap<_, _>>()
        });
        assert_eq!(states, expected, "and no forged status, which would be the last word");
        assert!(expected.values().any(|status| status == "CANCELLATION"));
    }
}

#[test]
fn what_came_while_the_receiver_was_down_comes_again_only_from_the_newer_generation() {
    for serve in STACKS {
        // A port on which nobody listens for now.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let (sandbox, clock) = sandbox(address, Mischief::default());
        let (link, investment) = (product(&sandbox), investments(&sandbox, 1).remove(0));
        sandbox.with(|engine| {
            engine.pay(clock.now(), &link, &Payer::default()).unwrap();
            engine.advance(clock.now(), &investment, None).unwrap();
        });
        wait(&sandbox, |engine| engine.webhooks_sent().1 == 1 && engine.waiting_webhooks() == 1);

        let receiver = receiver();
        let _runtime = serve(TcpListener::bind(address).unwrap(), Arc::clone(&receiver));
        wait(&sandbox, |engine| {
            clock.advance(Duration::from_millis(100));
            engine.waiting_webhooks() == 0
        });
        let inbox = receiver.inbox();
        assert_eq!((inbox.events.len(), inbox.changes.len(), inbox.investments.len()), (0, 1, 1));
        assert_eq!(sandbox.with(|engine| engine.webhooks_sent().0), 1);
    }
}

#[test]
fn an_authentic_delivery_of_a_kind_that_is_not_known_is_kept_once() {
    let (receiver, now) = (receiver(), SystemTimer.now());
    let form = "grant_type=client_credentials&client_id=cashlink&client_secret=a+b";
    let request = Request::post("/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form))
        .unwrap();
    let granted = receiver.token(now, [7; 16], &request);
    let granted: serde_json::Value = serde_json::from_slice(granted.body()).unwrap();
    let mut headers = HeaderMap::new();
    let token = format!("Bearer {}", granted["access_token"].as_str().unwrap());
    headers.insert("authorization", token.parse().unwrap());

    for _ in 0..2 {
        let answer = receiver.authenticated(now, &headers, br#"{"wallet_id":"w","frozen":true}"#);
        assert_eq!(answer.status(), 200);
    }
    let inbox = receiver.inbox();
    assert_eq!((inbox.unknown.len(), inbox.changes.len()), (1, 0));
}
