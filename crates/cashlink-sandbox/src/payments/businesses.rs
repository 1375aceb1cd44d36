//! Businesses that a platform registers. Each gets a USERKEY of its own.

use crate::drf;
use crate::exchange::{Answer, Exchange};
use crate::fields::{Fields, choice, date, email, filled, text, url};
use crate::store::{Kind, Object};
use crate::world::{Registered, World};
use http::StatusCode;
use serde_json::json;

/// `POST register/`. The answer always carries `hmac_secret`, also without a `webhook_url`: when it does is not documented
/// clearly.
pub(crate) fn register(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    let address = fields.required("email", email);
    fields.required("business_name", filled);
    fields.optional("business_type", choice(&["individual", "company"]));
    fields.optional("owner_birthday", date);
    fields.each_optional(
        &[
            "password",
            "owner_first_name",
            "owner_last_name",
            "owner_street",
            "owner_street_number",
            "owner_zipcode",
            "owner_city",
            "payout_account",
            "business_tax_id",
            "business_phone_number",
            "business_street",
            "business_street_number",
            "business_zipcode",
            "business_city",
        ],
        text,
    );
    fields.optional("webhook_url", url);
    let businesses = world.store.all(Kind::Business);
    if address
        .is_some_and(|address| businesses.iter().any(|own| own.text("email").as_deref() == Some(address)))
    {
        fields.refuse("email", "This field must be unique.");
    }
    fields.finish()?;
    let id = world.mint.text("business", 9);
    let api_key = world.mint.text("user key", 24);
    let secret = world.mint.text("hmac secret", 32);
    let answer = json!({ "public_id": id, "api_key": api_key, "hmac_secret": secret });
    let business = Object::new(id.clone(), exchange.now, input.members);
    // Its mode is that of the platform: a business that was registered in test mode stays a test's.
    let (webhook_url, is_live) = (business.text("webhook_url"), world.is_live(exchange.api_key()));
    world.add_user_key(api_key, Registered { business: id, secret, webhook_url, is_live });
    world.store.add(Kind::Business, business);
    Ok(drf::json(StatusCode::CREATED, &answer))
}
