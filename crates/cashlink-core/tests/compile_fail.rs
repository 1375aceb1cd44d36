//! Misuse doesn't compile. Each folder of `tests/ui` holds one mistake (`refused.rs`, with the compiler's message in
//! `refused.stderr`) and the same program without it (`accepted.rs`), which compiles and runs: so it is the mistake that
//! is refused, and nothing else.
//!
//! After a change that moves a message: `TRYBUILD=overwrite cargo test -p cashlink-core --test compile_fail`, and read
//! the difference.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each case, with the code of the compiler's error, or of the lint that the case denies: a message may be reworded, but
/// a case that fails for another reason proves nothing.
const CASES: [(&str, &str); 30] = [
    ("address_of_an_individual", "E0599"),
    ("api_by_a_stranger", "E0277"),
    ("app_key_for_user_key", "E0271"),
    ("call_dropped", "unused_must_use"),
    ("cashlink_of_2018_without_type", "E0061"),
    ("create_without_key", "E0061"),
    ("credential_by_a_stranger", "E0277"),
    ("credential_of_the_other_api", "E0271"),
    ("document_id_for_investor_id", "E0308"),
    ("event_of_an_unverified_body", "E0624"),
    ("key_for_allocation_signature", "E0308"),
    ("notice_from_json", "E0277"),
    ("notice_of_a_stranger", "E0451"),
    ("operation_dropped", "unused_must_use"),
    ("partner_operation_on_payments_client", "E0271"),
    ("payments_operation_on_partner_client", "E0271"),
    ("pending_answered_twice", "E0382"),
    ("pending_dropped", "unused_must_use"),
    ("product_without_price", "E0061"),
    ("request_sent_twice", "E0382"),
    ("response_to_a_wait", "E0599"),
    ("secret_compared", "E0369"),
    ("secret_printed", "E0277"),
    ("secret_serialised", "E0277"),
    ("step_dropped", "unused_must_use"),
    ("step_used_after_its_answer", "E0382"),
    ("task_submitted_again", "E0277"),
    ("upload_without_key", "E0061"),
    ("user_key_for_app_key", "E0271"),
    ("verified_by_a_stranger", "E0451"),
];

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui")
}

fn read(case: &str, file: &str) -> String {
    let path = ui().join(case).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
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
        let message = read(case, "refused.stderr");
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

#[test]
fn the_compilers_messages_name_no_path_of_any_machine() {
    for (case, _) in CASES {
        for line in read(case, "refused.stderr").lines() {
            let Some((_, place)) = line.split_once("--> ").or_else(|| line.split_once("::: ")) else {
                continue;
            };
            let relative = ["tests/ui/", "src/", "$WORKSPACE/", "$CARGO/", "$RUST/"];
            assert!(relative.iter().any(|start| place.starts_with(start)), "{case}: {line}");
        }
    }
}

#[test]
fn a_case_differs_from_its_control_in_the_mistake_alone() {
    for (case, _) in CASES {
        let (accepted, refused) = (read(case, "accepted.rs"), read(case, "refused.rs"));
        let lines = |of: &str, without: &str| {
            let known: BTreeSet<_> = without.lines().collect();
            of.lines().filter(|line| !known.contains(line)).count()
        };
        // The mistake, and the import or the parameter that goes with it.
        assert!(matches!(lines(&refused, &accepted), 1..=3), "{case}");
        assert!(lines(&accepted, &refused) <= 2, "{case}");
    }
}
