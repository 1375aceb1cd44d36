//! Who calls: the three kinds of credential, each a type, each naming the API that it belongs to.
//!
//! An operation says which kind it needs, a [`Client`](crate::Client) starts only operations of its own kind: a user key
//! can't stand where an app key belongs, and no Payments operation starts on a Partner client. What a credential does
//! to a request happens last, when the request leaves, and its headers are marked sensitive.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use http::HeaderValue;

use crate::mode::Mode;
use crate::{InvalidValue, Secret};

/// A kind of credential, and the API that it belongs to: [`UserKey`], [`AppKey`] or [`Bearer`]. Closed on purpose.
pub trait Credential: sealed::Authenticate + Send + Sync + 'static {
    /// The API that takes it: [`Payments`](crate::payments::Payments) or [`Partner`](crate::partner::Partner).
    type Api: crate::Api;
}

pub(crate) mod sealed {
    use super::{Bearer, HeaderValue};

    /// What a flow needs of a credential; not nameable outside, so that nobody adds a fourth kind.
    pub trait Authenticate {
        /// Which kind it is, in what is stored.
        const KIND: Kind;

        fn into_authentication(self) -> Authentication;
    }

    /// The kinds of credential, by the numbers under which intents are stored.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Kind {
        UserKey = 1,
        AppKey = 2,
        Bearer = 3,
    }

    impl Kind {
        pub(crate) const fn describe(self) -> &'static str {
            match self {
                Self::UserKey => "payments with a user key",
                Self::AppKey => "payments with an app key",
                Self::Bearer => "partner",
            }
        }
    }

    /// How the requests of a client are authenticated.
    #[derive(Debug)]
    pub enum Authentication {
        /// `X-Api-Key`, the value marked sensitive.
        ApiKey(HeaderValue),
        /// `Authorization: Bearer`, with a token that a flow has to obtain.
        Bearer(Bearer),
    }
}

use sealed::Authentication;

/// A business's own key of the Payments API (the vendor's pages call it USERKEY): payment links.
///
/// ```
/// use cashlink_core::{Secret, UserKey};
///
/// let key = UserKey::new(Secret::new("live_0123"))?;
/// assert_eq!(format!("{key:?}"), "UserKey(…, Test)");
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone)]
pub struct UserKey {
    value: HeaderValue,
    mode: Mode,
}

/// A platform's key of the Platform API (the vendor's pages call it APPKEY): registering businesses. Not
/// interchangeable with a [`UserKey`].
#[derive(Clone)]
pub struct AppKey {
    value: HeaderValue,
    mode: Mode,
}

fn api_key(secret: &Secret) -> Result<HeaderValue, InvalidValue> {
    const RULE: InvalidValue =
        InvalidValue::new("API key", "must be visible ASCII without spaces, and not empty");
    let text = secret.expose();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(RULE);
    }
    let mut value = HeaderValue::from_str(text).map_err(|_| RULE)?;
    value.set_sensitive(true);
    Ok(value)
}

/// What the two kinds of API key can do, which is the same.
macro_rules! api_key {
    ($Key:ident) => {
        impl $Key {
            /// A key, declared to be in test mode, as every key begins (seed).
            ///
            /// # Errors
            /// When the key is empty or holds anything but visible ASCII (T15).
            pub fn new(secret: Secret) -> Result<Self, InvalidValue> {
                Ok(Self { value: api_key(&secret)?, mode: Mode::default() })
            }

            /// The same key, declared to be in this mode: Cashlink may switch a key that is in use. Requests stay as they
            /// are.
            #[must_use]
            pub fn in_mode(mut self, mode: Mode) -> Self {
                self.mode = mode;
                self
            }

            /// The mode that the key was declared to be in.
            #[must_use]
            pub fn mode(&self) -> Mode {
                self.mode
            }
        }

        impl fmt::Debug for $Key {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($Key), "(…, {:?})"), self.mode)
            }
        }

        impl sealed::Authenticate for $Key {
            const KIND: sealed::Kind = sealed::Kind::$Key;

            fn into_authentication(self) -> Authentication {
                Authentication::ApiKey(self.value)
            }
        }
    };
}

api_key!(UserKey);
api_key!(AppKey);

/// The credential of the newer APIs: bearer tokens, obtained by OAuth client credentials (RFC 6749 §4.4).
///
/// Client id and secret are handed over by the contact at Cashlink (seed). They go into the token request's form body,
/// as in all of the vendor's samples; or, on request, into HTTP Basic.
///
/// ```
/// use cashlink_core::{Bearer, Secret, partner::scope};
///
/// let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t"))?
///     .scopes([scope::INVESTORS_READ, scope::INVESTORS_WRITE]);
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone)]
pub struct Bearer {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) in_header: bool,
}

impl Bearer {
    /// The client's id and secret.
    ///
    /// # Errors
    /// When either is empty, or is not printable ASCII as RFC 6749 Appendix A has it.
    pub fn client_credentials(
        client_id: impl Into<String>,
        client_secret: Secret,
    ) -> Result<Self, InvalidValue> {
        let client_id = client_id.into();
        let printable = |text: &str| !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x20..=0x7E));
        if !printable(&client_id) {
            return Err(InvalidValue::new("OAuth client id", "must be printable ASCII, and not empty"));
        }
        if !printable(client_secret.expose()) {
            return Err(InvalidValue::new("OAuth client secret", "must be printable ASCII, and not empty"));
        }
        Ok(Self { client_id, client_secret, scopes: Vec::new(), in_header: false })
    }

    /// The scopes to ask for; without any, the parameter is left out. Known ones are constants in
    /// [`partner::scope`](crate::partner::scope), others are made by [`Scope::new`].
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.scopes = scopes.into_iter().collect();
        self
    }

    /// Sends id and secret by HTTP Basic, form-encoded first (RFC 6749 §2.3.1), instead of in the form body. No sample
    /// of the vendor does so; some OAuth servers ask for it (T20).
    #[must_use]
    pub fn by_http_basic(mut self) -> Self {
        self.in_header = true;
        self
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

impl sealed::Authenticate for Bearer {
    const KIND: sealed::Kind = sealed::Kind::Bearer;

    fn into_authentication(self) -> Authentication {
        Authentication::Bearer(self)
    }
}

/// One scope of a token (RFC 6749 §3.3). A free text, because the vendor's table of scopes is not complete.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Scope(alloc::borrow::Cow<'static, str>);

impl Scope {
    /// # Errors
    /// When it is empty or holds a space, a quote, a backslash, a control or anything beyond ASCII.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidValue> {
        let name = name.into();
        if !name.is_empty() && name.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)) {
            Ok(Self(name.into()))
        } else {
            Err(InvalidValue::new("scope", "must be visible ASCII without spaces, quotes and backslashes"))
        }
    }

    pub(crate) const fn known(name: &'static str) -> Self {
        Self(alloc::borrow::Cow::Borrowed(name))
    }

    /// The scope's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString as _;

    #[test]
    fn t15_an_api_key_is_visible_ascii() {
        for byte in 0..=255_u8 {
            let key = format!("a{}b", char::from(byte));
            assert_eq!(UserKey::new(Secret::new(&*key)).is_ok(), byte.is_ascii_graphic(), "byte {byte:#04x}");
            assert_eq!(AppKey::new(Secret::new(key)).is_ok(), byte.is_ascii_graphic(), "byte {byte:#04x}");
        }
        assert!(UserKey::new(Secret::new("")).is_err());
    }

    /// "By default your API key will be in test mode"; Cashlink switches the same key, or hands out another one (seed).
    #[test]
    fn a_key_is_a_tests_until_it_is_declared_otherwise() {
        let key = UserKey::new(Secret::new("a")).unwrap();
        assert_eq!(key.mode(), Mode::Test);
        let switched = key.clone().in_mode(Mode::Production);
        assert_eq!(
            (switched.mode(), switched.clone().in_mode(Mode::Test).mode()),
            (Mode::Production, Mode::Test)
        );
        let sent = |key: UserKey| match sealed::Authenticate::into_authentication(key) {
            Authentication::ApiKey(value) => value,
            Authentication::Bearer(_) => panic!("a key"),
        };
        assert_eq!(sent(key), sent(switched), "requests stay as they are");
        assert_eq!(AppKey::new(Secret::new("a")).unwrap().mode(), Mode::Test);
    }

    #[test]
    fn t11_no_credential_shows_itself() {
        let canary = || Secret::new("canary");
        let bearer = Bearer::client_credentials("canary", canary()).unwrap();
        let shown = format!("{:?} {:?} {:?}", UserKey::new(canary()), AppKey::new(canary()), bearer);
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn a_scope_is_one_word_of_rfc_6749() {
        for refused in ["", "a b", "a\"b", "a\\b", "a\n", "ä"] {
            assert!(Scope::new(refused).is_err(), "{refused:?}");
        }
        assert_eq!(Scope::new("documents:write").unwrap().as_str(), "documents:write");
    }

    #[test]
    fn every_character_of_a_scope_is_one_that_rfc_6749_allows() {
        for code in 0..=255_u8 {
            let allowed = code.is_ascii_graphic() && !b"\"\\".contains(&code);
            assert_eq!(Scope::new(format!("a{}b", char::from(code))).is_ok(), allowed, "byte {code:#04x}");
        }
    }

    /// RFC 6749 Appendix A.1 and A.2.
    #[test]
    fn a_clients_id_and_its_secret_are_printable_and_not_empty() {
        let made = |id: &str, secret: &str| Bearer::client_credentials(id, Secret::new(secret));
        for code in 0..=255_u8 {
            let (text, printable) = (format!("a{}b", char::from(code)), matches!(code, 0x20..=0x7E));
            assert_eq!(made(&text, "s").is_ok(), printable, "byte {code:#04x}");
            assert_eq!(made("c", &text).is_ok(), printable, "byte {code:#04x}");
        }
        for (id, secret, what) in
            [("", "s", "id"), ("c", "", "secret"), ("\n", "s", "id"), ("c", "\n", "secret")]
        {
            let refused = made(id, secret).unwrap_err().to_string();
            assert_eq!(refused, format!("OAuth client {what}: must be printable ASCII, and not empty"));
        }
    }

    #[test]
    fn a_credential_says_of_which_kind_it_is_and_what_it_may() {
        let secret = || Secret::new("canary");
        assert_eq!(format!("{:?}", UserKey::new(secret()).unwrap()), "UserKey(…, Test)");
        let key = AppKey::new(secret()).unwrap().in_mode(Mode::Production);
        assert_eq!(format!("{key:?}"), "AppKey(…, Production)");
        let scope = Scope::new("investors:read").unwrap();
        assert_eq!(scope.to_string(), "investors:read");
        let bearer = Bearer::client_credentials("canary", secret()).unwrap().scopes([scope]);
        assert_eq!(format!("{bearer:?}"), "Bearer { scopes: [Scope(investors:read)], .. }");
    }
}
