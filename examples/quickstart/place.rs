//! Where the quickstart talks to, a sandbox of its own or an account, and how it speaks to its reader.

use std::error::Error as StdError;

use cashlink_sandbox::server::{Running, Server};
use cashlink_sandbox::{Config, Kind, demo};

use crate::adapter::core::partner::{NaturalPerson, Partner, scope};
use crate::adapter::core::payments::Payments;
use crate::adapter::core::time::Date;
use crate::adapter::core::{Bearer, Endpoint, Secret, UserKey};

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn StdError>>;

/// Where the program talks to: a sandbox of its own, or an account.
pub(crate) struct Place {
    pub(crate) sandbox: Option<Running>,
    base_url: String,
    client_id: String,
    client_secret: String,
    user_key: Option<String>,
}

impl Place {
    #[allow(dead_code, reason = "a test doesn't go by arguments")]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is a program, and its user says in the environment who they are"
    )]
    pub(crate) fn from_arguments() -> Result<Self> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        match &arguments[..] {
            [] => Self::in_a_sandbox(),
            [flag, base_url] if flag == "--base-url" => Ok(Self {
                sandbox: None,
                base_url: base_url.clone(),
                client_id: std::env::var("CASHLINK_CLIENT_ID")?,
                client_secret: std::env::var("CASHLINK_CLIENT_SECRET")?,
                user_key: std::env::var("CASHLINK_USER_KEY").ok(),
            }),
            _ => {
                Err("usage: quickstart [--base-url URL], with CASHLINK_CLIENT_ID and CASHLINK_CLIENT_SECRET"
                    .into())
            }
        }
    }

    pub(crate) fn in_a_sandbox() -> Result<Self> {
        let sandbox = Server::start(Config::default())?;
        println!("A sandbox listens on {}.", sandbox.addr());
        Ok(Self {
            base_url: sandbox.partner_base().to_string(),
            client_id: demo::DISTRIBUTOR_CLIENT_ID.into(),
            client_secret: demo::DISTRIBUTOR_CLIENT_SECRET.into(),
            user_key: Some(demo::USER_KEY.into()),
            sandbox: Some(sandbox),
        })
    }

    pub(crate) fn partner(&self) -> Result<Partner> {
        let base = match self.sandbox {
            Some(_) => Endpoint::on_loopback(&self.base_url)?,
            None => Endpoint::new(&self.base_url)?,
        };
        Ok(Partner::at(base))
    }

    pub(crate) fn bearer(&self) -> Result<Bearer> {
        let scopes = [
            scope::DOCUMENTS_WRITE,
            scope::INVESTORS_READ,
            scope::INVESTORS_WRITE,
            scope::INVESTMENTS_READ,
            scope::INVESTMENTS_WRITE,
        ];
        Ok(Bearer::client_credentials(&self.client_id, Secret::new(&*self.client_secret))?.scopes(scopes))
    }

    pub(crate) fn payments(&self) -> Result<Option<(Payments, UserKey)>> {
        let Some(key) = &self.user_key else { return Ok(None) };
        let api = match &self.sandbox {
            Some(sandbox) => Payments::at(Endpoint::on_loopback(&sandbox.payments_base())?),
            None => Payments::production(),
        };
        Ok(Some((api, UserKey::new(Secret::new(&**key))?)))
    }

    /// How many investors the sandbox holds.
    pub(crate) fn investors(&self) -> Option<usize> {
        self.sandbox.as_ref().map(|sandbox| sandbox.with(|server| server.count(Kind::Investor)))
    }
}

pub(crate) fn step(number: u8, what: &str) {
    println!("\n{number}. {what}");
}

pub(crate) fn say(what: &str) {
    println!("   {what}");
}

pub(crate) fn check(holds: bool, what: &str) -> Result {
    if holds { Ok(()) } else { Err(format!("this is not so: {what}").into()) }
}

pub(crate) fn person(forename: &str, surname: &str) -> NaturalPerson {
    NaturalPerson::new()
        .forename(forename)
        .surname(surname)
        .birth_date(Date::new(1985, 12, 10).expect("a day"))
        .citizenship("DEU")
        .is_pep(false)
        .is_subject_to_us_tax(false)
}
