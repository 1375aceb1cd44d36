//! What each fuzz target does with its input. A target itself is a shell of a few lines over the function of its name.
//!
//! The functions are an ordinary library, so that every build compiles them, and the tests below run them over
//! `corpus/` without a fuzzer. A function panics when a promise is broken, and returns whether the input was
//! accepted: a target whose corpus is refused altogether would prove nothing.

#![forbid(unsafe_code)]

use cashlink_core::money::{Currency, Money};

/// A fuzz target: its name, which is also that of its file and of its folder in `corpus/`, and what it does.
pub type Target = (&'static str, fn(&[u8]) -> bool);

/// Every target.
pub const TARGETS: &[Target] = &[("money", money)];

/// Money in its three forms: what is read prints as what it is, and reads back as the same amount at the same scale.
pub fn money(input: &[u8]) -> bool {
    let text = std::str::from_utf8(input).ok();

    let wire = serde_json::from_slice::<Money>(input).ok();
    let shown = text.and_then(|text| text.parse::<Money>().ok());
    if let Some(money) = &shown {
        assert_eq!(Some(money.to_string().as_str()), text, "what is shown has one spelling only");
    }
    let decimal = text.and_then(|text| Money::from_decimal(text, Currency::EUR).ok());

    let read: Vec<Money> = [wire, shown, decimal].into_iter().flatten().collect();
    for money in &read {
        let json = serde_json::to_vec(money).expect("money can be written");
        assert_same(money, &serde_json::from_slice(&json).expect("what was written can be read"));
        assert_same(money, &money.to_string().parse().expect("what was shown can be read"));
        let older = Money::from_decimal(&money.decimal().to_string(), money.currency().clone());
        assert_same(money, &older.expect("the older form can be read"));
    }
    !read.is_empty()
}

/// Equality of money leaves the scale out, which a round trip must not.
fn assert_same(left: &Money, right: &Money) {
    assert_eq!(left, right);
    assert_eq!((left.amount(), left.decimals()), (right.amount(), right.decimals()));
}

#[cfg(test)]
mod tests {
    use super::TARGETS;
    use std::{collections::BTreeSet, fs, path::Path};

    fn names(folder: &str) -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn every_target_is_listed_and_has_a_corpus() {
        let listed: BTreeSet<String> = TARGETS.iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names("fuzz_targets"), listed.iter().map(|name| format!("{name}.rs")).collect());
        assert_eq!(names("corpus"), listed);
    }

    #[test]
    fn every_seed_is_accepted_or_refused_as_its_name_says() {
        for (target, run) in TARGETS {
            let mut accepted = 0;
            for name in names(&format!("corpus/{target}")) {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target).join(&name);
                // Without a name that says so, it is what a fuzzer left here: it must only keep the promises.
                let verdict = run(&fs::read(&path).unwrap());
                match name.split_once('-').map(|(word, _)| word) {
                    Some("accepted") => assert!(verdict, "{target}/{name} was refused"),
                    Some("refused") => assert!(!verdict, "{target}/{name} was accepted"),
                    _ => assert!(!name.ends_with(".seed"), "{target}/{name}: accepted-… or refused-…?"),
                }
                accepted += u32::from(verdict);
            }
            assert!(accepted > 0, "nothing in corpus/{target} was accepted");
        }
    }
}
