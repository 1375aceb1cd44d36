//! Misuse doesn't compile. Each folder of `tests/ui` holds one mistake and the same program without it, as in the core.
#![cfg(feature = "sqlite")]

use std::fs;
use std::path::Path;

/// Each case, with the code of the compiler's error: a case that fails for another reason proves nothing.
const CASES: [(&str, &str); 1] = [("unproved_body_recorded", "E0277")];

#[test]
fn misuse_does_not_compile_and_the_same_without_the_mistake_does() {
    let cases = trybuild::TestCases::new();
    for (case, _) in CASES {
        cases.compile_fail(format!("tests/ui/{case}/refused.rs"));
        cases.pass(format!("tests/ui/{case}/accepted.rs"));
    }
}

#[test]
fn each_case_is_refused_for_its_own_reason_and_for_no_other() {
    for (case, reason) in CASES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui").join(case).join("refused.stderr");
        let message = fs::read_to_string(&path).unwrap();
        let errors: Vec<_> = message.lines().filter(|line| line.starts_with("error")).collect();
        assert_eq!(errors.len(), 1, "{case}: {errors:?}");
        assert!(errors[0].starts_with(&format!("error[{reason}]: ")), "{case}: {}", errors[0]);
    }
}
