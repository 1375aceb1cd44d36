//! One whole flow with a token that is there: an investor is created, and the answer read. Nothing is sent.

use std::hint::black_box;

use bytes::Bytes;
use cashlink_core::Step;
use cashlink_core::partner::distributor::Investor;
use http::Response;

use super::Row;
use super::post::{Floor, NOW, Ours};

const ANSWER: &str = r#"{"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#;

fn answer() -> Response<Bytes> {
    Response::builder()
        .status(201)
        .header("content-type", "application/json")
        .header("date", "Wed, 18 Nov 2020 12:00:00 GMT")
        .body(Bytes::from_static(ANSWER.as_bytes()))
        .expect("an answer")
}

pub fn row() -> Row {
    let (ours, floor) = (Ours::new(), Floor::new());
    let by_us = move || {
        let (request, pending) = ours.request();
        black_box(request);
        let Step::Done(Ok(reply)) = pending.respond(NOW, answer()) else { panic!("an investor") };
        reply.value
    };
    let by_hand = move || {
        black_box(floor.request());
        let answer = answer();
        assert!(answer.status().is_success());
        serde_json::from_slice::<Investor>(answer.body()).expect("an investor")
    };
    assert_eq!(by_us().id, by_hand().id);
    Row::new("one whole flow").side("ours", by_us).side("floor", by_hand)
}
