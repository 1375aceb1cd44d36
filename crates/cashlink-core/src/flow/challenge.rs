//! What a 401 says about itself: the `error` of a `WWW-Authenticate: Bearer` challenge (RFC 6750 §3).

use alloc::string::String;

use http::{HeaderMap, header};

/// Whether a 401 may mean that the token is no longer good, so that a new one is worth a try.
///
/// Cashlink's own header is undocumented, so any 401 counts, unless a Bearer challenge names another error than
/// `invalid_token`: a new token has the same scopes as the old one (T32).
pub(super) fn asks_for_new_token(headers: &HeaderMap) -> bool {
    headers.get_all(header::WWW_AUTHENTICATE).iter().all(|value| {
        // What is beyond ASCII may be in a realm, and is never in what is looked for.
        !names_another_error(&String::from_utf8_lossy(value.as_bytes()))
    })
}

/// Whether a Bearer challenge has an `error` other than `invalid_token`. What can't be read says nothing, and neither does
/// an `error` without content.
fn names_another_error(header: &str) -> bool {
    let mut rest = skip_space(header);
    let mut in_bearer = false;
    while !rest.is_empty() {
        let (word, after) = take_token(rest);
        if word.is_empty() {
            // A comma, an `=` of a token68, or something that can't be read: the next character may begin a word.
            let mut characters = rest.chars();
            characters.next();
            rest = characters.as_str();
            continue;
        }
        let after_space = skip_space(after);
        match after_space.strip_prefix('=') {
            Some(value) => {
                let (value, after_value) = take_value(skip_space(value));
                let is_error = in_bearer && word.eq_ignore_ascii_case("error");
                if is_error && !value.is_empty() && !is_invalid_token(value) {
                    return true;
                }
                rest = after_value;
            }
            None => {
                in_bearer = word.eq_ignore_ascii_case("bearer");
                rest = after_space;
            }
        }
    }
    false
}

/// A backslash in quotes stands for the character behind it (RFC 9110 §5.6.4); outside of them, no token has one.
fn is_invalid_token(value: &str) -> bool {
    let mut escaped = false;
    let unescaped = value.chars().filter(|character| {
        escaped = *character == '\\' && !escaped;
        !escaped
    });
    unescaped.map(|character| character.to_ascii_lowercase()).eq("invalid_token".chars())
}

fn skip_space(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

fn take_token(text: &str) -> (&str, &str) {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~/".contains(c);
    let end = text.find(|c| !is_token(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// A token, or what stands between quotes, with its escapes.
fn take_value(text: &str) -> (&str, &str) {
    let Some(quoted) = text.strip_prefix('"') else { return take_token(text) };
    let mut escaped = false;
    for (at, character) in quoted.char_indices() {
        match character {
            '"' if !escaped => {
                let (value, rest) = quoted.split_at_checked(at).unwrap_or((quoted, ""));
                return (value, rest.strip_prefix('"').unwrap_or(rest));
            }
            _ => escaped = character == '\\' && !escaped,
        }
    }
    (quoted, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn verdict(challenges: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for challenge in challenges {
            headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_bytes(challenge.as_bytes()).unwrap());
        }
        asks_for_new_token(&headers)
    }

    #[test]
    fn t32_any_401_asks_for_a_new_token_unless_it_names_another_error() {
        for new_token in [
            &[][..],
            &[""],
            &["Bearer"],
            &["Bearer realm=\"api\""],
            &["bearer error=\"invalid_token\""],
            &["Bearer error=invalid_token"],
            &["Bearer realm=\"error=\\\"insufficient_scope\\\"\", error=\"invalid_token\""],
            &["Basic realm=\"x\""],
            &["Basic error=\"insufficient_scope\""],
            &["Bearer error_description=\"insufficient_scope\""],
            &["Bearer realm=\"unclosed, error=insufficient_scope"],
            &["Token, ,, =, \"", "Bearer error=\"invalid_token\""],
            // Where a reader by RFC 9110's grammar (the fuzz target `www_authenticate`) once disagreed.
            &["Bearer error=\"invalid\\_token\""],
            &["Bearer error=="],
            &["Bearer error=\"\""],
            &["Bearer error=INVALID_TOKEN"],
        ] {
            assert!(verdict(new_token), "{new_token:?}");
        }
        for no_new_token in [
            &["Bearer error=\"insufficient_scope\""][..],
            &["Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"x\""],
            &["BEARER Error = \"invalid_request\""],
            &["Basic realm=\"a\", Bearer error=insufficient_scope"],
            &["Bearer error=\"invalid_token\"", "Bearer error=\"insufficient_scope\""],
            // Where the same reader once disagreed.
            &["Bearer error=\"invalid_token\", Bearer error=\"insufficient_scope\""],
            &["Bearer realm=\"H\u{e4}ndler\", error=\"insufficient_scope\""],
            // Behind a quote that is escaped, and a backslash that is; and an escaped backslash is one.
            &["Bearer realm=\"a\\\"b\", error=\"insufficient_scope\""],
            &["Bearer realm=\"a\\\\\", error=\"insufficient_scope\""],
            &["Bearer error=\"invalid\\\\_token\""],
            &["Bearer\terror\t=\tinsufficient_scope"],
        ] {
            assert!(!verdict(no_new_token), "{no_new_token:?}");
        }
    }

    /// RFC 9110 §5.6.2: what belongs to a word, and what ends it. A `/` belongs to one too: a token68 has it.
    #[test]
    fn an_error_is_a_whole_name_and_not_the_end_of_another_word() {
        for code in (0x20..=0x7E_u8).filter(|code| !b"\"\\".contains(code)) {
            let in_word = code.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~/".contains(&code);
            let challenge = alloc::format!("Bearer a=b{}error=insufficient_scope", char::from(code));
            assert_eq!(verdict(&[&challenge]), in_word, "{challenge}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_to_its_end(text in "[ -~é]{0,80}") {
            let _ = names_another_error(&text);
        }
    }
}
