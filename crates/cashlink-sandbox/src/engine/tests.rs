use crate::config::Config;
use crate::faults::{Armed, Delay, Disruption};
use crate::scene::{Ask, CASHLINK, INVESTORS, Scene, TOKEN, investor};
use crate::store::Kind;
use serde_json::json;
use std::time::Duration;

fn create(key: &str) -> Ask {
    Ask::post(INVESTORS).key(key).json(&investor())
}

#[test]
fn a_dropped_response_had_its_effect_and_the_same_key_brings_it_back() {
    let mut scene = Scene::new();
    let lost = scene.distributor(create("k").fault("drop-response"));
    assert_eq!(lost.extensions.get(), Some(&Disruption::Drop));
    assert_eq!(scene.sandbox.count(Kind::Investor), 1);
    let again = scene.distributor(create("k"));
    assert_eq!((again.status, &again.text), (201, &lost.text));
    assert_eq!(again.extensions.get::<Disruption>(), None);
    assert_eq!(scene.sandbox.count(Kind::Investor), 1);
    assert_eq!(scene.sandbox.replays(), 1);
}

#[test]
fn a_dropped_request_had_no_effect() {
    let mut scene = Scene::new();
    let lost = scene.distributor(create("k").fault("drop-request"));
    assert_eq!(lost.extensions.get(), Some(&Disruption::Drop));
    assert_eq!((scene.sandbox.count(Kind::Investor), scene.sandbox.stored_keys()), (0, 0));
}

#[test]
fn an_injected_status_replaces_the_effect_and_is_not_kept_for_the_key() {
    let mut scene = Scene::new();
    let told = scene.distributor(create("k").fault("status=503;retry-after=2"));
    assert_eq!((told.status, told.header("retry-after")), (503, Some("2")));
    assert_eq!(told.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!((scene.sandbox.count(Kind::Investor), scene.sandbox.stored_keys()), (0, 0));
    assert_eq!(scene.distributor(create("k")).status, 201);
}

#[test]
fn an_injected_status_after_the_effect_hides_it() {
    let mut scene = Scene::new();
    assert_eq!(scene.distributor(create("k").fault("status=502;after-effect")).status, 502);
    assert_eq!(scene.sandbox.count(Kind::Investor), 1);
    assert_eq!(scene.distributor(create("k")).status, 201);
    assert_eq!((scene.sandbox.count(Kind::Investor), scene.sandbox.replays()), (1, 1));
}

#[test]
fn a_throttled_request_is_told_so_in_the_frameworks_words() {
    let told = Scene::new().user(Ask::post(CASHLINK).fault("status=429;retry-after=1"));
    told.is(429, json!({"detail": "Request was throttled. Expected available in 1 second."}));
    assert_eq!(told.header("retry-after"), Some("1"));
    Scene::new()
        .user(Ask::post(CASHLINK).fault("status=429"))
        .is(429, json!({"detail": "Request was throttled."}));
}

#[test]
fn retry_after_as_a_date_is_measured_from_the_answers_own_date() {
    let told = Scene::new().user(Ask::post(CASHLINK).fault("status=503;retry-after-date=90"));
    assert_eq!(told.header("date"), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
    assert_eq!(told.header("retry-after"), Some("Tue, 14 Nov 2023 22:14:50 GMT"));
}

#[test]
fn a_cut_body_is_whole_in_the_engine_and_marked_for_its_carrier() {
    let mut scene = Scene::new();
    let told = scene.distributor(create("k").fault("cut-body=10,delay=200"));
    assert_eq!(told.extensions.get(), Some(&Disruption::Cut { bytes: 10 }));
    assert_eq!(told.extensions.get(), Some(&Delay(Duration::from_millis(200))));
    assert!(told.json()["id"].is_string());
}

#[test]
fn an_expired_token_is_the_one_that_the_request_shows() {
    let mut scene = Scene::new();
    let (one, other) = (scene.token(), scene.token());
    assert_eq!(scene.ask(Ask::get(INVESTORS).bearer(&one).fault("expire-token")).status, 401);
    assert_eq!(scene.ask(Ask::get(INVESTORS).bearer(&one)).status, 401);
    assert_eq!(scene.ask(Ask::get(INVESTORS).bearer(&other)).status, 200);
}

#[test]
fn an_armed_fault_meets_the_next_request_that_fits_and_a_header_goes_first() {
    let mut scene = Scene::new();
    scene
        .sandbox
        .arm(Armed::new("status=500".parse().unwrap()).method(http::Method::POST).path_prefix(INVESTORS));
    assert_eq!(scene.distributor(Ask::get(INVESTORS)).status, 200);
    assert_eq!(scene.distributor(create("k").fault("status=502")).status, 502);
    assert_eq!(scene.distributor(create("k")).status, 500);
    assert_eq!(scene.distributor(create("k")).status, 201);
    assert_eq!(scene.sandbox.armed().count(), 0);
}

#[test]
fn a_misspelt_fault_is_refused_and_has_no_effect() {
    let mut scene = Scene::new();
    let told = scene.distributor(create("k").fault("drop-respnse"));
    told.is(
        400,
        json!({"detail": "X-Sandbox-Fault is not a fault: there is no fault written \"drop-respnse\""}),
    );
    assert_eq!(scene.sandbox.count(Kind::Investor), 0);
}

#[test]
fn requests_are_counted_with_method_and_path_whatever_becomes_of_them() {
    let mut scene = Scene::new();
    scene.distributor(create("a"));
    scene.distributor(create("b").fault("drop-request"));
    scene.distributor(Ask::get(INVESTORS));
    scene.ask(Ask::get(&format!("{INVESTORS}?page=9")));
    let statistics = scene.sandbox.statistics();
    assert_eq!(statistics.requests(&http::Method::POST, INVESTORS), 2);
    assert_eq!(statistics.requests(&http::Method::GET, INVESTORS), 2);
    assert_eq!(statistics.token_requests(), 3);
    assert_eq!(statistics.total(), 7);
    assert_eq!(
        statistics.iter().collect::<Vec<_>>(),
        [(format!("GET {INVESTORS}"), 2), (format!("POST {INVESTORS}"), 2), (format!("POST {TOKEN}"), 3)]
    );
}

#[test]
fn the_same_seed_and_requests_give_the_same_answers_and_another_seed_other_ids() {
    let run = |seed| {
        let config = Config { seed, ..Config::default() };
        let mut scene = Scene::of(config);
        [scene.token(), scene.investor("k"), scene.distributor(Ask::get(INVESTORS)).text]
    };
    assert_eq!(run(1), run(1));
    for (one, other) in run(1).iter().zip(&run(2)) {
        assert_ne!(one, other);
    }
}

#[test]
fn every_answer_is_dated_by_the_time_that_came_in_up_to_the_end_of_the_format() {
    let mut scene = Scene::new();
    scene.now = Duration::ZERO;
    assert_eq!(scene.ask(Ask::get("/")).header("date"), Some("Thu, 01 Jan 1970 00:00:00 GMT"));
    scene.now = Duration::MAX;
    assert_eq!(scene.ask(Ask::get("/")).header("date"), Some("Fri, 31 Dec 9999 23:59:59 GMT"));
    // Nor does anything overflow where a lifetime or a delay is added to it.
    assert_eq!(scene.ask(Ask::get("/").fault("status=503;retry-after-date=99")).status, 503);
    scene.token();
}
