//! What a history's program means to happen, and how its effect is found again: by a reference of its own.

use cashlink_core::body::{BoundarySeed, FileName, MediaType, PayloadRef};
use cashlink_core::partner::distributor::{
    CreateInvestment, CreateInvestor, InvestorId, UpdateInvestor, UploadDocument,
};
use cashlink_core::partner::{NaturalPerson, Partner, scope};
use cashlink_core::payments::{CashlinkType, CreateCashlink, Payments};
use cashlink_core::{Bearer, Call, Client, Credential, IdempotencyKey, Policy, Secret, UserKey};
use cashlink_journal::{Account, Intent};
use cashlink_sandbox::demo;

/// Every document's bytes.
pub(crate) const DOCUMENT: &[u8] = b"%PDF";

/// What a call is, by what its repetition would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Keyed, documented.
    Investor,
    /// Keyed, documented.
    Document,
    /// The same, and refused: the server wants no empty file.
    EmptyDocument,
    /// Keyed, assumed.
    Investment,
    /// Sets what it sets, however often: nobody looks at its key.
    Patch,
    /// No key.
    Cashlink,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Investor, Self::Document, Self::EmptyDocument, Self::Investment, Self::Patch, Self::Cashlink];

    /// Whether a repetition is no second effect, as long as the server keeps its key where it needs one.
    pub(crate) fn is_repeatable(self) -> bool {
        !matches!(self, Self::Investment | Self::Cashlink)
    }
}

/// One intent of the program, whether it was ever committed or not.
#[derive(Clone, Debug)]
pub(crate) struct Meant {
    pub(crate) number: u64,
    pub(crate) kind: Kind,
    pub(crate) ordering_key: Option<&'static str>,
}

pub(crate) struct Clients {
    pub(crate) partner: Client<Bearer>,
    pub(crate) payments: Client<UserKey>,
}

pub(crate) fn account(name: &str) -> Account {
    Account::new(name).expect("a name")
}

impl Clients {
    /// A process's own: no token and no retry budget outlives it.
    pub(crate) fn new() -> Self {
        let secret = Secret::new(demo::DISTRIBUTOR_CLIENT_SECRET);
        let bearer = Bearer::client_credentials(demo::DISTRIBUTOR_CLIENT_ID, secret)
            .expect("a name")
            .scopes([scope::DOCUMENTS_WRITE, scope::INVESTORS_WRITE, scope::INVESTMENTS_WRITE]);
        let user = UserKey::new(Secret::new(demo::USER_KEY)).expect("a key");
        Self {
            partner: Client::builder(Partner::demo(), bearer).policy(Policy::default()).build(),
            payments: Client::builder(Payments::production(), user).policy(Policy::default()).build(),
        }
    }
}

impl Meant {
    /// What only its own effect has in it.
    pub(crate) fn trace(&self) -> String {
        match self.kind {
            Kind::Investment => format!("\"units\":{}", self.units()),
            _ => format!("meant-{:04}", self.number),
        }
    }

    fn units(&self) -> u64 {
        100_000 + self.number
    }

    pub(crate) fn account(&self) -> Account {
        account(if self.kind == Kind::Cashlink { "payments" } else { "partner" })
    }

    pub(crate) fn intent(&self, clients: &Clients, investor: &InvestorId) -> Intent {
        let key = IdempotencyKey::new(format!("key-{}", self.number)).expect("a key");
        let trace = self.trace();
        let person = NaturalPerson::new().forename(trace.clone()).surname("Lovelace");
        match self.kind {
            Kind::Investor => self.of(clients, &CreateInvestor::natural_person(key, person, true)),
            Kind::Patch => self.of(clients, &UpdateInvestor::natural_person(key, *investor, person)),
            Kind::Document | Kind::EmptyDocument => {
                let length = if self.kind == Kind::Document { DOCUMENT.len() } else { 0 };
                let bytes = &DOCUMENT[..length];
                let payload = PayloadRef::new(length as u64).with_sha256(sha256(bytes));
                let name = FileName::new(format!("{trace}.pdf")).expect("a name");
                let seed = BoundarySeed::new([7; 16]);
                self.of(clients, &UploadDocument::new(key, seed, name, MediaType::PDF, payload))
            }
            Kind::Investment => {
                let signed_at = "2020-12-11T14:59:46.716Z".parse().expect("a moment");
                let campaign = demo::CAMPAIGN_ID.parse().expect("an id");
                let create = CreateInvestment::signed(key, *investor, campaign, self.units(), signed_at);
                self.of(clients, &create)
            }
            Kind::Cashlink => {
                let amount = "EUR 12.34".parse().expect("an amount");
                let create = CreateCashlink::v2018_01_15(CashlinkType::Invoice, amount, trace);
                intent(&clients.payments, &self.account(), &Call::new(&create).expect("encodable"))
            }
        }
    }

    fn of<O: cashlink_core::Operation<Credential = Bearer>>(
        &self,
        clients: &Clients,
        operation: &O,
    ) -> Intent {
        intent(&clients.partner, &self.account(), &Call::new(operation).expect("encodable"))
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).into()
}

fn intent<T, C: Credential>(client: &Client<C>, account: &Account, call: &Call<T, C>) -> Intent {
    Intent::new(client, account, call).expect("a request that can be kept")
}
