//! What is staged: few keys, so that they meet.

use cashlink_core::http::Method;
use cashlink_core::{Call, Client, Effect, Honoured, IdempotencyKey, Raw, UserKey};
use cashlink_journal::{Account, Intent};

pub(super) const ACCOUNTS: [&str; 2] = ["ours", "theirs"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Documented,
    Assumed,
    /// It has no key.
    Once,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meant {
    pub(super) account: &'static str,
    pub(super) kind: Kind,
    /// Which of the keys; of those without one, each has a number of its own.
    pub(super) number: usize,
    /// The server refuses its content for good.
    pub(super) refused: bool,
}

impl Meant {
    pub(super) fn key(&self) -> Option<String> {
        (self.kind != Kind::Once).then(|| format!("key-{:?}-{}", self.kind, self.number))
    }

    /// What the server would see.
    pub(super) fn body(&self) -> String {
        format!("[\"{}\",{},{}]", self.account, self.number, self.refused)
    }

    pub(super) fn intent(&self, client: &Client<UserKey>) -> Intent {
        let key = self.key().map(|key| IdempotencyKey::new(key).expect("a key"));
        let effect = match (&key, self.kind) {
            (Some(key), Kind::Documented) => Effect::Keyed { key, honoured: Honoured::Documented },
            (Some(key), _) => Effect::Keyed { key, honoured: Honoured::Assumed },
            (None, _) => Effect::Once,
        };
        let what = (self.account, self.number, self.refused);
        let call = Call::new(&Raw::<UserKey>::new(Method::POST, "things", effect).json(&what))
            .expect("it can be written");
        let account = Account::new(self.account).expect("a name");
        Intent::new(client, &account, &call).expect("a request that can be kept")
    }
}
