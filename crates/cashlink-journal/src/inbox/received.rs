//! What is recorded of a webhook.

use std::fmt;

use cashlink_core::webhook::Content;
use sha2::{Digest, Sha256};

use super::{Authenticated, Kind, Notice, Source, StatusChanged, Verified};

/// A webhook that was proved to come from Cashlink, with all that is recorded of it. Nothing else becomes one.
///
/// ```
/// use cashlink_journal::core::{Secret, webhook::{Signer, Verifier, WebhookSecret}};
/// use cashlink_journal::inbox::{Kind, Received};
///
/// let secret = WebhookSecret::new(&Secret::new("s3cr3t"))?;
/// let headers = Signer::new(secret.clone()).headers(b"{}");
/// let verified = Verifier::new(secret).verify(&headers, b"{}")?;
/// assert_eq!(Received::from(&verified).kind(), Kind::Unreadable);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Received<'a> {
    source: Source,
    delivery: Vec<u8>,
    kind: Kind,
    subject: Option<String>,
    event: Option<String>,
    change: Option<StatusChanged>,
    credential_index: usize,
    body: &'a [u8],
}

impl<'a> From<&Verified<'a>> for Received<'a> {
    fn from(verified: &Verified<'a>) -> Self {
        let (kind, subject, event) = match verified.event() {
            Ok(event) => {
                let kind = match event.content {
                    Content::Paid(_) => Kind::Known,
                    _ => Kind::Unknown,
                };
                let name = Some(event.name()).filter(|name| can_be_kept(name));
                (kind, Some(event.business.as_str().to_owned()), name.map(str::to_owned))
            }
            Err(_) => (Kind::Unreadable, None, None),
        };
        let (credential_index, body) = (verified.secret_index(), verified.body());
        let delivery = verified.delivery_id().as_bytes().to_vec();
        Self { source: Source::Signed, delivery, kind, subject, event, change: None, credential_index, body }
    }
}

impl<'a> From<&Authenticated<'a>> for Received<'a> {
    fn from(authenticated: &Authenticated<'a>) -> Self {
        let body = authenticated.body();
        let (kind, change) = match authenticated.notice() {
            Ok(Notice::StatusChanged(change)) if can_be_kept(change.status.as_str()) => {
                (Kind::Known, Some(change))
            }
            Ok(Notice::StatusChanged(_)) => (Kind::Unreadable, None),
            Ok(_) => (Kind::Unknown, None),
            Err(_) => (Kind::Unreadable, None),
        };
        Self {
            source: Source::Authenticated,
            delivery: change.as_ref().map_or_else(|| Sha256::digest(body), digest).to_vec(),
            kind,
            subject: change.as_ref().map(|change| change.investment_id.as_str().to_owned()),
            event: change.as_ref().map(|change| change.status.as_str().to_owned()),
            change,
            credential_index: authenticated.credential_index(),
            body,
        }
    }
}

/// A text of PostgreSQL's holds every character but one, which JSON can write. Refused for ever, it would come again for ever.
fn can_be_kept(text: &str) -> bool {
    !text.contains('\0')
}

/// The same for equal changes, whatever else their bodies hold. The name in front keeps it apart from the hash of a body, which would
/// begin with JSON; neither of the first two has a line's end in it.
fn digest(change: &StatusChanged) -> sha2::digest::Output<Sha256> {
    let StatusChanged { investment_id, status, changed_at, .. } = change;
    let text = format!("status changed\n{investment_id}\n{}\n{}", changed_at.as_str(), status.as_str());
    Sha256::digest(text)
}

impl<'a> Received<'a> {
    /// Which generation's it is.
    #[must_use]
    pub fn source(&self) -> Source {
        self.source
    }

    /// By what it is known again (T55): 64 bytes of an older one's MAC, 32 of a newer one's hash.
    #[must_use]
    pub fn delivery(&self) -> &[u8] {
        &self.delivery
    }

    /// Who can do something with it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What it is about: see [`Entry::subject`](super::Entry::subject).
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// What happened: see [`Entry::event`](super::Entry::event).
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref()
    }

    /// The change of an investment's status, if it is one.
    #[must_use]
    pub fn change(&self) -> Option<&StatusChanged> {
        self.change.as_ref()
    }

    /// Which of the verifier's secrets, or of the tokens, proved it.
    #[must_use]
    pub fn credential_index(&self) -> i64 {
        i64::try_from(self.credential_index).unwrap_or(i64::MAX)
    }

    /// The bytes that were proved. **Personal data.**
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }
}

/// Without the body, what a server wrote, and what would tell who it is about (T11, T12).
impl fmt::Debug for Received<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("source", &self.source)
            .field("kind", &self.kind)
            .field("credential_index", &self.credential_index)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}
