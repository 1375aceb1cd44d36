//! Investors. Refused is what the vendor's pages call required or forbidden, and what doesn't have the shape of their samples;
//! everything else is kept and given back.

use crate::drf::{self, Errors, Refusal};
use crate::exchange::{Answer, Exchange};
use crate::fields::{
    Checked, Fields, boolean, date, datetime, email, existing, filled, object, text, three_letters,
};
use crate::pages;
use crate::store::{Kind, Object, Store};
use crate::world::World;
use http::StatusCode;
use serde_json::Value;

/// `POST distributor/v2/investors/`
pub(crate) fn create(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    check(Fields::of(&input.values), &world.store, world.config.strict_investors)?;
    let investor = Object::new(world.mint.uuid("investor"), exchange.now, input.members);
    Ok(drf::json(StatusCode::CREATED, world.store.add(Kind::Investor, investor)))
}

/// `GET distributor/v2/investors/`
pub(crate) fn list(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    pages::page(exchange, world.store.all(Kind::Investor), world.config.page_size)
}

/// `GET distributor/v2/investors/{id}/`
pub(crate) fn get(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let investor = exchange.id.and_then(|id| world.store.by_uuid(Kind::Investor, id));
    investor.map(|investor| drf::json(StatusCode::OK, investor)).ok_or_else(Refusal::not_found)
}

/// `PATCH distributor/v2/investors/{id}/`: the fields that are there replace the ones that were. Nobody becomes another kind of
/// person.
pub(crate) fn update(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    let id = exchange.id.unwrap_or_default();
    let investor = world.store.by_uuid(Kind::Investor, id).ok_or_else(Refusal::not_found)?;
    let mut fields = Fields::of(&input.values);
    for (person, other) in [("natural_person", "legal_person"), ("legal_person", "natural_person")] {
        if fields.contains(person) && investor.has(other) {
            fields.refuse(person, "This investor is another kind of person.");
        }
    }
    optional(&mut fields, &world.store);
    fields.optional("is_beneficiary", boolean);
    fields.each_optional(&["tax_information"], tax_information);
    // Of an account that is there, single fields can change.
    fields.optional("bank_account", |value| object(value, |_| {}));
    fields.optional("communication", communication);
    fields.finish()?;
    let investor = world.store.by_uuid_mut(Kind::Investor, id).ok_or_else(Refusal::not_found)?;
    investor.change(input.members);
    Ok(drf::json(StatusCode::OK, investor))
}

fn optional(fields: &mut Fields<'_>, store: &Store) {
    fields.optional("natural_person", natural_person);
    fields.optional("legal_person", |value| legal_person(value, store));
    fields.optional("is_subject_to_us_tax", not_taxed_in_the_us);
    fields.optional("pep_status", boolean);
    fields.optional("account_setup_accepted_at", datetime);
}

fn check(mut fields: Fields<'_>, store: &Store, strict: bool) -> Result<(), Refusal> {
    optional(&mut fields, store);
    fields.required("is_beneficiary", boolean);
    for (name, check) in [
        ("tax_information", tax_information as fn(&Value) -> Checked<()>),
        ("bank_account", bank_account),
        ("communication", communication),
    ] {
        // The pages contradict each other: mandatory in the newer ones, optional before.
        if strict {
            fields.required(name, check)
        } else {
            fields.optional(name, check)
        };
    }
    let persons = (fields.contains("natural_person"), fields.contains("legal_person"));
    fields.finish()?;
    match persons {
        (true, false) | (false, true) => Ok(()),
        _ => Err(Refusal::Fields(Errors::of_none(
            "Exactly one of natural_person and legal_person is required.",
        ))),
    }
}

pub(crate) fn natural_person(value: &Value) -> Checked<()> {
    object(value, |person| {
        person.each_optional(
            &["salutation", "forename", "surname", "birth_place", "street", "city", "zip", "phone"],
            text,
        );
        person.optional("birth_date", date);
        person.each_optional(&["citizenship", "country"], three_letters);
        person.optional("is_pep", boolean);
        person.optional("is_subject_to_us_tax", not_taxed_in_the_us);
    })
}

/// "US-taxable persons are not onboarded": the creation fails; with which words is not documented.
fn not_taxed_in_the_us(value: &Value) -> Checked<()> {
    if boolean(value)? {
        Err(serde_json::json!(["Investors subject to US tax are not accepted."]))
    } else {
        Ok(())
    }
}

/// The names are the issuer's; the distributor's guide uploads the same two documents.
pub(crate) fn legal_person(value: &Value, store: &Store) -> Checked<()> {
    object(value, |person| {
        person.each_optional(
            &[
                "company_name",
                "commercial_register",
                "commercial_register_number",
                "street",
                "zip",
                "city",
                "phone",
            ],
            text,
        );
        person.optional("country", three_letters);
        let document = existing(|id| store.by_uuid(Kind::Document, id).is_some());
        person.each_optional(&["company_identity_proof_id", "company_structure_proof_id"], document);
    })
}

fn tax_information(value: &Value) -> Checked<()> {
    object(value, |tax| {
        tax.optional("tax_identification_number", text);
        tax.optional("non_assessment_certificate", boolean);
    })
}

/// BIC, IBAN and currency are named as the required ones.
pub(crate) fn bank_account(value: &Value) -> Checked<()> {
    object(value, |account| {
        account.required("bic", filled);
        account.required("iban", filled);
        account.required("currency", three_letters);
        account.each_optional(&["account_holder", "bank"], text);
        account.optional("country", three_letters);
    })
}

fn communication(value: &Value) -> Checked<()> {
    object(value, |communication| {
        communication.optional("email", email);
        communication.optional("email_confirmed", boolean);
    })
}

#[cfg(test)]
mod tests;
