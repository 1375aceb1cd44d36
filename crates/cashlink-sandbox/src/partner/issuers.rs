//! Issuers: a company, its CEO, and where payments go.

use super::investors::{bank_account, legal_person, natural_person};
use crate::drf::{self, Refusal};
use crate::exchange::{Answer, Exchange};
use crate::fields::{Fields, object};
use crate::pages;
use crate::store::{Kind, Object};
use crate::world::World;
use http::StatusCode;

/// `POST issuer/v2/issuers/`. "All three are needed."
pub(crate) fn create(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    fields.required("legal_person", |value| legal_person(value, &world.store));
    fields.required("natural_person", natural_person);
    fields.required("bank_account", bank_account);
    fields.finish()?;
    let issuer = Object::new(world.mint.uuid("issuer"), exchange.now, input.members);
    Ok(drf::json(StatusCode::CREATED, world.store.add(Kind::Issuer, issuer)))
}

/// `PATCH issuer/v2/issuers/{id}/`
pub(crate) fn update(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    fields.optional("legal_person", |value| legal_person(value, &world.store));
    fields.optional("natural_person", natural_person);
    // Of an account that is there, single fields can change.
    fields.optional("bank_account", |value| object(value, |_| {}));
    fields.finish()?;
    let id = exchange.id.unwrap_or_default();
    let issuer = world.store.by_uuid_mut(Kind::Issuer, id).ok_or_else(Refusal::not_found)?;
    issuer.change(input.members);
    Ok(drf::json(StatusCode::OK, issuer))
}

/// `GET issuer/v2/issuers/`
pub(crate) fn list(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    pages::page(exchange, world.store.all(Kind::Issuer), world.config.page_size)
}

/// `GET issuer/v2/issuers/{id}/`
pub(crate) fn get(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let issuer = exchange.id.and_then(|id| world.store.by_uuid(Kind::Issuer, id));
    issuer.map(|issuer| drf::json(StatusCode::OK, issuer)).ok_or_else(Refusal::not_found)
}
