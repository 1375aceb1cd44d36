//! Misuse doesn't compile. Each folder of `tests/ui` holds one mistake and the same program without it, as in the core.
#![cfg(feature = "sqlite")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each case, with the code of the compiler's error, or of the lint that the case denies: a case that fails for another reason
/// proves nothing.
const CASES: [(&str, &str); 11] = [
    ("claim_built", "E0624"),
    ("claim_cloned", "E0277"),
    ("claim_within_a_transaction", "E0308"),
    ("decision_dropped", "unused_must_use"),
    ("entry_called", "E0599"),
    ("intent_called", "E0599"),
    ("performed_twice", "E0382"),
    ("row_called", "E0599"),
    ("settlement_built", "E0624"),
    ("staged_called", "E0599"),
    ("unproved_body_recorded", "E0277"),
];

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui")
}

#[test]
fn misuse_does_not_compile_and_the_same_without_the_mistake_does() {
    let cases = trybuild::TestCases::new();
    for (case, _) in CASES {
        cases.compile_fail(format!("tests/ui/{case}/refused.rs"));
        cases.pass(format!("tests/ui/{case}/accepted.rs"));
    }
}

#[test]
fn every_case_is_in_the_list() {
    let listed: BTreeSet<String> = CASES.iter().map(|(case, _)| (*case).into()).collect();
    let found: BTreeSet<String> =
        fs::read_dir(ui()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(listed, found);
}

#[test]
fn each_case_is_refused_for_its_own_reason_and_for_no_other() {
    for (case, reason) in CASES {
        let message = fs::read_to_string(ui().join(case).join("refused.stderr")).unwrap();
        let errors: Vec<_> = message.lines().filter(|line| line.starts_with("error")).collect();
        assert_eq!(errors.len(), 1, "{case}: {errors:?}");
        let named = if reason.starts_with('E') {
            errors[0].starts_with(&format!("error[{reason}]: "))
        } else {
            errors[0].contains("must be used") && message.contains(&format!("#![deny({reason})]"))
        };
        assert!(named, "{case} is refused by {:?}, not by {reason}", errors[0]);
    }
}
