//! Who calls, from where, and what would be called: chosen once, then the same for all calls of a session.

use std::time::Duration;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::Method;
use cashlink_core::partner::Partner;
use cashlink_core::payments::Payments;
use cashlink_core::{
    AppKey, Bearer, Call, Client, Credential, Effect, Endpoint, Honoured, IdempotencyKey, Now, Policy, Prior,
    Raw, Secret, Step, UserKey,
};

use crate::choices::Choices;

/// What no request may show but in its one header.
pub(super) const API_KEY: &str = "k3y-of-our-own";
/// What only the token request may show.
pub(super) const SECRET: &str = "s3cr3t";

/// What a repetition would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Safe,
    Idempotent,
    Documented,
    Assumed,
    Confirmed,
    Once,
}

impl Deed {
    pub(super) const ALL: [Self; 6] =
        [Self::Safe, Self::Idempotent, Self::Documented, Self::Assumed, Self::Confirmed, Self::Once];

    pub(super) fn is_keyed(self) -> bool {
        matches!(self, Self::Documented | Self::Assumed | Self::Confirmed)
    }

    /// Whether the server is known to honour its key.
    pub(super) fn is_relied_upon(self) -> bool {
        matches!(self, Self::Documented | Self::Confirmed)
    }

    /// Whether a second effect of it harms nobody.
    pub(super) fn may_be_repeated(self) -> bool {
        matches!(self, Self::Safe | Self::Idempotent)
    }

    fn call<C: Credential>(self, number: usize) -> Call<Bytes, C> {
        let key = IdempotencyKey::new(format!("order-{number}")).expect("a key");
        let keyed = |honoured| Effect::Keyed { key: &key, honoured };
        let (method, effect) = match self {
            Self::Safe => (Method::GET, Effect::Safe),
            Self::Idempotent => (Method::PUT, Effect::Idempotent),
            Self::Documented => (Method::POST, keyed(Honoured::Documented)),
            Self::Assumed | Self::Confirmed => (Method::POST, keyed(Honoured::Assumed)),
            Self::Once => (Method::POST, Effect::Once),
        };
        let raw = Raw::<C>::new(method, PATH, effect).query("q", "a b");
        let raw = if self == Self::Safe { raw } else { raw.json(&["a", "thing"]) };
        let call = Call::new(&raw).expect("it can be written").header("X-Trace", "17").expect("a free name");
        if self == Self::Confirmed { call.key_confirmed() } else { call }
    }
}

const PATH: &str = "v2/things/";

/// Begins a call.
type Start = Box<dyn Fn(Deed, usize, Prior, Now) -> Step<Bytes>>;

pub(super) struct Account {
    pub(super) start: Start,
    /// Where each call goes, and nowhere else.
    pub(super) place: String,
    /// Where tokens come from, for those who need one.
    pub(super) tokens: Option<&'static str>,
}

impl Account {
    pub(super) fn chosen(choices: &mut Choices<'_>, policy: Policy) -> Self {
        let secret = || Secret::new(API_KEY);
        let bearer =
            || Bearer::client_credentials("our-client", Secret::new(SECRET)).expect("both are printable");
        let endpoint = |url| Endpoint::on_loopback(url).expect("an address of this machine");
        match choices.below(5) {
            0 => {
                let tokens = "https://demo.cashlink.de/api/external/oauth/token";
                Self::new(
                    Partner::demo(),
                    bearer(),
                    policy,
                    "https://demo.cashlink.de/api/external/",
                    Some(tokens),
                )
            }
            1 => {
                let (base, tokens) = ("https://127.0.0.1:8443/api/", "https://localhost/token");
                let api = Partner::at(endpoint(base)).token_endpoint(endpoint(tokens));
                Self::new(api, bearer().by_http_basic(), policy, base, Some(tokens))
            }
            2 => {
                let key = UserKey::new(secret()).expect("a key");
                Self::new(Payments::production(), key, policy, "https://cashlink.de/business/api/v1/", None)
            }
            3 => {
                let key = AppKey::new(secret()).expect("a key");
                let base = "http://[::1]:8080/";
                Self::new(Payments::at(endpoint(base)), key, policy, base, None)
            }
            _ => {
                let (base, tokens) = ("http://localhost:8080/api/", "http://localhost:8080/api/oauth/token");
                Self::new(Partner::at(endpoint(base)), bearer(), policy, base, Some(tokens))
            }
        }
    }

    fn new<C: Credential + 'static>(
        api: C::Api,
        credential: C,
        policy: Policy,
        base: &str,
        tokens: Option<&'static str>,
    ) -> Self {
        let client = Client::builder(api, credential).policy(policy).build();
        Self {
            start: Box::new(move |deed, number, prior, now| {
                client.resume(&deed.call(number), prior, now, [number as u8; 16])
            }),
            place: format!("{base}{PATH}?q=a+b"),
            tokens,
        }
    }
}

/// How patient all of them are.
pub(super) fn policy(choices: &mut Choices<'_>) -> Policy {
    let mut policy = Policy::default();
    policy.attempts = choices.of(&[4, 1, 0, 7]);
    policy.deadline = Duration::from_secs(choices.of(&[60, 600, 5, 0]));
    policy.retry_budget.withdrawal = choices.of(&[10, 0, 60]);
    policy
}
