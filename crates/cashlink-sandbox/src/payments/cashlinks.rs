//! Payment links. Every POST makes a new one: this generation has no idempotency keys.

use super::Version;
use crate::drf;
use crate::exchange::{Answer, Exchange};
use crate::fields::{Fields, amount, boolean, choice, filled, text};
use crate::store::{Kind, Members, Object};
use crate::world::World;
use http::StatusCode;
use serde_json::{Value, json};

/// `POST cashlink`
pub(crate) fn create(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    let kind = choice(&["invoice", "product", "subscription"]);
    let kind = match exchange.version {
        Version::V2018_01_15 => fields.required("type", kind),
        Version::V2017_10_01 => fields.optional("type", kind),
    };
    fields.required("amount", amount);
    fields.required("subject", filled);
    // `monthly` is the only documented plan, others exist on request: any is taken.
    match kind {
        Some("subscription") => fields.required("subscription_plan", filled),
        _ => fields.optional("subscription_plan", text),
    };
    fields.each_optional(
        &[
            "require_name",
            "require_email",
            "require_address",
            "require_phone_number",
            "freetext_field_required",
        ],
        boolean,
    );
    fields.optional("freetext_field_type", choice(&["short", "long"]));
    fields.optional("freetext_field_label", text);
    let signature = fields.optional("public_id", text);
    let allocated = signature.and_then(|signature| allocated(world, signature));
    if signature.is_some() && allocated.is_none() {
        fields.refuse("public_id", "Invalid signature.");
    }
    let taken = allocated.as_ref().is_some_and(|id| world.store.get(Kind::Cashlink, id).is_some());
    if taken {
        fields.refuse("public_id", "This public ID is already in use.");
    }
    fields.finish()?;
    let id = allocated.unwrap_or_else(|| world.mint.text("public id", 9));
    let answer = addresses(exchange, &id);
    world.add_link(exchange.api_key(), Object::new(id, exchange.now, input.members));
    Ok(drf::json(StatusCode::CREATED, &answer))
}

/// `POST cashlink-public-id`
pub(crate) fn allocate(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    drf::input(exchange.request)?;
    let id = world.mint.text("public id", 9);
    // 20 bytes are 27 characters, the length of the vendor's sample.
    let signature = format!("{id}:{}", world.mint.text("signature", 20));
    let mut answer = addresses(exchange, &id);
    answer["signature"] = Value::from(&*signature);
    let mut members = Members::default();
    members.set("signature", &signature.into());
    world.store.add(Kind::PublicId, Object::new(id, exchange.now, members));
    Ok(drf::json(StatusCode::CREATED, &answer))
}

/// The id that was allocated under this `ID:SIGNATURE`.
fn allocated(world: &World, signature: &str) -> Option<String> {
    let (id, _) = signature.split_once(':')?;
    let allocated = world.store.get(Kind::PublicId, id)?;
    (allocated.text("signature")? == signature).then(|| id.to_owned())
}

/// The two public forms of a link's address. Which of them `whatsapp_url` is, is not documented.
fn addresses(exchange: &Exchange<'_>, id: &str) -> Value {
    json!({
        "public_id": id,
        "url": format!("{}/business/+{id}", exchange.origin),
        "whatsapp_url": format!("{}/business/l/{id}", exchange.origin),
    })
}
