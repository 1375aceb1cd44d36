//! The quickstart's steps, once for all HTTP stacks. What differs between the worlds is said by two macros of the program that
//! this file is part of: `flow!` makes a function `async` or leaves it, `wait!` is `.await` or nothing.

use cashlink_sandbox::{Armed, Kind, demo};

use crate::adapter::core::body::{FileName, MediaType};
use crate::adapter::core::bytes::Bytes;
use crate::adapter::core::page::Page;
use crate::adapter::core::partner::NaturalPerson;
use crate::adapter::core::partner::distributor::{
    AddIdentification, CreateInvestor, GetInvestment, ListInvestors, UploadDocument,
};
use crate::adapter::core::payments::{CashlinkType, CreateCashlink};
use crate::adapter::core::{Bearer, Client as Protocol, ErrorKind, Money};
use crate::adapter::{Client, random_key, random_seed};
use crate::client;
use crate::place::{Place, Result, check, person, say, step};

flow! {
pub(crate) fn run(place: &Place) -> Result {
    let partner = client(Protocol::new(place.partner()?, place.bearer()?))?;
    wait!(obtain_a_token(place, &partner))?;
    wait!(upload_a_document(&partner))?;
    wait!(lose_an_answer(place, &partner))?;
    wait!(walk_the_list(place, &partner))?;
    wait!(be_refused(&partner))?;
    wait!(read_an_amount(place, &partner))?;
    wait!(create_a_payment_link(place))?;
    Ok(())
}
}

flow! {
fn obtain_a_token(place: &Place, partner: &Client<Bearer>) -> Result {
    step(
        1,
        "Obtain a token, by OAuth client credentials. Nothing to call: the first call that needs one brings it.",
    );
    let page = wait!(partner.call(&ListInvestors::new()))?;
    say(&format!("The list of investors answered {}, so the token was good.", page.meta.status()));
    if let Some(sandbox) = &place.sandbox {
        check(sandbox.with(|server| server.statistics().token_requests()) == 1, "one token was asked for")?;
    }
    Ok(())
}
}

flow! {
fn upload_a_document(partner: &Client<Bearer>) -> Result {
    step(2, "Upload a document; its id is what other requests refer to.");
    let (name, bytes) = (FileName::new("protocol.pdf")?, Bytes::from("%PDF-1.7 a very short document"));
    let upload = UploadDocument::new(random_key()?, random_seed()?, name, MediaType::PDF, bytes);
    let document = wait!(partner.call(&upload))?.value;
    say(&format!("It is document {}.", document.id));

    let create = CreateInvestor::natural_person(random_key()?, person("Grace", "Hopper"), true);
    let investor = wait!(partner.call(&create))?.value.id;
    let identify = AddIdentification::new(random_key()?, investor).legitimation_protocol_id(document.id);
    let identification = wait!(partner.call(&identify))?;
    let kept: Option<String> = identification.meta.field(&["legitimation_protocol_id"])?;
    check(kept.is_none_or(|kept| kept == document.id.as_str()), "the identification refers to the document")?;
    say(&format!("Identification {} refers to it.", identification.value.id));
    Ok(())
}
}

flow! {
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
    let first = wait!(partner.call(&create))?;
    say(&format!("Key {key}: investor {} after {} attempts.", first.value.id, first.meta.attempts()));

    let again = wait!(partner.call(&create))?;
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
}

flow! {
fn walk_the_list(place: &Place, partner: &Client<Bearer>) -> Result {
    step(4, "Walk the investors page by page, oldest first, and one page back.");
    if place.sandbox.is_some() {
        while place.investors() < Some(25) {
            let number = place.investors().unwrap_or_default();
            let person = person("Investor", &format!("No. {number}"));
            wait!(partner.call(&CreateInvestor::natural_person(random_key()?, person, true)))?;
        }
    }
    let (mut walk, mut pages) = (partner.pages(&ListInvestors::new())?, Vec::<Page<ListInvestors>>::new());
    #[allow(clippy::while_let_on_iterator, reason = "a stream can't be looped over")]
    while let Some(page) = wait!(walk.next()) {
        pages.push(page?);
    }
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
        let back = wait!(partner.call(&back))?.value;
        check(back.items == before.items, "one page back is the page before")?;
        say("One page back from the last one was the page before it.");
    }
    Ok(())
}
}

flow! {
fn be_refused(partner: &Client<Bearer>) -> Result {
    step(5, "Send an investor that can't be accepted, and read what is wrong, field by field.");
    let invalid = CreateInvestor::natural_person(
        random_key()?,
        NaturalPerson::new().forename("Eve").is_subject_to_us_tax(true),
        true,
    )
    .extra("communication", "by pigeon");
    let Err(error) = wait!(partner.call(&invalid)) else { return Err("the investor was accepted".into()) };
    check(error.kind() == ErrorKind::Status && error.is_invalid_input(), "it is refused as invalid input")?;
    say(&format!("In the log: {error}"));
    let errors = error.error_map();
    check(!errors.is_empty(), "the refusal names fields")?;
    for entry in errors.iter() {
        say(&format!("  {}: {}", entry.path(), entry.message()));
    }
    Ok(())
}
}

flow! {
fn read_an_amount(place: &Place, partner: &Client<Bearer>) -> Result {
    step(6, "Read an amount of money, exactly.");
    if place.sandbox.is_none() {
        say("Left out: only the sandbox has an investment whose amount is known.");
        return Ok(());
    }
    let investment = wait!(partner.call(&GetInvestment::new(demo::INVESTMENT_ID.parse()?)))?;
    // The field has no documented name, so the library has none for it either; the answer's bytes have it.
    let amount: Money =
        investment.meta.field(&["investment_amount"])?.ok_or("the investment has an amount")?;
    check(amount.to_string() == "EUR 40,000.000", "it prints as the documentation shows it")?;
    say(&amount.to_string());
    Ok(())
}
}

flow! {
fn create_a_payment_link(place: &Place) -> Result {
    step(7, "Create a payment link, on the older API, with its API key.");
    let Some((api, key)) = place.payments()? else {
        say("Left out: CASHLINK_USER_KEY is not set.");
        return Ok(());
    };
    let payments = client(Protocol::new(api, key))?;
    let create =
        CreateCashlink::v2018_01_15(CashlinkType::Invoice, "EUR 12.34".parse()?, "Invoice no. 12345");
    let link = wait!(payments.call(&create))?.value;
    say(&format!("It is {}: {}", link.public_id, link.url.as_deref().unwrap_or("without a URL")));
    check(
        place.sandbox.as_ref().is_none_or(|server| server.with(|s| s.count(Kind::Cashlink)) == 1),
        "there is one link",
    )
}
}
