//! The main job from beginning to end, on real HTTP, in seven steps:
//!
//! ```text
//! cargo run --example quickstart
//! ```
//!
//! starts the sandbox on a free port of this machine: no account, no set-up. Each step says what it does and checks it;
//! when something is not as it should be, the program ends with an error.
//!
//! With `--base-url https://demo.cashlink.de/api/external` it talks to a real account instead, with the credentials in
//! `CASHLINK_CLIENT_ID` and `CASHLINK_CLIENT_SECRET`, and for the last step `CASHLINK_USER_KEY`. It leaves out what only
//! the sandbox can show, and says so. It creates a document, an investor and perhaps a payment link there.

use std::error::Error as StdError;

use cashlink_sandbox::server::{Running, Server};
use cashlink_sandbox::{Armed, Config, Kind, demo};
use cashlink_ureq::core::body::{FileName, MediaType};
use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::page::Page;
use cashlink_ureq::core::partner::{
    NaturalPerson, Partner,
    distributor::{CreateInvestor, GetInvestment, ListInvestors, UploadDocument},
    scope,
};
use cashlink_ureq::core::payments::{CashlinkType, CreateCashlink, Payments};
use cashlink_ureq::core::time::Date;
use cashlink_ureq::core::{Bearer, Client as Protocol, Endpoint, ErrorKind, Money, Secret, UserKey};
use cashlink_ureq::{Client, random_key, random_seed};

type Result<T = ()> = std::result::Result<T, Box<dyn StdError>>;

fn main() -> Result {
    let place = Place::from_arguments()?;
    let partner = cashlink_ureq::client(Protocol::new(place.partner()?, place.bearer()?));

    obtain_a_token(&place, &partner)?;
    upload_a_document(&partner)?;
    lose_an_answer(&place, &partner)?;
    walk_the_list(&place, &partner)?;
    be_refused(&partner)?;
    read_an_amount(&place, &partner)?;
    create_a_payment_link(&place)?;
    println!("\nAll of it was as it should be.");
    Ok(())
}

fn obtain_a_token(place: &Place, partner: &Client<Bearer>) -> Result {
    step(
        1,
        "Obtain a token, by OAuth client credentials. Nothing to call: the first call that needs one brings it.",
    );
    let page = partner.call(&ListInvestors::new())?;
    say(&format!("The list of investors answered {}, so the token was good.", page.meta.status()));
    if let Some(sandbox) = &place.sandbox {
        check(sandbox.with(|server| server.statistics().token_requests()) == 1, "one token was asked for")?;
    }
    Ok(())
}

fn upload_a_document(partner: &Client<Bearer>) -> Result {
    step(2, "Upload a document; its id is what other requests refer to.");
    let (name, bytes) = (FileName::new("terms.pdf")?, Bytes::from("%PDF-1.7 a very short document"));
    let document =
        partner.call(&UploadDocument::new(random_key()?, random_seed()?, name, MediaType::PDF, bytes))?.value;
    say(&format!("It is document {}.", document.id));

    // Which request takes which document is the account's own matter; the field here is one that the sandbox keeps.
    let person = person("Grace", "Hopper");
    let create =
        CreateInvestor::natural_person(random_key()?, person, true).extra("terms_document_id", document.id);
    let investor = partner.call(&create)?;
    let kept: Option<String> = investor.meta.field(&["terms_document_id"])?;
    check(kept.is_none_or(|kept| kept == document.id.as_str()), "the investor refers to the document")?;
    say(&format!("Investor {} refers to it.", investor.value.id));
    Ok(())
}

fn lose_an_answer(place: &Place, partner: &Client<Bearer>) -> Result {
    step(3, "Create an investor whose answer gets lost on the way back.");
    // The key is made before the call; a program stores both together, so that any process can repeat the call.
    let key = random_key()?;
    let create = CreateInvestor::natural_person(key.clone(), person("Ada", "Lovelace"), true);
    let before = place.investors();
    if let Some(sandbox) = &place.sandbox {
        sandbox.with(|server| server.arm(Armed::new("drop-response".parse().expect("a fault")).times(1)));
        say("The server was told to close the connection after it has done the work.");
    }
    let first = partner.call(&create)?;
    say(&format!("Key {key}: investor {} after {} attempts.", first.value.id, first.meta.attempts()));

    let again = partner.call(&create)?;
    check(again.value.id == first.value.id, "the same key brings the same investor")?;
    if place.sandbox.is_some() {
        check(first.meta.attempts() == 2, "the first attempt's answer was lost")?;
        check(
            place.investors() == before.map(|count| count + 1),
            "the server holds one investor more, not two",
        )?;
    }
    say("Asked again with the same key, the same investor came back. The server holds it once.");
    Ok(())
}

fn walk_the_list(place: &Place, partner: &Client<Bearer>) -> Result {
    step(4, "Walk the investors page by page, oldest first, and one page back.");
    if place.sandbox.is_some() {
        while place.investors() < Some(25) {
            let number = place.investors().unwrap_or_default();
            let person = person("Investor", &format!("No. {number}"));
            partner.call(&CreateInvestor::natural_person(random_key()?, person, true))?;
        }
    }
    let pages: Vec<Page<ListInvestors>> =
        partner.pages(&ListInvestors::new())?.collect::<std::result::Result<_, _>>()?;
    let sizes: Vec<usize> = pages.iter().map(|page| page.items.len()).collect();
    say(&format!("{} investors on {} pages: {sizes:?}.", sizes.iter().sum::<usize>(), pages.len()));

    if let Some(sandbox) = &place.sandbox {
        check(sizes == [10, 10, 5], "25 investors come in 3 pages")?;
        let walked = pages.iter().flat_map(|page| &page.items).map(|investor| investor.id.as_str());
        let oldest_first = sandbox
            .with(|server| walked.eq(server.objects(Kind::Investor).iter().map(|investor| investor.id())));
        check(oldest_first, "they come in the order of their creation")?;
    }
    if let [.., before, last] = &pages[..] {
        let back = last.previous()?.ok_or("the last page links back")?;
        let back = partner.call(&back)?.value;
        check(back.items == before.items, "one page back is the page before")?;
        say("One page back from the last one was the page before it.");
    }
    Ok(())
}

fn be_refused(partner: &Client<Bearer>) -> Result {
    step(5, "Send an investor that can't be accepted, and read what is wrong, field by field.");
    let invalid = CreateInvestor::natural_person(
        random_key()?,
        NaturalPerson::new().forename("Eve").is_subject_to_us_tax(true),
        true,
    )
    .extra("communication", "by pigeon");
    let Err(error) = partner.call(&invalid) else { return Err("the investor was accepted".into()) };
    check(error.kind() == ErrorKind::Status && error.is_invalid_input(), "it is refused as invalid input")?;
    say(&format!("In the log: {error}"));
    let errors = error.error_map();
    check(!errors.is_empty(), "the refusal names fields")?;
    for entry in errors.iter() {
        say(&format!("  {}: {}", entry.path(), entry.message()));
    }
    Ok(())
}

fn read_an_amount(place: &Place, partner: &Client<Bearer>) -> Result {
    step(6, "Read an amount of money, exactly.");
    if place.sandbox.is_none() {
        say("Left out: only the sandbox has an investment whose amount is known.");
        return Ok(());
    }
    let investment = partner.call(&GetInvestment::new(demo::INVESTMENT_ID.parse()?))?;
    // The field has no documented name, so the library has none for it either; the answer's bytes have it.
    let amount: Money =
        investment.meta.field(&["investment_amount"])?.ok_or("the investment has an amount")?;
    check(amount.to_string() == "EUR 40,000.000", "it prints as the documentation shows it")?;
    say(&amount.to_string());
    Ok(())
}

fn create_a_payment_link(place: &Place) -> Result {
    step(7, "Create a payment link, on the older API, with its API key.");
    let Some((api, key)) = place.payments()? else {
        say("Left out: CASHLINK_USER_KEY is not set.");
        return Ok(());
    };
    let payments = cashlink_ureq::client(Protocol::new(api, key));
    let create =
        CreateCashlink::v2018_01_15(CashlinkType::Invoice, "EUR 12.34".parse()?, "Invoice no. 12345");
    let link = payments.call(&create)?.value;
    say(&format!("It is {}: {}", link.public_id, link.url.as_deref().unwrap_or("without a URL")));
    check(
        place.sandbox.as_ref().is_none_or(|server| server.with(|s| s.count(Kind::Cashlink)) == 1),
        "there is one link",
    )
}

fn person(forename: &str, surname: &str) -> NaturalPerson {
    NaturalPerson::new()
        .forename(forename)
        .surname(surname)
        .birth_date(Date::new(1985, 12, 10).expect("a day"))
        .citizenship("DEU")
        .is_pep(false)
        .is_subject_to_us_tax(false)
}

/// Where the program talks to: a sandbox of its own, or an account.
struct Place {
    sandbox: Option<Running>,
    base_url: String,
    client_id: String,
    client_secret: String,
    user_key: Option<String>,
}

impl Place {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is a program, and its user says in the environment who they are"
    )]
    fn from_arguments() -> Result<Self> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        match &arguments[..] {
            [] => {
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

    fn partner(&self) -> Result<Partner> {
        let base = match self.sandbox {
            Some(_) => Endpoint::on_loopback(&self.base_url)?,
            None => Endpoint::new(&self.base_url)?,
        };
        Ok(Partner::at(base))
    }

    fn bearer(&self) -> Result<Bearer> {
        let scopes = [
            scope::DOCUMENTS_WRITE,
            scope::INVESTORS_READ,
            scope::INVESTORS_WRITE,
            scope::INVESTMENTS_READ,
            scope::INVESTMENTS_WRITE,
        ];
        Ok(Bearer::client_credentials(&self.client_id, Secret::new(&*self.client_secret))?.scopes(scopes))
    }

    fn payments(&self) -> Result<Option<(Payments, UserKey)>> {
        let Some(key) = &self.user_key else { return Ok(None) };
        let api = match &self.sandbox {
            Some(sandbox) => Payments::at(Endpoint::on_loopback(&sandbox.payments_base())?),
            None => Payments::production(),
        };
        Ok(Some((api, UserKey::new(Secret::new(&**key))?)))
    }

    /// How many investors the sandbox holds.
    fn investors(&self) -> Option<usize> {
        self.sandbox.as_ref().map(|sandbox| sandbox.with(|server| server.count(Kind::Investor)))
    }
}

fn step(number: u8, what: &str) {
    println!("\n{number}. {what}");
}

fn say(what: &str) {
    println!("   {what}");
}

fn check(holds: bool, what: &str) -> Result {
    if holds { Ok(()) } else { Err(format!("this is not so: {what}").into()) }
}
