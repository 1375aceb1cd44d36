//! The adapter against the cases that every transport must pass.
#![cfg(feature = "rustls")]

use cashlink_conformance::asynchronous;
use cashlink_reqwest::Reqwest;

struct Adapter(tokio::runtime::Runtime);

impl asynchronous::Adapter for Adapter {
    type Transport = Reqwest;

    fn name(&self) -> &str {
        "cashlink-reqwest"
    }

    fn transport(&self) -> Reqwest {
        Reqwest::new(cashlink_reqwest::builder().unwrap().build().unwrap())
    }

    #[cfg(feature = "http2")]
    fn http2(&self) -> Option<Reqwest> {
        let builder = cashlink_reqwest::builder().unwrap().http2_prior_knowledge();
        Some(Reqwest::new(builder.build().unwrap()))
    }

    #[cfg(not(feature = "http2"))]
    fn declared(&self) -> Vec<cashlink_conformance::Declared> {
        vec![cashlink_conformance::Declared::case("http2-*").because("the feature `http2` is off")]
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }
}

#[test]
fn every_case_is_passed_or_declared_with_a_reason() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let report = asynchronous::run(&Adapter(runtime));
    println!("{report}");
    assert!(report.is_conformant(), "{report}");
}
