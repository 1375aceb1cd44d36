//! Both receivers, on real sockets, against the sandbox: everything that happened is recorded once, and no lie is.

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../receiver_axum.rs"]
mod receiver_axum;
#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../receiver_hyper.rs"]
mod receiver_hyper;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use cashlink_examples::receiver::{self, Receiver};
use cashlink_journal::inbox::Source::{Authenticated, Signed};
use cashlink_journal::inbox::{Entry, Kind, Source};
use cashlink_sandbox::server::{Clock, ManualClock, Running, Server};
use cashlink_sandbox::webhooks::{Credential, Mischief, PartnerHook, Payer, SignedHook};
use cashlink_sandbox::{Config, Kind as ObjectKind, demo};
use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::http::{HeaderMap, Request};
use cashlink_ureq::core::partner::distributor::{CreateInvestment, CreateInvestor};
use cashlink_ureq::core::partner::{NaturalPerson, Partner};
use cashlink_ureq::core::payments::{CashlinkType, CreateCashlink, Payments, RegisterBusiness};
use cashlink_ureq::core::webhook::{Signer, WebhookSecret};
use cashlink_ureq::core::{AppKey, Bearer, Client, Endpoint, IdempotencyKey, Secret, UserKey};
use cashlink_ureq::{SystemTimer, Timer as _};
use tempfile::TempDir;

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

/// What a receiver's environment has to say.
fn setting(name: &str) -> Option<String> {
    let value = match name {
        "CASHLINK_WEBHOOK_SECRET" => "hook-s3cr3t",
        "CASHLINK_RECEIVER_CLIENT_SECRET" => "a b",
        "CASHLINK_TOKEN_KEY" => "0123456789abcdef0123456789abcdef",
        _ => return None,
    };
    Some(value.to_owned())
}

/// A receiver whose inbox is in the folder, for as long as that is kept.
fn receiver() -> (Arc<Receiver>, TempDir) {
    configured(setting)
}

fn configured(setting: fn(&str) -> Option<String>) -> (Arc<Receiver>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inbox.db").to_str().unwrap().to_owned();
    let with_inbox = |name: &str| if name == "CASHLINK_INBOX" { Some(file.clone()) } else { setting(name) };
    (Arc::new(receiver::configured(with_inbox).unwrap()), folder)
}

/// What is in the inbox of each kind.
fn recorded(receiver: &Receiver, source: Source, kind: Kind) -> Vec<Entry> {
    let inbox = receiver.inbox();
    let mut entries = inbox.journal.pending(&inbox.connection, kind, 0, 10_000).unwrap();
    entries.retain(|entry| entry.source == source);
    entries
}

/// The state of each investment, as the inbox has it.
fn state(receiver: &Receiver, investment: &str) -> Option<String> {
    let inbox = receiver.inbox();
    let state = inbox.journal.investment(&inbox.connection, &investment.parse().unwrap()).unwrap();
    state.map(|state| state.status.as_str().to_owned())
}

fn secret(text: &str) -> WebhookSecret {
    WebhookSecret::new(&Secret::new(text)).unwrap()
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

fn payments(sandbox: &Running) -> Payments {
    Payments::at(Endpoint::on_loopback(&sandbox.payments_base()).unwrap())
}

/// A link that can be paid many times.
fn product(sandbox: &Running, user_key: Secret) -> String {
    let client = cashlink_ureq::client(Client::new(payments(sandbox), UserKey::new(user_key).unwrap()));
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
        let ((receiver, _folder), listener) =
            (receiver(), TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        let address = listener.local_addr().unwrap();
        let _runtime = serve(listener, Arc::clone(&receiver));
        let mut mischief = Mischief::default();
        (mischief.repeat_every, mischief.forge_every, mischief.shuffle) = (10, 7, true);
        let (sandbox, clock) = sandbox(address, mischief);
        let (link, investments) =
            (product(&sandbox, Secret::new(demo::USER_KEY)), investments(&sandbox, 100));

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
        let events = recorded(&receiver, Signed, Kind::Known);
        assert_eq!((events.len(), recorded(&receiver, Authenticated, Kind::Known).len()), (500, 500));
        for kind in [Kind::Unknown, Kind::Unreadable] {
            assert!(
                recorded(&receiver, Signed, kind).is_empty()
                    && recorded(&receiver, Authenticated, kind).is_empty()
            );
        }
        let lie = |event: &Entry| {
            String::from_utf8_lossy(event.body.as_deref().unwrap()).contains(r#""amount":"0.01""#)
        };
        assert!(!events.iter().any(lie), "no forged payment is recorded");
        let states: Vec<_> = investments.iter().map(|id| state(&receiver, id)).collect();
        let expected: Vec<_> = sandbox.with(|engine| {
            let status =
                |id: &String| engine.object(ObjectKind::Investment, id).unwrap().status().unwrap().to_owned();
            investments.iter().map(|id| Some(status(id))).collect()
        });
        assert_eq!(states, expected, "and no forged status, which would be the last word");
        assert!(expected.contains(&Some("CANCELLATION".to_owned())));
    }
}

#[test]
fn what_came_while_the_receiver_was_down_comes_again_only_from_the_newer_generation() {
    for serve in STACKS {
        // A port on which nobody listens for now.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let (sandbox, clock) = sandbox(address, Mischief::default());
        let (link, investment) =
            (product(&sandbox, Secret::new(demo::USER_KEY)), investments(&sandbox, 1).remove(0));
        sandbox.with(|engine| {
            engine.pay(clock.now(), &link, &Payer::default()).unwrap();
            engine.advance(clock.now(), &investment, None).unwrap();
        });
        wait(&sandbox, |engine| engine.webhooks_sent().1 == 1 && engine.waiting_webhooks() == 1);

        let (receiver, _folder) = receiver();
        let _runtime = serve(TcpListener::bind(address).unwrap(), Arc::clone(&receiver));
        wait(&sandbox, |engine| {
            clock.advance(Duration::from_millis(100));
            engine.waiting_webhooks() == 0
        });
        let known = |source| recorded(&receiver, source, Kind::Known).len();
        assert_eq!((known(Signed), known(Authenticated)), (0, 1));
        assert!(state(&receiver, &investment).is_some());
        assert_eq!(sandbox.with(|engine| engine.webhooks_sent().0), 1);
    }
}

#[test]
fn an_authentic_delivery_of_a_kind_that_is_not_known_is_kept_once() {
    let ((receiver, _folder), now) = (receiver(), SystemTimer.now());
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
    let answer = receiver.authenticated(
        now,
        &headers,
        br#"{"investment_id":"i-1","status":"PAID","changed_at":"yesterday"}"#,
    );
    assert_eq!(answer.status(), 200);
    let of = |kind| recorded(&receiver, Authenticated, kind).len();
    assert_eq!((of(Kind::Unknown), of(Kind::Unreadable), of(Kind::Known)), (1, 1, 0));
}

#[test]
fn a_business_that_was_registered_is_heard_by_its_own_secret() {
    for serve in STACKS {
        let ((receiver, _folder), listener) =
            (receiver(), TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        let address = listener.local_addr().unwrap();
        let _runtime = serve(listener, Arc::clone(&receiver));
        let (sandbox, clock) = sandbox(address, Mischief::default());

        let app_key = AppKey::new(Secret::new(demo::APP_KEY)).unwrap();
        let register = RegisterBusiness::individual("ada@example.com", "Ada's Shop")
            .webhook_url(format!("http://{address}/payments"));
        let client = cashlink_ureq::client(Client::new(payments(&sandbox), app_key));
        let business = client.call(&register).unwrap().value;
        receiver.register(&business.public_id, &business.hmac_secret.unwrap()).unwrap();

        let own = product(&sandbox, business.api_key.unwrap());
        let others = product(&sandbox, Secret::new(demo::USER_KEY));
        sandbox.with(|engine| {
            engine.pay(clock.now(), &own, &Payer::default()).unwrap();
            engine.pay(clock.now(), &others, &Payer::default()).unwrap();
        });
        wait(&sandbox, |engine| engine.waiting_webhooks() == 0);
        assert_eq!(sandbox.with(|engine| engine.webhooks_sent()), (2, 0, 2));
        assert_eq!(recorded(&receiver, Signed, Kind::Known).len(), 2);
    }
}

#[test]
fn a_businesss_secret_proves_its_own_events_only_and_the_subscriptions_secret_all() {
    let (receiver, _folder) = receiver();
    receiver.register(&"ada".parse().unwrap(), &Secret::new("of ada")).unwrap();
    receiver.register(&"bob".parse().unwrap(), &Secret::new("of bob")).unwrap();
    let status = |key: &str, business: &str| {
        let body = format!(r#"{{"event":"x","business":"{business}"}}"#);
        receiver
            .signed(SystemTimer.now(), &Signer::new(secret(key)).headers(body.as_bytes()), body.as_bytes())
            .status()
            .as_u16()
    };
    assert_eq!([status("of ada", "ada"), status("of ada", "bob"), status("of ada", "eve")], [200, 401, 401]);
    assert_eq!(["ada", "eve"].map(|business| status("hook-s3cr3t", business)), [200, 200]);
    // Nobody knows whose it is; it is genuine all the same, and would never come again.
    let headers = Signer::new(secret("hook-s3cr3t")).headers(b"{}");
    assert_eq!(receiver.signed(SystemTimer.now(), &headers, b"{}").status(), 200);
}

#[test]
fn while_secrets_are_exchanged_each_event_says_which_one_proved_it() {
    let next = |name: &str| match name {
        "CASHLINK_WEBHOOK_SECRET_NEXT" => Some("next-s3cr3t".to_owned()),
        _ => setting(name),
    };
    let (receiver, _folder) = configured(next);
    for key in ["hook-s3cr3t", "next-s3cr3t"] {
        assert_eq!(
            receiver.signed(SystemTimer.now(), &Signer::new(secret(key)).headers(b"{}"), b"{}").status(),
            200
        );
    }
    // One body, but two deliveries: an id is made with the secret.
    let events = recorded(&receiver, Signed, Kind::Unreadable);
    let proved_by: Vec<_> = events.iter().map(|event| event.credential_index).collect();
    assert_eq!(proved_by, [0, 1]);
}

#[test]
fn a_receiver_says_which_setting_it_lacks() {
    for missing in
        ["CASHLINK_WEBHOOK_SECRET", "CASHLINK_RECEIVER_CLIENT_SECRET", "CASHLINK_TOKEN_KEY", "CASHLINK_INBOX"]
    {
        let others = |name: &str| setting(name).filter(|_| name != missing);
        let error = receiver::configured(others).unwrap_err().to_string();
        assert!(error.ends_with(missing), "{error}");
    }
}
