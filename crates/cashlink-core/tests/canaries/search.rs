//! The canaries, and the search for them: as they are, in base64, percent-encoded, in hex, and as lists of bytes.

use std::fmt::Write as _;
use std::sync::LazyLock;

/// In every secret: nobody may ever see it, not even in what is stored.
pub(crate) const SECRET: &str = "secret7d1f0c93";
/// In every text that is personal, or that a server or a user wrote: shown only to who asks for it by name.
pub(crate) const TOLD: &str = "told5ab81e6402";

/// A text that holds [`TOLD`] between other characters, as texts do. It is also a valid token, id and header value.
pub(crate) fn told(name: &str) -> String {
    format!("{name}-{TOLD}-x")
}

/// A text that holds [`SECRET`].
pub(crate) fn secret(name: &str) -> String {
    format!("{name}-{SECRET}-x")
}

struct Needle {
    mark: &'static str,
    form: &'static str,
    text: String,
    /// Base64 means something else in another case; everything else doesn't.
    any_case: bool,
}

static NEEDLES: LazyLock<Vec<Needle>> =
    LazyLock::new(|| [SECRET, TOLD].into_iter().flat_map(needles_of).collect());

fn needles_of(mark: &'static str) -> Vec<Needle> {
    let bytes = mark.as_bytes();
    let each = |write: fn(&mut String, u8), between: &str| {
        let pieces: Vec<String> = bytes
            .iter()
            .map(|byte| {
                let mut piece = String::new();
                write(&mut piece, *byte);
                piece
            })
            .collect();
        pieces.join(between)
    };
    let mut needles = vec![
        ("raw", mark.to_owned(), true),
        ("percent", each(|text, byte| write!(text, "%{byte:02x}").unwrap(), ""), true),
        ("hex", each(|text, byte| write!(text, "{byte:02x}").unwrap(), ""), true),
        ("escaped bytes", each(|text, byte| write!(text, "\\x{byte:02x}").unwrap(), ""), true),
        ("list of bytes", each(|text, byte| write!(text, "{byte}").unwrap(), ", "), true),
        ("list of bytes in hex", each(|text, byte| write!(text, "{byte:x}").unwrap(), ", "), true),
        ("list of bytes, one a line", each(|text, byte| write!(text, "{byte},").unwrap(), "\n"), true),
    ];
    for (form, alphabet) in [("base64", STANDARD), ("base64 for URLs", URL_SAFE)] {
        for alignment in 0..3 {
            needles.push((form, base64_of(bytes, alignment, alphabet), false));
        }
    }
    needles.into_iter().map(|(form, text, any_case)| Needle { mark, form, text, any_case }).collect()
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The digits that `bytes` alone decide when they stand `alignment` bytes behind a multiple of three.
fn base64_of(bytes: &[u8], alignment: usize, alphabet: &[u8; 64]) -> String {
    let bit = |place: usize| bytes[place / 8] >> (7 - place % 8) & 1;
    let first = (6 - alignment * 8 % 6) % 6;
    (first..)
        .step_by(6)
        .take_while(|start| start + 6 <= bytes.len() * 8)
        .map(|start| (start..start + 6).fold(0, |digit, place| digit << 1 | bit(place)))
        .map(|digit| char::from(alphabet[usize::from(digit)]))
        .collect()
}

/// Which canary stands in the text, and in which form.
pub(crate) fn find(text: &str, marks: &[&str]) -> Option<String> {
    let any_case = text.to_ascii_lowercase();
    let indented: String = any_case.lines().map(str::trim_start).collect::<Vec<_>>().join("\n");
    let found = NEEDLES.iter().filter(|needle| marks.contains(&needle.mark)).find(|needle| {
        if needle.any_case {
            any_case.contains(&needle.text) || indented.contains(&needle.text)
        } else {
            text.contains(&needle.text)
        }
    });
    found.map(|needle| format!("{} ({})", needle.mark, needle.form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_is_found_in_every_form_that_bytes_are_shown_in() {
        for mark in [SECRET, TOLD] {
            let bytes = mark.as_bytes();
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let percent: String = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
            let ascii: String = bytes.iter().map(|byte| format!("\\x{byte:02X}")).collect();
            for shown in [
                mark.to_owned(),
                mark.to_uppercase(),
                format!("{:?}", Some(mark)),
                format!("{bytes:?}"),
                format!("{bytes:#?}"),
                format!("{bytes:x?}"),
                hex.to_uppercase(),
                hex,
                percent.to_uppercase(),
                percent,
                ascii,
            ] {
                assert!(find(&format!("before{shown}after"), &[mark]).is_some(), "{shown}");
            }
            assert!(find(mark, &[]).is_none());
        }
        assert!(find("nothing of the kind", &[SECRET, TOLD]).is_none());
    }

    #[test]
    fn base64_is_found_wherever_the_canary_stands_in_what_was_encoded() {
        // By `printf '…' | base64`: the mark behind 0, 1, 2 and 3 other bytes.
        for encoded in [
            "c2VjcmV0N2QxZjBjOTM=",
            "OnNlY3JldDdkMWYwYzkzOg==",
            "aTpzZWNyZXQ3ZDFmMGM5Mzpx",
            "aWQ6c2VjcmV0N2QxZjBjOTM=",
        ] {
            assert!(find(&format!("Basic {encoded}"), &[SECRET]).is_some(), "{encoded}");
        }
    }
}
