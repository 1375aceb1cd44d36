//! All that a sandbox remembers between two requests, faults and counters aside.

use crate::config::Config;
use crate::keys::Replies;
use crate::mint::Mint;
use crate::oauth::Tokens;
use crate::store::Store;
use crate::{demo, partner};
use std::collections::BTreeSet;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) mint: Mint,
    pub(crate) store: Store,
    pub(crate) tokens: Tokens,
    pub(crate) replies: Replies,
    /// The USERKEYs that registered businesses were given.
    registered_keys: BTreeSet<String>,
}

impl World {
    pub(crate) fn new(config: Config) -> Self {
        let mut store = Store::default();
        partner::investments::seed(&mut store);
        partner::products::seed(&mut store);
        Self {
            mint: Mint::new(config.seed),
            config,
            store,
            tokens: Tokens::default(),
            replies: Replies::default(),
            registered_keys: BTreeSet::new(),
        }
    }

    pub(crate) fn is_user_key(&self, key: &str) -> bool {
        self.config.user_keys.iter().any(|own| own == key) || self.registered_keys.contains(key)
    }

    pub(crate) fn is_app_key(&self, key: &str) -> bool {
        self.config.app_keys.iter().any(|own| own == key)
    }

    pub(crate) fn add_user_key(&mut self, key: String) {
        self.registered_keys.insert(key);
    }

    pub(crate) fn is_campaign(&self, id: &str) -> bool {
        uuid::Uuid::try_parse(id).is_ok_and(|id| id.to_string() == demo::CAMPAIGN_ID)
    }
}
