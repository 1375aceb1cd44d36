//! The older generation's signature: `HMAC-SHA512(secret, raw body) == base64decode(Hook-Hmac)` (seed, *Security*).
//!
//! [`Verifier::verify`] allocates nothing. All of it is done on the raw bytes that came, and what is parsed later is the same slice
//! (T53).

use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName};
use sha2::Sha512;
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

use super::event::{self, Event};
use crate::answer::DecodeError;
use crate::{InvalidValue, Secret};

/// The header that carries the signature.
pub(super) static HOOK_HMAC: HeaderName = HeaderName::from_static("hook-hmac");

/// A whole HMAC-SHA512. Anything shorter is refused (T48).
pub(super) const MAC_LEN: usize = 64;

/// 64 bytes in base64, with the two `=` that they need.
const SIGNATURE_LEN: usize = 88;

/// Larger than any event that the documentation shows by three orders of magnitude.
const MAX_BODY: usize = 1024 * 1024;

/// What stands in for the secret of a business that isn't known, for the time that it takes and nothing else.
pub(super) const NOBODYS_KEY: &[u8] = b"nobody";

/// A secret that signs webhooks: handed over by Cashlink on registration, or the `hmac_secret` of a registered business.
///
/// Its raw bytes are the key: it is not decoded, even if it looks like base64 or hex (the vendor's own example passes the
/// text itself). It can't be empty (T52); its length is the vendor's choice otherwise.
///
/// ```
/// use cashlink_core::Secret;
/// use cashlink_core::webhook::WebhookSecret;
///
/// let secret = WebhookSecret::new(&Secret::new("hook-s3cr3t"))?;
/// assert!(WebhookSecret::new(&Secret::new("")).is_err());
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone)]
pub struct WebhookSecret(Hmac<Sha512>);

impl WebhookSecret {
    /// # Errors
    /// When the secret is empty.
    pub fn new(secret: &Secret) -> Result<Self, InvalidValue> {
        Self::keyed(secret.expose().as_bytes())
    }

    pub(super) fn keyed(key: &[u8]) -> Result<Self, InvalidValue> {
        const RULE: InvalidValue = InvalidValue::new("webhook secret", "must not be empty");
        if key.is_empty() {
            return Err(RULE);
        }
        // HMAC takes keys of any length.
        Hmac::new_from_slice(key).map(Self).map_err(|_| RULE)
    }

    /// The MAC of a body. The key was hashed when the secret was made.
    pub(super) fn mac(&self, body: &[u8]) -> [u8; MAC_LEN] {
        #[cfg(test)]
        super::calculations::count();
        self.0.clone().chain_update(body).finalize().into_bytes().into()
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// Verifies signed webhooks. It has at least one secret, and no way to be switched off (T52).
///
/// ```
/// use cashlink_core::Secret;
/// use cashlink_core::webhook::{Signer, Verifier, WebhookSecret};
///
/// let (current, next) = (WebhookSecret::new(&Secret::new("old"))?, WebhookSecret::new(&Secret::new("new"))?);
/// let verifier = Verifier::new(current).or(next.clone()); // while the secret is being exchanged
///
/// let body = br#"{"event":"cashlink.paid"}"#;
/// let headers = Signer::new(next).headers(body); // what Cashlink would send
/// let verified = verifier.verify(&headers, body)?;
/// assert_eq!(verified.secret_index(), 1);
/// assert!(verifier.verify(&headers, b"{}").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    first: WebhookSecret,
    others: Vec<WebhookSecret>,
    max_body: usize,
}

impl Verifier {
    /// Accepts what this secret signed, up to 1 MiB.
    #[must_use]
    pub fn new(secret: WebhookSecret) -> Self {
        Self { first: secret, others: Vec::new(), max_body: MAX_BODY }
    }

    /// Accepts what this secret signed as well: while secrets are exchanged, and for the events of several businesses at
    /// one URL ([`verify_for_business`] is stricter there).
    #[must_use]
    pub fn or(mut self, secret: WebhookSecret) -> Self {
        self.others.push(secret);
        self
    }

    /// Refuses bodies of more bytes before anything is calculated (T58). No limit of the vendor's is documented.
    ///
    /// This is about work. That a body of that size is never held in memory is up to the server which reads it.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Proves that Cashlink signed exactly this body: `body` is what came over the wire, byte for byte, before anybody
    /// parsed it.
    ///
    /// # Errors
    /// [`Refused`], whatever was wrong: the header is missing, there are two, it isn't 64 bytes in canonical base64 (T48,
    /// T50), no secret gives this MAC, or the body is too large. Answer 401, and nothing more. All secrets are tried
    /// whichever matches, and MACs are compared in constant time (T49).
    pub fn verify<'a>(&self, headers: &HeaderMap, body: &'a [u8]) -> Result<Verified<'a>, Refused> {
        if body.len() > self.max_body {
            return Err(Refused(()));
        }
        let signature = signature(headers).ok_or(Refused(()))?;
        let (mut found, mut index) = (same(&self.first.mac(body), &signature), 0_u32);
        for (place, secret) in (1_u32..).zip(&self.others) {
            let equal = same(&secret.mac(body), &signature);
            index.conditional_assign(&place, equal & !found);
            found |= equal;
        }
        if bool::from(found) {
            Ok(Verified { body, mac: signature, secret_index: index })
        } else {
            Err(Refused(()))
        }
    }
}

/// Whether both are the same, in constant time (T49): all eight words are compared, whichever differ. Byte by byte it takes a tenth of
/// the time that a MAC of a short body does.
fn same(mac: &[u8; MAC_LEN], signature: &[u8; MAC_LEN]) -> Choice {
    let (mut mac, mut signature, mut same) = (&mac[..], &signature[..], Choice::from(1));
    while let (Some((word, left)), Some((given, left_of_given))) =
        (mac.split_first_chunk(), signature.split_first_chunk())
    {
        same &= u64::from_ne_bytes(*word).ct_eq(&u64::from_ne_bytes(*given));
        (mac, signature) = (left, left_of_given);
    }
    same
}

/// The one signature of a request, if it is one: canonical base64 of 64 bytes.
fn signature(headers: &HeaderMap) -> Option<[u8; MAC_LEN]> {
    let mut values = headers.get_all(&HOOK_HMAC).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    // The room that the decoder asks for in advance is for three bytes per four characters.
    let mut room = [0; SIGNATURE_LEN / 4 * 3];
    let text = Some(value.as_bytes()).filter(|text| text.len() == SIGNATURE_LEN)?;
    let length = STANDARD.decode_slice(text, &mut room).ok()?;
    room.get(..length)?.try_into().ok()
}

/// Verifies with the secrets of the business that the body names: "use the `business` field to know which business is
/// concerned" (seed). `find` is asked with that name, **which nobody has verified yet**: only to look secrets up.
///
/// A signature by one business's secret never proves an event of another, which one [`Verifier`] over all secrets can't
/// promise.
///
/// ```
/// use cashlink_core::Secret;
/// use cashlink_core::webhook::{Signer, Verifier, WebhookSecret, verify_for_business};
/// use std::collections::HashMap;
///
/// let secret = WebhookSecret::new(&Secret::new("s3cr3t"))?;
/// let businesses = HashMap::from([("utqztAwTcQKB", Verifier::new(secret.clone()))]);
///
/// let body = br#"{"event":"x","timestamp":"2017-10-09T13:11:03.661620","business":"utqztAwTcQKB","data":{}}"#;
/// let headers = Signer::new(secret).headers(body);
/// let verified = verify_for_business(&headers, body, |unverified| businesses.get(unverified))?;
/// assert_eq!(verified.event()?.business.as_str(), "utqztAwTcQKB");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Refused`] as [`Verifier::verify`], also where the body names no business, or one that `find` doesn't know. A body of
/// more than 1 MiB, and a header that is no signature by its shape, are refused before the body is looked at.
///
/// # Time and memory
/// Where no business is found, a MAC is calculated all the same, so that the time of a refusal doesn't tell which businesses
/// exist. It can still be told from what is not in here: how long `find` takes, that a [`Verifier`] has more than one secret,
/// and that it has a [`max_body`](Verifier::max_body) of its own.
///
/// To find the name, the rest of the body is skipped. That allocates what [`Verified::event`] says of members that are
/// skipped: once for a documented event, whose `data` is nested.
pub fn verify_for_business<'a, 'v>(
    headers: &HeaderMap,
    body: &'a [u8],
    find: impl FnOnce(&str) -> Option<&'v Verifier>,
) -> Result<Verified<'a>, Refused> {
    if body.len() > MAX_BODY {
        return Err(Refused(()));
    }
    signature(headers).ok_or(Refused(()))?;
    // Made for each, so that those whom it stands in for take as long as the others.
    let nobody = Verifier::new(WebhookSecret::keyed(NOBODYS_KEY).map_err(|_| Refused(()))?);
    let found = event::peek_business(body).and_then(|business| find(business.as_str()));
    let verified = found.unwrap_or(&nobody).verify(headers, body);
    // Whatever that key signed proves nothing: anybody can read it.
    verified.and_then(|verified| found.map(|_| verified).ok_or(Refused(())))
}

/// A body that Cashlink has signed: the only door to its [`Event`]. Nothing else makes one.
#[derive(Clone)]
pub struct Verified<'a> {
    body: &'a [u8],
    mac: [u8; MAC_LEN],
    secret_index: u32,
}

impl<'a> Verified<'a> {
    /// The bytes that were verified: what to keep of an event that can't be read.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Which of the verifier's secrets matched: 0 is that of [`Verifier::new`], 1 the first of [`Verifier::or`]. Once only
    /// the new one does, the old one can go.
    #[must_use]
    pub fn secret_index(&self) -> usize {
        usize::try_from(self.secret_index).unwrap_or(usize::MAX)
    }

    /// By what to recognise the same delivery when it comes again (T55).
    #[must_use]
    pub fn delivery_id(&self) -> DeliveryId {
        DeliveryId(self.mac)
    }

    /// Reads the event, from the verified bytes and no others (T53). It borrows from them: the documented event costs no
    /// allocation but one per escaped text. Its name and its amount have no reason for escapes; where they have some, they go through
    /// the buffer below as well.
    ///
    /// What is not documented may cost more. New members are skipped without an allocation, but for objects and lists in others:
    /// for all of those together there is one buffer of a byte per level, which starts with 8 and is doubled where that is too
    /// little. Escaped names of members share it, and so do escaped ids, timestamps and the like. A `type` or a currency that is
    /// new is a text of its own. An event that is new, or isn't one, is read in a second pass, and costs a few allocations for
    /// the first one's error.
    ///
    /// # Errors
    /// When the body is not an event as the documentation shows it. It is genuine all the same: keep [`Verified::body`].
    pub fn event(&self) -> Result<Event<'a>, DecodeError> {
        Event::read(self.body)
    }
}

/// Without the body, which holds personal data (T12).
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("delivery_id", &self.delivery_id())
            .field("secret_index", &self.secret_index)
            .field("body_len", &self.body.len())
            .finish()
    }
}

/// The identity of a signed delivery: its body's MAC, which is authenticated. The header `X-Request-Id` is not: the
/// signature leaves it out, so a replay may carry another one (T55). It is for the vendor's support only.
///
/// Under another secret the same body has another id: after an exchange of secrets, old deliveries don't count as seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId([u8; MAC_LEN]);

impl DeliveryId {
    /// The 64 bytes, to be stored under a unique constraint.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

/// The first 8 bytes, in hex: enough to find the row, too little to replay the delivery.
impl fmt::Debug for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeliveryId(")?;
        for byte in self.0.iter().take(8) {
            write!(f, "{byte:02x}")?;
        }
        f.write_str("…)")
    }
}

/// A webhook that nobody proved to come from Cashlink. It doesn't say what was wrong, so that nobody learns from it how
/// close a forgery came (T58).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(());

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the webhook is not proved to come from Cashlink; answer 401 and don't read it")
    }
}

impl core::error::Error for Refused {}
