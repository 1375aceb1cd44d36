//! All that a sandbox remembers between two requests, faults and counters aside.

use crate::config::Config;
use crate::keys::Replies;
use crate::mint::Mint;
use crate::oauth::Tokens;
use crate::store::{Kind, Members, Object, Store};
use crate::webhooks::{self, NotPaid, Outbox, Payer, Payment, SignedHook};
use crate::{demo, partner};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

/// A business that a platform registered.
pub(crate) struct Registered {
    pub(crate) business: String,
    pub(crate) secret: String,
    pub(crate) webhook_url: Option<String>,
    pub(crate) is_live: bool,
}

/// Without the secret (T11).
impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registered({})", self.business)
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) mint: Mint,
    pub(crate) store: Store,
    pub(crate) tokens: Tokens,
    pub(crate) replies: Replies,
    pub(crate) outbox: Outbox,
    /// The USERKEYs that registered businesses were given.
    registered_keys: BTreeMap<String, Registered>,
    /// The links that were made with a key in production mode.
    live_links: BTreeSet<String>,
}

impl World {
    pub(crate) fn new(config: Config) -> Self {
        let mut store = Store::default();
        partner::investments::seed(&mut store);
        partner::products::seed(&mut store);
        Self {
            mint: Mint::new(config.seed),
            outbox: Outbox::new(config.seed),
            config,
            store,
            tokens: Tokens::default(),
            replies: Replies::default(),
            registered_keys: BTreeMap::new(),
            live_links: BTreeSet::new(),
        }
    }

    pub(crate) fn is_user_key(&self, key: &str) -> bool {
        self.config.user_keys.iter().any(|own| own == key) || self.registered_keys.contains_key(key)
    }

    pub(crate) fn is_app_key(&self, key: &str) -> bool {
        self.config.app_keys.iter().any(|own| own == key)
    }

    pub(crate) fn add_user_key(&mut self, key: String, registered: Registered) {
        self.registered_keys.insert(key, registered);
    }

    pub(crate) fn is_live(&self, key: &str) -> bool {
        let registered = self.registered_keys.get(key).is_some_and(|registered| registered.is_live);
        registered || self.config.live_keys.iter().any(|live| live == key)
    }

    /// Switches a USERKEY or APPKEY to production or back to test mode; whether there is such a key. Links keep the mode in which they
    /// were made.
    pub(crate) fn set_live(&mut self, key: &str, is_live: bool) -> bool {
        if let Some(registered) = self.registered_keys.get_mut(key) {
            registered.is_live = is_live;
        } else if !self.is_user_key(key) && !self.is_app_key(key) {
            return false;
        }
        self.config.live_keys.retain(|live| live != key);
        if is_live {
            self.config.live_keys.push(key.to_owned());
        }
        true
    }

    /// The business that a USERKEY belongs to.
    pub(crate) fn business_of(&self, key: &str) -> &str {
        self.registered_keys.get(key).map_or(demo::BUSINESS_ID, |registered| &registered.business)
    }

    pub(crate) fn add_link(&mut self, key: &str, link: Object) {
        if self.is_live(key) {
            self.live_links.insert(link.id().to_owned());
        }
        let business = self.business_of(key).to_owned();
        self.store.add(Kind::Cashlink, link.owned_by(&business));
    }

    /// Pays a link, and tells its business; the payment's id.
    pub(crate) fn pay(&mut self, now: Duration, link: &str, payer: &Payer) -> Result<String, NotPaid> {
        let link = self.store.get(Kind::Cashlink, link).ok_or(NotPaid::NoSuchLink)?;
        let before =
            self.store.all(Kind::Payment).iter().filter(|payment| payment.belongs_to(link.id())).count();
        let business = link.owner().unwrap_or(demo::BUSINESS_ID).to_owned();
        let is_test = !self.live_links.contains(link.id());
        let id = self.mint.text("payment", 9);
        let payment = Payment { id: &id, business: &business, link, is_test, before };
        let event = webhooks::paid(now, payer, &payment)?;
        let payment = Object::new(id.clone(), now, Members::default()).owned_by(link.id());
        self.store.add(Kind::Payment, payment);
        if let Some(hook) = self.subscription(&business) {
            self.outbox.sign(now, &mut self.mint, self.config.webhooks.mischief, &hook, &event);
        }
        Ok(id)
    }

    /// Whether the business of this link has a subscription.
    pub(crate) fn tells_of_payments(&self, link: &str) -> bool {
        let link = self.store.get(Kind::Cashlink, link);
        link.and_then(|link| self.subscription(link.owner().unwrap_or(demo::BUSINESS_ID))).is_some()
    }

    /// Where the events of a business go.
    fn subscription(&self, business: &str) -> Option<SignedHook> {
        if business == demo::BUSINESS_ID {
            return self.config.webhooks.signed.clone();
        }
        let registered = self.registered_keys.values().find(|registered| registered.business == business)?;
        let url = registered.webhook_url.clone()?;
        Some(SignedHook { url, secret: registered.secret.clone() })
    }

    /// Gives an investment another status, and tells the receiver, if it is another one: "every time the status changes".
    pub(crate) fn change_status(&mut self, now: Duration, investment: &str, status: &str) -> bool {
        let Some(investment) = self.store.by_uuid_mut(Kind::Investment, investment) else { return false };
        if investment.status() != Some(status) {
            investment.set_status(status);
            let change = webhooks::status_changed(now, investment.id(), status);
            if self.config.webhooks.partner.is_some() {
                self.outbox.tell(now, self.config.webhooks.mischief, &change);
            }
        }
        true
    }

    pub(crate) fn is_campaign(&self, id: &str) -> bool {
        uuid::Uuid::try_parse(id).is_ok_and(|id| id.to_string() == demo::CAMPAIGN_ID)
    }
}
