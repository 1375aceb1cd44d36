//! Products, the platforms where they can be listed, and the listings.

use crate::demo;
use crate::drf::{self, Refusal};
use crate::exchange::{Answer, Exchange};
use crate::fields::{Fields, boolean, count, existing, text};
use crate::pages;
use crate::store::{Kind, Members, Object, Store};
use crate::world::World;
use http::StatusCode;
use serde_json::json;
use std::time::Duration;

/// `POST issuer/v2/products/`. Required is what the pages make depend on each other: with `provide_nominal_value` the nominal
/// value, without it the price. Prices and percentages are taken in any form, since theirs isn't documented.
pub(crate) fn create(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    fields.required("issuer_id", existing(|id| world.store.by_uuid(Kind::Issuer, id).is_some()));
    let price = match fields.required("provide_nominal_value", boolean) {
        Some(true) => Some("nominal_value"),
        Some(false) => Some("issuance_price"),
        None => None,
    };
    if let Some(price) = price {
        fields.required(price, |_| Ok(()));
    }
    terms(&mut fields);
    fields.finish()?;
    let product = Object::new(world.mint.uuid("product"), exchange.now, input.members);
    Ok(drf::json(StatusCode::CREATED, world.store.add(Kind::Product, product)))
}

/// `PATCH issuer/v2/products/{id}/`
pub(crate) fn update(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    fields.optional("provide_nominal_value", boolean);
    terms(&mut fields);
    fields.finish()?;
    let id = exchange.id.unwrap_or_default();
    let product = world.store.by_uuid_mut(Kind::Product, id).ok_or_else(Refusal::not_found)?;
    product.change(input.members);
    Ok(drf::json(StatusCode::OK, product))
}

fn terms(fields: &mut Fields<'_>) {
    fields.each_optional(&["name", "product_type", "isin", "network"], text);
    fields.optional("ewpg", boolean);
    let numbers = ["max_issuable_amount", "step_size", "payment_deadline", "cancellation_deadline"];
    fields.each_optional(&numbers, count);
}

/// `GET issuer/v2/products/`, and the distributor's
pub(crate) fn list(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    pages::page(exchange, world.store.all(Kind::Product), world.config.page_size)
}

/// `GET issuer/v2/products/{id}/`
pub(crate) fn get(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    one(world, exchange, Kind::Product)
}

/// `GET issuer/v2/distribution-platforms/`
pub(crate) fn list_platforms(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    pages::page(exchange, world.store.all(Kind::DistributionPlatform), world.config.page_size)
}

/// `GET issuer/v2/distribution-platforms/{id}/`
pub(crate) fn get_platform(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    one(world, exchange, Kind::DistributionPlatform)
}

/// `POST issuer/v2/listings/`: only on a platform that is allowed.
pub(crate) fn create_listing(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    fields.required("product_id", existing(|id| world.store.by_uuid(Kind::Product, id).is_some()));
    let platform = |id: &str| world.store.by_uuid(Kind::DistributionPlatform, id);
    let chosen = fields.required("distribution_platform_id", existing(|id| platform(id).is_some()));
    let is_allowed = |platform: &Object| platform.json()["is_allowed"] == true;
    if chosen.and_then(platform).is_some_and(|platform| !is_allowed(platform)) {
        fields.refuse("distribution_platform_id", "This platform is not allowed.");
    }
    fields.finish()?;
    let listing = Object::new(world.mint.uuid("listing"), exchange.now, input.members);
    Ok(drf::json(StatusCode::CREATED, world.store.add(Kind::Listing, listing)))
}

/// `GET issuer/v2/listings/`
pub(crate) fn list_listings(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    pages::page(exchange, world.store.all(Kind::Listing), world.config.page_size)
}

fn one(world: &World, exchange: &Exchange<'_>, kind: Kind) -> Answer {
    let object = exchange.id.and_then(|id| world.store.by_uuid(kind, id));
    object.map(|object| drf::json(StatusCode::OK, object)).ok_or_else(Refusal::not_found)
}

/// The product and the two platforms that were there before anyone came.
pub(crate) fn seed(store: &mut Store) {
    let mut add = |kind, id: &str, fields: &[(&str, serde_json::Value)]| {
        let mut members = Members::default();
        fields.iter().for_each(|(name, value)| members.set(name, value));
        // 2020-12-01: before the demo investment.
        store.add(kind, Object::new(id.to_owned(), Duration::from_secs(1_606_780_800), members));
    };
    add(Kind::Product, demo::PRODUCT_ID, &[("name", json!("Demo Bond")), ("product_type", json!("BOND"))]);
    for (id, name, is_allowed) in [
        (demo::PLATFORM_ID, "Demo Platform GmbH", true),
        (demo::OTHER_PLATFORM_ID, "Other Platform GmbH", false),
    ] {
        let fields = [("platform_company_name", json!(name)), ("is_allowed", json!(is_allowed))];
        add(Kind::DistributionPlatform, id, &fields);
    }
}

#[cfg(test)]
mod tests;
