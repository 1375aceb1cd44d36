//! The adapter against the cases that every transport must pass.

use cashlink_conformance::{Declared, blocking};
use cashlink_ureq::Ureq;

struct Adapter;

impl blocking::Adapter for Adapter {
    type Transport = Ureq;

    fn name(&self) -> &str {
        "cashlink-ureq"
    }

    fn transport(&self) -> Ureq {
        Ureq::default()
    }

    fn declared(&self) -> Vec<Declared> {
        vec![Declared::case("http2-*").because("ureq speaks HTTP/1.1 only")]
    }
}

#[test]
fn every_case_is_passed_or_declared_with_a_reason() {
    let report = blocking::run(&Adapter);
    println!("{report}");
    assert!(report.is_conformant(), "{report}");
}
