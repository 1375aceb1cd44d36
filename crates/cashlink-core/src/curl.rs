//! A call as a `curl` command, for a support request or a terminal: without its credential, and unasked without what may be
//! about people.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt::{self, Write as _};

use http::{HeaderName, header};

use crate::credential::sealed::Authentication;
use crate::encoded::{API_KEY, API_VERSION, Encoded, IDEMPOTENCY_KEY};
use crate::settings::Settings;
use crate::{Call, Client, Credential};

/// A call as a command for a POSIX shell: [`Call::curl`]. `Display` writes it.
///
/// What is left out stands there as a variable of the shell or a file, so that the command runs once they are there:
/// - the credential, always: `$CASHLINK_TOKEN`, or `$CASHLINK_API_KEY` (T11);
/// - path and query, whose ids are about people (T12): `$CASHLINK_TARGET`, unless [`with_target`](Self::with_target);
/// - the body: the file `body.json`, or `body.bin`, unless [`with_body`](Self::with_body);
/// - values of headers that the library doesn't set itself: `$CASHLINK_HEADER_` and the name.
///
/// ```
/// use cashlink_core::partner::{Partner, distributor::GetInvestor};
/// use cashlink_core::{Bearer, Call, Client, Secret};
///
/// let client = Client::new(Partner::demo(), Bearer::client_credentials("my-client", Secret::new("s3cr3t"))?);
/// let call = Call::new(&GetInvestor::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?))?;
/// let command = call.curl(&client).to_string();
/// assert!(command.starts_with("curl --globoff -X 'GET' 'https://demo.cashlink.de/api/external/'\"$CASHLINK_TARGET\""));
/// assert!(command.contains("-H 'authorization: Bearer '\"$CASHLINK_TOKEN\""));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "it is written by `Display`"]
pub struct Curl {
    settings: Arc<Settings>,
    call: Arc<Encoded>,
    target: bool,
    body: bool,
}

impl<T, C: Credential> Call<T, C> {
    /// What this client would send, as a `curl` command without secrets and personal data.
    pub fn curl(&self, client: &Client<C>) -> Curl {
        let (settings, call) = (Arc::clone(client.settings()), Arc::clone(&self.encoded));
        Curl { settings, call, target: false, body: false }
    }
}

impl Curl {
    /// With path and query, which hold ids of people and objects.
    pub fn with_target(mut self) -> Self {
        self.target = true;
        self
    }

    /// With the body, where it is text and in memory: it holds personal data.
    pub fn with_body(mut self) -> Self {
        self.body = true;
        self
    }

    fn write_headers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.call.headers {
            match value.to_str() {
                Ok(value) if is_ours(name) => write_header(f, name, value, None)?,
                _ => write_header(f, name, "", Some(&variable(name)))?,
            }
        }
        if let Ok(user_agent) = self.settings.user_agent.to_str() {
            write_header(f, &header::USER_AGENT, user_agent, None)?;
        }
        let version = self.call.version.or(self.settings.version).and_then(|known| known.header_value().ok());
        if let Some(version) = version.as_ref().and_then(|version| version.to_str().ok()) {
            write_header(f, &API_VERSION, version, None)?;
        }
        match &self.settings.authentication {
            Authentication::ApiKey(_) => write_header(f, &API_KEY, "", Some("CASHLINK_API_KEY")),
            Authentication::Bearer(_) => {
                write_header(f, &header::AUTHORIZATION, "Bearer ", Some("CASHLINK_TOKEN"))
            }
        }
    }

    fn write_body(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = &self.call.body;
        if body.is_empty() {
            return Ok(());
        }
        let text = body.as_bytes().and_then(|bytes| core::str::from_utf8(bytes).ok());
        match text.filter(|text| self.body && !text.contains('\0')) {
            Some(text) => write!(f, " --data-raw {}", Quoted(text)),
            None if text.is_some() => f.write_str(" --data-binary @body.json"),
            None => f.write_str(" --data-binary @body.bin"),
        }
    }
}

impl fmt::Display for Curl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No globs: the brackets of an IPv6 address are none.
        write!(f, "curl --globoff -X {} ", Quoted(self.call.method.as_str()))?;
        let base = alloc::format!("{}", self.settings.base);
        match self.target {
            true => write!(f, "{}", Quoted(&alloc::format!("{base}{}", self.call.target())))?,
            false => write!(f, "{}\"$CASHLINK_TARGET\"", Quoted(&base))?,
        }
        self.write_headers(f)?;
        self.write_body(f)
    }
}

/// Only the name: a log that prints by `Debug` needs no command (T12).
impl fmt::Debug for Curl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Curl").field("name", &self.call.name).finish_non_exhaustive()
    }
}

/// Whether the library writes this header, so that nothing of a user's stands in it.
fn is_ours(name: &HeaderName) -> bool {
    *name == header::ACCEPT || *name == header::CONTENT_TYPE || *name == IDEMPOTENCY_KEY
}

fn write_header(
    f: &mut fmt::Formatter<'_>,
    name: &HeaderName,
    value: &str,
    variable: Option<&str>,
) -> fmt::Result {
    write!(f, " -H {}", Quoted(&alloc::format!("{name}: {value}")))?;
    variable.map_or(Ok(()), |variable| write!(f, "\"${variable}\""))
}

/// A header's name as that of a variable: letters, digits and underscores.
fn variable(name: &HeaderName) -> String {
    let plain = |byte: u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_uppercase() } else { b'_' };
    let name = name.as_str().bytes().map(plain).map(char::from);
    "CASHLINK_HEADER_".chars().chain(name).collect()
}

/// One word of a POSIX shell, in which nothing is expanded (Shell Command Language, section 2.2.2).
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for (place, piece) in self.0.split('\'').enumerate() {
            if place > 0 {
                f.write_str("'\\''")?;
            }
            f.write_str(piece)?;
        }
        f.write_char('\'')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use alloc::{format, vec};
    use proptest::prelude::*;
    use std::process::Command;

    use crate::partner::distributor::{CreateInvestor, GetInvestor};
    use crate::partner::{NaturalPerson, Partner};
    use crate::{Bearer, IdempotencyKey, Secret};

    /// The words that a shell makes of the text.
    fn words(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
        let output = Command::new("sh")
            .args(["-c", &format!("printf '%s\\0' {text}")])
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        output.split_terminator('\0').map(String::from).collect()
    }

    fn client() -> Client<Bearer> {
        Client::new(Partner::demo(), Bearer::client_credentials("my-client", Secret::new("s3cr3t")).unwrap())
    }

    #[test]
    fn t11_t12_a_command_holds_neither_credential_nor_person_unless_asked() {
        let person = NaturalPerson::new().forename("Ada").surname("O'Neill");
        let create = CreateInvestor::natural_person(IdempotencyKey::new("k-1").unwrap(), person, true);
        let call = Call::new(&create).unwrap().header("x-note", "personal").unwrap();
        let text = call.curl(&client()).to_string();
        for hidden in ["s3cr3t", "Ada", "Neill", "personal"] {
            assert!(!text.contains(hidden), "{text}");
        }
        assert!(text.contains("x-idempotency-key: k-1") && text.contains("@body.json"), "{text}");
        assert_eq!(
            format!("{:?}", call.curl(&client()).with_body()),
            "Curl { name: \"investors.create\", .. }"
        );

        let id = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
        let get = Call::new(&GetInvestor::new(id.parse().unwrap())).unwrap();
        assert!(!get.curl(&client()).to_string().contains(id));
        assert!(get.curl(&client()).with_target().to_string().contains(id));
    }

    #[test]
    fn a_shell_reads_back_what_is_sent() {
        let person = NaturalPerson::new().forename("Ada").surname("O'Neill $HOME `id`");
        let create = CreateInvestor::natural_person(IdempotencyKey::new("k-1").unwrap(), person, true);
        let call = Call::new(&create).unwrap().header("x-note", "it's").unwrap();
        let text = call.curl(&client()).with_body().to_string();
        let variables =
            [("CASHLINK_TOKEN", "t 1"), ("CASHLINK_TARGET", "a/"), ("CASHLINK_HEADER_X_NOTE", "it's")];
        let body = String::from_utf8(call.body().as_bytes().unwrap().to_vec()).unwrap();
        let read = words(&text, &variables);
        assert_eq!(
            read[..5],
            ["curl", "--globoff", "-X", "POST", "https://demo.cashlink.de/api/external/a/"]
        );
        for word in ["authorization: Bearer t 1", "x-note: it's", "x-idempotency-key: k-1", &body] {
            assert!(read.iter().any(|read| read == word), "{word} is not in {read:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_is_one_word_and_itself(text in "[^\0]{0,40}", more in "['\"$`\\\\!* \n;&|<>()]{0,12}") {
            let text = text + &more;
            prop_assert_eq!(words(&Quoted(&text).to_string(), &[]), vec![text]);
        }
    }
}
