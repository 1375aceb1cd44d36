//! The adapter against the cases that every transport must pass.
#![cfg(feature = "rustls-ring")]

use cashlink_conformance::asynchronous;
use cashlink_hyper::{Https, Hyper, Pooled, TokioTimer, builder, connector, failure};

struct Adapter {
    runtime: tokio::runtime::Runtime,
    connector: Https,
}

impl asynchronous::Adapter for Adapter {
    type Transport = Pooled<Https>;

    fn name(&self) -> &str {
        "cashlink-hyper"
    }

    fn transport(&self) -> Self::Transport {
        Hyper::new(builder().build(self.connector.clone()), failure, TokioTimer::default())
    }

    #[cfg(feature = "http2")]
    fn http2(&self) -> Option<Self::Transport> {
        let client = builder().http2_only(true).build(self.connector.clone());
        Some(Hyper::new(client, failure, TokioTimer::default()))
    }

    #[cfg(not(feature = "http2"))]
    fn declared(&self) -> Vec<cashlink_conformance::Declared> {
        vec![cashlink_conformance::Declared::case("http2-*").because("the feature `http2` is off")]
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

#[test]
fn every_case_is_passed_or_declared_with_a_reason() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let report = asynchronous::run(&Adapter { runtime, connector: connector().unwrap() });
    println!("{report}");
    assert!(report.is_conformant(), "{report}");
}
