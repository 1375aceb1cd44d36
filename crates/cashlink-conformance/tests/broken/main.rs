//! The suite itself: a transport that does everything right passes it, in both worlds, and one that does one thing wrong
//! fails exactly the cases that are made for that.

mod defects;
mod plain;

use cashlink_conformance::{Declared, Report, blocking};

use defects::Defect;
use plain::Plain;

struct Adapter(Option<Defect>);

impl blocking::Adapter for Adapter {
    type Transport = Plain;

    fn name(&self) -> &str {
        "plain"
    }

    fn transport(&self) -> Plain {
        self.0.map_or_else(Plain::default, Plain::with)
    }

    fn declared(&self) -> Vec<Declared> {
        vec![Declared::case("http2-*").because("it speaks HTTP/1.1 only")]
    }
}

fn failed(report: &Report) -> Vec<&'static str> {
    report.failed().map(|outcome| outcome.case.name()).collect()
}

#[test]
fn a_transport_without_a_defect_passes() {
    let report = blocking::run(&Adapter(None));
    assert!(report.is_conformant(), "{report}");
}
