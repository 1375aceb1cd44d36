//! What a report says of declarations, over async transports that have no runtime and send nothing.

use std::future::poll_fn;
use std::task::Poll;

use cashlink_client::Limits;
use cashlink_client::asynchronous::{Outbound, Transport};
use cashlink_client::core::Failure;
use cashlink_client::core::bytes::Bytes;
use cashlink_client::core::http::{Request, Response};
use cashlink_conformance::{Case, Declared, Report, Verdict, asynchronous};

/// Says truly that nothing was sent, after the waker was needed once.
struct Nowhere;

impl Transport for Nowhere {
    async fn send(&self, _: Request<Outbound>, _: Limits) -> Result<Response<Bytes>, Failure> {
        let mut asked = false;
        poll_fn(|context| {
            if std::mem::replace(&mut asked, true) {
                return Poll::Ready(());
            }
            let waker = context.waker().clone();
            std::thread::spawn(move || waker.wake());
            Poll::Pending
        })
        .await;
        Err(Failure::not_sent("there is no way out"))
    }
}

struct Adapter(Vec<Declared>);

impl asynchronous::Adapter for Adapter {
    type Transport = Nowhere;

    fn name(&self) -> &str {
        "nowhere"
    }

    fn transport(&self) -> Nowhere {
        Nowhere
    }

    fn declared(&self) -> Vec<Declared> {
        self.0.clone()
    }
}

fn report(declared: Vec<Declared>) -> Report {
    asynchronous::run(&Adapter(declared))
}

fn verdict(report: &Report, name: &str) -> Verdict {
    let outcome = report.outcomes().iter().find(|outcome| outcome.case.name() == name);
    outcome.map(|outcome| outcome.verdict.clone()).unwrap()
}

/// The two that such a transport passes.
const PASSED: [&str; 2] = ["connection-refused", "connect-timeout"];

/// A declaration for every other case.
fn all_others() -> Vec<Declared> {
    let others = Case::all().map(Case::name).filter(|name| !PASSED.contains(name));
    others.map(|name| Declared::case(name).because("it sends nothing")).collect()
}

#[test]
fn what_is_not_passed_and_not_declared_fails_and_the_table_says_why() {
    let report = report(vec![]);
    assert!(!report.is_conformant());
    let passed = report.outcomes().iter().filter(|outcome| outcome.verdict == Verdict::Passed);
    assert!(passed.map(|outcome| outcome.case.name()).eq(PASSED));
    let table = report.to_string();
    for case in Case::all() {
        let line = table.lines().find(|line| line.split_whitespace().next() == Some(case.name()));
        assert!(line.is_some_and(|line| line.ends_with(case.rows().last().unwrap_or(&"–"))), "{case:?}");
        assert_eq!(table.contains(case.reason()), !PASSED.contains(&case.name()), "{case:?}");
    }
    assert!(table.contains("http2-answer"));
    assert!(table.ends_with(&format!(
        "{0} cases: 2 passed, 0 declared, {1} failed",
        Case::all().count(),
        Case::all().count() - 2
    )));
}

#[test]
fn what_is_declared_is_listed_with_its_reason_and_with_what_was_found() {
    let report = report(all_others());
    assert!(report.is_conformant(), "{report}");
    let Verdict::Declared { reason, found } = verdict(&report, "http2-answer") else { panic!("{report}") };
    assert_eq!((&*reason, &*found), ("it sends nothing", "no transport that speaks HTTP/2 was given"));
    assert!(report.to_string().contains("declared: it sends nothing"));
}

#[test]
fn what_is_declared_and_passes_is_a_fault() {
    let mut declared = all_others();
    declared.push(Declared::case("connect-timeout").because("it was so once"));
    let report = report(declared);
    assert!(!report.is_conformant());
    assert_eq!(verdict(&report, "connect-timeout"), Verdict::DeclaredInVain);
    assert!(report.failed().map(|outcome| outcome.case.name()).eq(["connect-timeout"]));
}

#[test]
fn a_declaration_of_no_case_or_without_a_reason_is_a_fault() {
    for (idle, said) in [
        (
            Declared::case("http3-*").because("it is new"),
            "declared, but no case is called so: http3-*: it is new",
        ),
        (Declared::case("http2-*"), "declared without a reason: http2-*: "),
        (Declared::case("http2-*").because(" "), "declared without a reason: http2-*:  "),
    ] {
        let mut declared = all_others();
        declared.push(idle);
        let report = report(declared);
        assert!(!report.is_conformant(), "{said}");
        assert!(report.to_string().contains(said), "{report}");
        assert_eq!(report.failed().count(), 0, "{said}");
    }
}

#[test]
fn every_case_has_a_name_of_its_own_a_reason_and_rows_that_exist() {
    let model = include_str!("../../../THREAT_MODEL.md");
    let mut names: Vec<_> = Case::all().map(Case::name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    for case in Case::all() {
        assert!(!case.reason().is_empty(), "{case:?}");
        assert_eq!(case.needs_http2(), case.name().starts_with("http2-"), "{case:?}");
        for row in case.rows() {
            assert!(model.contains(&format!("\n| {row} |")), "{case:?}: {row}");
        }
    }
}
