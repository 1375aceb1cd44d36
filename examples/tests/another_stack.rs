//! The fourth adapter against the cases that every transport must pass; what its client can't do stands here.

#[path = "../another_stack.rs"]
mod another_stack;

use another_stack::Attohttpc;
use cashlink_conformance::{Declared, blocking};

struct Adapter;

impl blocking::Adapter for Adapter {
    type Transport = Attohttpc;

    fn name(&self) -> &str {
        "attohttpc"
    }

    fn transport(&self) -> Attohttpc {
        Attohttpc
    }

    fn declared(&self) -> Vec<Declared> {
        let silence = "attohttpc has no time-out for writing: a server that stops reading holds it";
        let interim = "attohttpc takes a 1xx answer for the answer";
        let kept = "attohttpc opens a connection for every request";
        vec![
            Declared::case("http2-*").because("attohttpc speaks HTTP/1.1 only"),
            Declared::case("upload-streamed").because(silence),
            Declared::case("upload-silence").because(silence),
            Declared::case("expect-continue").because(interim),
            Declared::case("interim-answers").because(interim),
            Declared::case("endless-interim").because(interim),
            Declared::case("broken-head").because("attohttpc doesn't look at an answer's version"),
            Declared::case("body-in-chunks").because("attohttpc doesn't read past a chunked body's trailers"),
            Declared::case("kept-connection-lost").because(kept),
            Declared::case("kept-connection-reset").because(kept),
        ]
    }
}

#[test]
fn every_case_is_passed_or_declared_with_a_reason() {
    let report = blocking::run(&Adapter);
    println!("{report}");
    assert!(report.is_conformant(), "{report}");
}
