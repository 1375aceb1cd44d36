//! Investments: an investor's units of a campaign. The distributor creates them; the issuer may read them too.

use crate::demo;
use crate::drf::{self, Refusal};
use crate::exchange::{Answer, Exchange};
use crate::fields::{Fields, count, datetime, existing, text};
use crate::pages;
use crate::store::{Kind, Object, Store};
use crate::webhooks::ORDER;
use crate::world::World;
use http::StatusCode;
use std::time::Duration;

/// `POST distributor/v2/investments/`. The signed documents that the pages call required are not looked for: their field is
/// not documented.
pub(crate) fn create(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    fields.required("investor_id", existing(|id| world.store.by_uuid(Kind::Investor, id).is_some()));
    fields.required("campaign_id", existing(|id| world.is_campaign(id)));
    fields.required("units", count);
    // Only an account with web-based subscription may leave it out, and a sandbox has none.
    fields.required("signed_at", datetime);
    fields.each_optional(&["accepted_at", "paid_at"], datetime);
    fields.optional("wallet", text);
    fields.finish()?;
    let investment = Object::new(world.mint.uuid("investment"), exchange.now, input.members);
    let investment = investment.with_status("KYC_PENDING");
    Ok(drf::json(StatusCode::CREATED, world.store.add(Kind::Investment, investment)))
}

/// `PATCH distributor/v2/investments/{id}/`: by inference. An order that is accepted, or paid, has that status from then on.
pub(crate) fn update(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    fields.each_optional(&["accepted_at", "paid_at"], datetime);
    fields.optional("wallet", text);
    fields.finish()?;
    let id = exchange.id.unwrap_or_default();
    let investment = world.store.by_uuid_mut(Kind::Investment, id).ok_or_else(Refusal::not_found)?;
    let place = |status: &str| ORDER.iter().position(|own| *own == status);
    let reached = match (input.values.contains_key("accepted_at"), input.values.contains_key("paid_at")) {
        (_, true) => Some("PAID"),
        (true, false) => Some("ACCEPTED"),
        (false, false) => None,
    };
    investment.change(input.members);
    let now = investment.status().and_then(place);
    if let Some(status) = reached.filter(|status| now.is_some() && now < place(status)) {
        world.change_status(exchange.now, id, status);
    }
    get(world, exchange)
}

/// `GET distributor/v2/investments/{id}/registry-statements/`: a page like every other, by inference, and always an empty one:
/// what a statement says is not documented.
pub(crate) fn registry_statements(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let id = exchange.id.unwrap_or_default();
    world.store.by_uuid(Kind::Investment, id).ok_or_else(Refusal::not_found)?;
    pages::page(exchange, &[], world.config.page_size)
}

/// `GET issuer/v2/investments/`: all, or those of the product that `product_id` names.
pub(crate) fn list_of_product(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let asked = form_urlencoded::parse(exchange.query().as_bytes()).filter(|(name, _)| name == "product_id");
    let all = world.store.all(Kind::Investment);
    match asked.last() {
        None => pages::page(exchange, all, world.config.page_size),
        // All investments are made in the one campaign, which is that of the demo product.
        Some((_, product)) if product == demo::PRODUCT_ID => {
            pages::page(exchange, all, world.config.page_size)
        }
        Some(_) => pages::page(exchange, &[], world.config.page_size),
    }
}

/// `GET distributor/v2/investments/`
pub(crate) fn list(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    pages::page(exchange, world.store.all(Kind::Investment), world.config.page_size)
}

/// `GET distributor/v2/investments/{id}/`, and the issuer's
pub(crate) fn get(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let investment = exchange.id.and_then(|id| world.store.by_uuid(Kind::Investment, id));
    investment.map(|investment| drf::json(StatusCode::OK, investment)).ok_or_else(Refusal::not_found)
}

/// The investment that was there before anyone came. It names its person and no `investor_id`, as the issuer's field list does,
/// so that the list of investors begins empty.
pub(crate) fn seed(store: &mut Store) {
    let members = serde_json::from_str(
        r#"{
            "campaign_id": "5eed0000-0000-4000-8000-000000000001",
            "units": 40,
            "investment_amount": {"amount": "40000000", "decimals": 3, "currency": "EUR"},
            "signed_at": "2020-12-10T09:30:00Z",
            "accepted_at": "2020-12-11T14:59:46.716Z",
            "natural_person": {"forename": "Erika", "surname": "Mustermann"}
        }"#,
    )
    .expect("the seed is a JSON object");
    // 2020-12-10T09:30:00Z, when it was signed.
    let created = Duration::from_secs(1_607_592_600);
    let investment = Object::new(demo::INVESTMENT_ID.to_owned(), created, members);
    store.add(Kind::Investment, investment.with_status("ACCEPTED"));
}

#[cfg(test)]
mod tests;
