//! The module without a host: messages in, messages out.

use serde_json::{Value, json};

use crate::machine::Machine;

/// A module whose account is known, at the moment 0.
fn module() -> Host {
    let mut host = Host { machine: Machine::new(), micros: 0 };
    let account = json!({
        "tell": "account", "base_url": "https://demo.cashlink.de/api/external", "client_id": "me", "client_secret": "s3cr3t",
    });
    assert_eq!(host.tell(account), json!({ "step": "ready" }));
    host
}

struct Host {
    machine: Machine,
    micros: u64,
}

impl Host {
    /// The answer's line; a body goes behind it as `body`.
    fn tell(&mut self, message: Value) -> Value {
        self.tell_with(message, b"")
    }

    fn tell_with(&mut self, message: Value, body: &[u8]) -> Value {
        let answer = self.machine.turn(&[message.to_string().as_bytes(), b"\n", body].concat());
        let (line, body) = answer.split_at(answer.iter().position(|byte| *byte == b'\n').unwrap());
        let mut said: Value = serde_json::from_slice(line).unwrap();
        if body != b"\n" {
            said["body"] = std::str::from_utf8(&body[1..]).unwrap().into();
        }
        said
    }

    fn now(&self) -> Value {
        json!({ "wall_seconds": 1_605_700_800, "monotonic_micros": self.micros })
    }

    fn call(&mut self, call: Value) -> Value {
        let entropy = [u8::MAX; 16];
        self.tell(json!({ "tell": "call", "call": call, "now": self.now(), "entropy": entropy }))
    }

    fn answer(&mut self, status: u16, body: &str) -> Value {
        let head = json!({ "status": status, "headers": [["content-type", "application/json"]] });
        self.tell_with(json!({ "tell": "answer", "head": head, "now": self.now() }), body.as_bytes())
    }

    fn fail(&mut self, failure: Value) -> Value {
        self.tell(json!({ "tell": "failure", "failure": failure, "now": self.now() }))
    }

    fn wake(&mut self) -> Value {
        self.tell(json!({ "tell": "woken", "now": self.now() }))
    }
}

fn create() -> Value {
    json!({
        "operation": "create_investor", "key": "investor-17",
        "forename": "Ada", "surname": "Lovelace", "birth_date": "1985-12-10", "citizenship": "DEU",
    })
}

fn list() -> Value {
    json!({ "operation": "list_investors", "walk": null })
}

fn header<'a>(said: &'a Value, name: &str) -> Option<&'a str> {
    said["headers"].as_array()?.iter().find(|pair| pair[0] == name)?[1].as_str()
}

const TOKEN: &str = r#"{"access_token":"t0k3n","expires_in":3600}"#;
const CREATED: &str = r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#;

#[test]
fn a_lost_answer_is_followed_by_the_same_request() {
    let mut host = module();
    let token = host.call(create());
    assert_eq!(token["url"], "https://demo.cashlink.de/api/external/oauth/token");
    assert!(token["body"].as_str().unwrap().contains("client_secret=s3cr3t"));

    let first = host.answer(200, TOKEN);
    assert_eq!((&first["step"], &first["method"]), (&json!("send"), &json!("POST")));
    assert_eq!(first["url"], "https://demo.cashlink.de/api/external/distributor/v2/investors/");
    assert_eq!(header(&first, "authorization"), Some("Bearer t0k3n"));
    assert_eq!(header(&first, "x-idempotency-key"), Some("investor-17"));

    // All of the entropy's bits: the longest wait before the second attempt.
    let wait = host.fail(json!({ "how": "maybe_sent", "reason": "ECONNRESET" }));
    assert_eq!(wait["step"], "wait");
    host.micros += wait["micros"].as_u64().filter(|micros| *micros > 0).unwrap();
    let mut second = host.wake();
    // What is left of the time is the one thing that may differ.
    assert!(second["timeout_millis"].as_u64() <= first["timeout_millis"].as_u64());
    second["timeout_millis"] = first["timeout_millis"].clone();
    assert_eq!(second, first);

    let done = host.answer(201, CREATED);
    let value = json!({ "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6" });
    assert_eq!(done, json!({ "step": "done", "status": 201, "attempts": 2, "value": value }));
}

#[test]
fn a_token_serves_until_it_is_refused() {
    let mut host = module();
    host.call(list());
    host.answer(200, TOKEN);
    assert_eq!(host.answer(200, r#"{"results":[]}"#)["value"], json!({ "ids": [], "walk": null }));

    let again = host.call(list());
    assert_eq!((&again["method"], header(&again, "authorization")), (&json!("GET"), Some("Bearer t0k3n")));
    let token = host.answer(401, "{}");
    assert_eq!(token["url"], "https://demo.cashlink.de/api/external/oauth/token");
    let with_another = host.answer(200, r#"{"access_token":"an0ther"}"#);
    assert_eq!(header(&with_another, "authorization"), Some("Bearer an0ther"));

    // Refused at once: one renewal is enough, the call has failed, and nobody else gets that token.
    let failed = host.answer(401, "{}");
    assert_eq!((&failed["step"], &failed["did_it_happen"]), (&json!("failed"), &json!("no")));
    assert_eq!(host.call(list())["url"], "https://demo.cashlink.de/api/external/oauth/token");
}

#[test]
fn where_the_token_endpoint_fails_the_call_does() {
    let mut host = module();
    host.call(create());
    let failed = host.answer(400, r#"{"error":"invalid_client"}"#);
    assert_eq!((&failed["step"], &failed["did_it_happen"]), (&json!("failed"), &json!("no")));
}

#[test]
fn a_walk_is_text_for_the_host_to_keep() {
    let mut host = module();
    host.call(list());
    host.answer(200, TOKEN);
    let next = "https://demo.cashlink.de/api/external/distributor/v2/investors/?page=2";
    let first = host.answer(200, &json!({ "next": next, "results": [{ "id": "a" }] }).to_string());
    assert_eq!(first["value"]["ids"], json!(["a"]));
    let walk = first["value"]["walk"].as_str().unwrap();

    // Another process, which never saw the first page.
    let mut host = module();
    host.call(json!({ "operation": "list_investors", "walk": walk }));
    assert_eq!(host.answer(200, TOKEN)["url"], next);
    let last = host.answer(200, r#"{"next":null,"results":[{"id":"b"}]}"#);
    assert_eq!(last["value"], json!({ "ids": ["b"], "walk": null }));
}

#[test]
fn what_comes_at_the_wrong_time_is_refused_and_changes_nothing() {
    let mut host = module();
    let refused =
        |said: Value, reason: &str| assert_eq!(said, json!({ "step": "refused", "reason": reason }));
    refused(host.wake(), "no call is going on");
    host.call(create());
    // On the token's way, then on the call's own.
    for answer in [TOKEN, CREATED] {
        refused(host.wake(), "the call waits for something else");
        refused(host.call(list()), "another call is going on");
        refused(host.answer(99, ""), "that is no status");
        assert_ne!(host.answer(200, answer)["step"], "refused");
    }
    refused(host.answer(200, CREATED), "no call is going on");
    host.call(create());
    let wait = host.fail(json!({ "how": "not_sent", "reason": "ECONNREFUSED" }));
    assert_eq!(wait["step"], "wait");
    refused(host.answer(200, CREATED), "the call waits for something else");
    assert_eq!(host.wake()["step"], "send");
}

#[test]
fn a_failure_is_told_as_the_protocol_knows_it() {
    let head = |status: u16| json!({ "status": status, "headers": [] });
    for (failure, happened) in [
        (json!({ "how": "too_large", "head": head(201) }), "yes"),
        (json!({ "how": "too_large", "head": head(403) }), "no"),
    ] {
        let mut host = module();
        host.call(create());
        host.answer(200, TOKEN);
        let failed = host.fail(failure);
        assert_eq!((&failed["step"], &failed["did_it_happen"]), (&json!("failed"), &json!(happened)));
    }
    // The status of a cut answer counts, and so do its headers.
    let mut host = module();
    host.call(create());
    host.answer(200, TOKEN);
    let head = json!({ "status": 503, "headers": [["retry-after", "7"]] });
    let wait = host.fail(json!({ "how": "cut", "head": head, "reason": "terminated" }));
    assert!(wait["micros"].as_u64() >= Some(7_000_000), "{wait}");
}

#[test]
fn a_header_has_a_character_for_each_byte() {
    let mut host = module();
    host.call(create());
    let head = |value: &str| json!({ "status": 200, "headers": [["x-request-id", value]] });
    for (value, step) in [("\u{20ac}", "refused"), ("a\nb", "refused"), ("\u{e4}", "send")] {
        let told = json!({ "tell": "answer", "head": head(value), "now": host.now() });
        assert_eq!(host.tell_with(told, TOKEN.as_bytes())["step"], step, "{value:?}");
    }
}

#[test]
fn what_is_no_message_is_refused_without_repeating_it() {
    let mut host = Host { machine: Machine::new(), micros: 0 };
    assert_eq!(host.call(create())["reason"], "the account is not known yet");
    for message in [
        json!({ "tell": "account", "base_url": "https://demo.cashlink.de", "client_id": "me", "client_secret": ["canary"] }),
        json!({ "tell": "account", "base_url": "http://canary.example", "client_id": "me", "client_secret": "s" }),
        json!({ "tell": "canary" }),
        json!("canary"),
    ] {
        let said = host.tell(message);
        assert_eq!(said["step"], "refused");
        assert!(!said.to_string().contains("canary"), "{said}");
    }
    assert_eq!(
        Machine::new().turn(b""),
        b"{\"step\":\"refused\",\"reason\":\"that is no message (column 0)\"}\n"
    );
    let mut host = module();
    for call in
        [json!({ "operation": "list_investors", "walk": "{}" }), json!({ "operation": "delete_everything" })]
    {
        assert_eq!(host.call(call)["step"], "refused");
    }
    let again = json!({ "tell": "account", "base_url": "https://a.example", "client_id": "me", "client_secret": "s" });
    assert_eq!(host.tell(again)["reason"], "the account is known already");
}
