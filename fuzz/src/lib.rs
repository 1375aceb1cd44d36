//! What each fuzz target does with its input. A target itself is a shell of a few lines over the function of its name.
//!
//! The functions are an ordinary library, so that every build compiles them, and the tests below run them over
//! `corpus/` without a fuzzer. A function panics when a promise is broken, and returns whether the input was
//! accepted: a target whose corpus is refused altogether would prove nothing.
//!
//! They use the core as anyone does, through its public API. Whatever they expect of it is said a second time here, by
//! `json` (what JSON is), by the small readers and models of the targets, and by other crates: `url` (what a link names), `multer`
//! and `mailparse` (what an upload is).

#![forbid(unsafe_code)]

mod choices;
mod corpus;
mod error_map;
mod flow;
mod intent_encoding;
mod journal_ops;
mod json;
mod money;
mod multipart;
mod page_and_next;
mod retry_after;
mod session;
mod timestamp;
mod token_issuer;
mod token_response;
mod url_origin;
mod webhook_event;
mod webhook_verify;
mod www_authenticate;

pub use corpus::corpus;
pub use error_map::error_map;
pub use intent_encoding::intent_encoding;
pub use journal_ops::journal_ops;
pub use money::money;
pub use multipart::multipart;
pub use page_and_next::page_and_next;
pub use retry_after::retry_after;
pub use session::session;
pub use timestamp::timestamp;
pub use token_issuer::token_issuer;
pub use token_response::token_response;
pub use url_origin::url_origin;
pub use webhook_event::webhook_event;
pub use webhook_verify::webhook_verify;
pub use www_authenticate::www_authenticate;

/// A fuzz target: its name, which is also that of its file and of its folder in `corpus/`, and what it does.
pub type Target = (&'static str, fn(&[u8]) -> bool);

/// Every target.
pub const TARGETS: &[Target] = &[
    ("error_map", error_map),
    ("intent_encoding", intent_encoding),
    ("journal_ops", journal_ops),
    ("money", money),
    ("multipart", multipart),
    ("page_and_next", page_and_next),
    ("retry_after", retry_after),
    ("session", session),
    ("timestamp", timestamp),
    ("token_issuer", token_issuer),
    ("token_response", token_response),
    ("url_origin", url_origin),
    ("webhook_event", webhook_event),
    ("webhook_verify", webhook_verify),
    ("www_authenticate", www_authenticate),
];

#[cfg(test)]
mod tests {
    use super::{TARGETS, corpus};
    use std::{collections::BTreeSet, fs, panic, path::Path};

    fn names(folder: &str) -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn every_target_is_listed_and_has_a_shell_and_a_corpus() {
        let listed: BTreeSet<String> = TARGETS.iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names("fuzz_targets"), listed.iter().map(|name| format!("{name}.rs")).collect());
        assert_eq!(names("corpus"), listed);

        let manifest = include_str!("../Cargo.toml");
        let built: BTreeSet<String> = manifest
            .split("[[bin]]\n")
            .skip(1)
            .map(|binary| binary.split('"').nth(1).unwrap().to_owned())
            .collect();
        assert_eq!(built, listed);
        for name in &listed {
            let seeds = names(&format!("corpus/{name}")).into_iter().filter(|name| name.ends_with(".seed"));
            assert!(seeds.count() >= 10, "corpus/{name} has fewer than ten seeds");
            // A shell that calls another target's function would go unnoticed otherwise.
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz_targets/{name}.rs"));
            assert!(fs::read_to_string(path).unwrap().contains(&format!("cashlink_fuzz::{name}(input)")));
        }
    }

    #[test]
    fn every_seed_is_accepted_or_refused_as_its_name_says() {
        let mut broken = Vec::new();
        for (target, run) in TARGETS {
            let mut accepted = 0;
            for (name, input) in corpus(target) {
                let verdict = panic::catch_unwind(|| run(&input));
                accepted += u32::from(matches!(verdict, Ok(true)));
                // Without a name that says so, it is what a fuzzer found: it must only keep the promises.
                match (name.split_once('-').map(|(word, _)| word), verdict) {
                    (_, Err(_)) => broken.push(format!("{target}/{name} breaks a promise")),
                    (Some("accepted"), Ok(true)) | (Some("refused"), Ok(false)) => {}
                    (Some("accepted"), Ok(false)) => broken.push(format!("{target}/{name} was refused")),
                    (Some("refused"), Ok(true)) => broken.push(format!("{target}/{name} was accepted")),
                    _ if name.ends_with(".seed") => {
                        broken.push(format!("{target}/{name}: accepted-… or refused-…?"))
                    }
                    _ => {}
                }
            }
            if accepted == 0 {
                broken.push(format!("nothing in corpus/{target} was accepted"));
            }
        }
        assert!(broken.is_empty(), "{broken:#?}");
    }
}
