//! Whether a 401 is worth a new token (T32, T35).

use cashlink_core::http::{HeaderValue, Response, header};
use cashlink_core::partner::Partner;
use cashlink_core::{Bearer, bytes::Bytes};
use cashlink_core::{Certainty, Client, GaveUp, Step};

use crate::flow::{self, NOW};

/// A 401 asks for a new token, unless a Bearer challenge names another error than `invalid_token`; and it asks once.
///
/// Every line of the input is one `WWW-Authenticate`. It is accepted when a new token is asked for.
pub fn www_authenticate(input: &[u8]) -> bool {
    let value = |line: &[u8]| HeaderValue::from_bytes(line).ok();
    let values: Vec<HeaderValue> =
        input.split(|byte| *byte == b'\n').filter_map(value).take(HEADERS).collect();
    let client = flow::client(Partner::demo(), flow::policy());

    let asks = asks_for_new_token(&client, &values);
    let each_asks = values.iter().all(|value| asks_for_new_token(&client, std::slice::from_ref(value)));
    assert_eq!(asks, each_asks, "every header counts, and none for another");

    let challenges: Option<Vec<Vec<Challenge>>> =
        values.iter().map(|value| challenges(value.as_bytes())).collect();
    if let Some(challenges) = challenges {
        let names_another = challenges.iter().flatten().any(Challenge::names_another_error);
        assert_eq!(asks, !names_another, "{challenges:?}");
        // RFC 9110 §5.3: several headers are one, with commas between them.
        let joined = values.iter().map(HeaderValue::as_bytes).collect::<Vec<_>>().join(&b", "[..]);
        let joined = HeaderValue::from_bytes(&joined).expect("a comma and a space may be anywhere");
        assert_eq!(asks_for_new_token(&client, &[joined]), asks, "{challenges:?}");
    }
    asks
}

/// How many headers are looked at, each on its own and all together.
const HEADERS: usize = 6;

fn asks_for_new_token(client: &Client<Bearer>, values: &[HeaderValue]) -> bool {
    let (old, new) = (flow::token("old-t0k3n"), flow::token("new-t0k3n"));
    let refuse = |step: Step<Bytes>, token| {
        let outgoing = flow::send(step, token);
        let (request, pending) = outgoing.into_parts();
        assert!(request.headers()[header::AUTHORIZATION].is_sensitive());
        let mut answer = Response::new("");
        *answer.status_mut() = 401.try_into().expect("a status");
        for value in values {
            answer.headers_mut().append(header::WWW_AUTHENTICATE, value.clone());
        }
        pending.respond(NOW, answer)
    };
    let assert_over = |step, attempts, rejected| match step {
        Step::Done(Err(error)) => {
            assert_eq!(
                (error.status().map(|status| status.as_u16()), error.attempts()),
                (Some(401), attempts)
            );
            assert_eq!((error.gave_up(), error.certainty()), (GaveUp::Final, Certainty::NotApplied));
            assert_eq!(error.rejected_token(), rejected);
            assert!(error.is_auth());
        }
        other => panic!("a 401 is the end: {other:?}"),
    };

    match refuse(client.perform(&flow::read(), NOW, [5; 16]), &old) {
        Step::Authorize(need) => {
            assert_eq!(need.rejected(), Some(old.id()));
            assert_over(refuse(Step::Authorize(need), &new), 2, Some(new.id()));
            true
        }
        step => {
            assert_over(step, 1, None);
            false
        }
    }
}

/// A challenge as RFC 9110 §11.6.1 has it; names in lower case, quotes and escapes taken off.
#[derive(Debug)]
struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    /// An empty `error` names none.
    fn names_another_error(&self) -> bool {
        let mut errors = self.parameters.iter().filter(|(name, _)| name == "error").map(|(_, value)| value);
        self.scheme == "bearer"
            && errors.any(|error| !error.is_empty() && !error.eq_ignore_ascii_case("invalid_token"))
    }
}

/// The challenges of a header that keeps to the grammar; `None` for every other.
fn challenges(header: &[u8]) -> Option<Vec<Challenge>> {
    let mut challenges: Vec<Challenge> = Vec::new();
    for element in elements(header)? {
        let element = trim(&element);
        let (token, rest) = take_token(element);
        let after_space = trim(rest);
        if element.is_empty() {
            continue;
        }
        if token.is_empty() {
            return None;
        }
        if after_space.first() == Some(&b'=') {
            // A further parameter of the challenge before it, which has some already, and not this one.
            let (name, value) = parameter(element)?;
            let open = challenges.last_mut().filter(|challenge| !challenge.parameters.is_empty())?;
            if open.parameters.iter().any(|(known, _)| *known == name) {
                return None;
            }
            open.parameters.push((name, value));
            continue;
        }
        let parameters = match after_space {
            [] => Vec::new(),
            // A tab is no space here, and a scheme ends at nothing else.
            _ if rest.first() != Some(&b' ') => return None,
            token68 if is_token68(token68) => Vec::new(),
            other => vec![parameter(other)?],
        };
        challenges.push(Challenge { scheme: lower(token), parameters });
    }
    Some(challenges)
}

/// What stands between commas that are not in quotes.
fn elements(header: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (mut elements, mut quoted, mut escaped) = (vec![Vec::new()], false, false);
    for &byte in header {
        match byte {
            b',' if !quoted => {
                elements.push(Vec::new());
                continue;
            }
            b'"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = quoted && byte == b'\\' && !escaped;
        elements.last_mut()?.push(byte);
    }
    (!quoted).then_some(elements)
}

fn parameter(text: &[u8]) -> Option<(String, String)> {
    let (name, rest) = take_token(text);
    let value = trim(trim(rest).strip_prefix(b"=")?);
    let (token, behind) = take_token(value);
    let value = match value.strip_prefix(b"\"") {
        Some(quoted) => unquote(quoted)?,
        None if !token.is_empty() && behind.is_empty() => lossy(token),
        None => return None,
    };
    (!name.is_empty()).then(|| (lower(name), value))
}

/// The content of a quoted string, of which the opening quote is taken off, and nothing may follow.
fn unquote(text: &[u8]) -> Option<String> {
    let (mut value, mut bytes) = (Vec::new(), text.iter());
    loop {
        match bytes.next()? {
            b'"' => break,
            b'\\' => value.push(*bytes.next()?),
            byte => value.push(*byte),
        }
    }
    bytes.next().is_none().then(|| lossy(&value))
}

fn is_token68(text: &[u8]) -> bool {
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    end > 0 && text[..end].iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte))
}

fn take_token(text: &[u8]) -> (&[u8], &[u8]) {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    text.split_at(text.iter().position(|byte| !is_token(byte)).unwrap_or(text.len()))
}

fn trim(text: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = text.iter().position(|byte| !is_space(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1);
    &text[start..end]
}

fn lower(text: &[u8]) -> String {
    lossy(text).to_ascii_lowercase()
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Option<Vec<String>> {
        let shown = |challenge: Challenge| {
            let parameters = challenge.parameters.iter().map(|(name, value)| format!(" {name}={value}"));
            challenge.scheme.clone() + &parameters.collect::<String>()
        };
        challenges(header.as_bytes()).map(|challenges| challenges.into_iter().map(shown).collect())
    }

    #[test]
    fn challenges_are_what_the_rfc_says() {
        for (header, expected) in [
            ("", &[][..]),
            ("Bearer", &["bearer"]),
            (", Bearer ,,", &["bearer"]),
            (
                r#"Newauth realm="apps", type=1, title="a \"b\", c", Basic realm="s""#,
                &["newauth realm=apps type=1 title=a \"b\", c", "basic realm=s"],
            ),
            ("Negotiate YWJj+/==, Bearer error = x", &["negotiate", "bearer error=x"]),
            ("Bearer error=", &["bearer"]),
            ("Bearer  ERROR=x\t", &["bearer error=x"]),
        ] {
            assert_eq!(read(header).unwrap(), expected, "{header}");
        }
        for other in [
            "realm=x",
            "Bearer, error=x",
            "Bearer abc, error=x",
            "Bearer\terror=x",
            "Bearer error=x error=y",
            "Bearer error=x, error=y",
            "Bearer error=\"x",
            "Bearer error=\"x\"y",
            "Bearer =x",
            "\"x\"",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
