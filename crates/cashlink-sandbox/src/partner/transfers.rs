//! Transfers: tasks, which the sandbox settles when it is told to.

use crate::drf::{self, Refusal};
use crate::exchange::{Answer, Exchange};
use crate::fields::{Fields, count, existing, filled};
use crate::store::{Kind, Object};
use crate::world::World;
use http::StatusCode;

/// The statuses that some page has.
pub(crate) const STATUSES: [&str; 5] = ["processing", "succeeded", "success", "failed", "unknown"];

/// `POST distributor/v2/transfers/`. Of the documented preconditions, one can be looked at: the source is a managed wallet. How
/// many units are on it, a sandbox doesn't know.
pub(crate) fn create(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    fields.required("product", existing(|id| world.store.by_uuid(Kind::Product, id).is_some()));
    let wallet = existing(|id| world.store.by_uuid(Kind::Wallet, id).is_some());
    let source = fields.required("source_wallet", wallet);
    let source = source.and_then(|id| world.store.by_uuid(Kind::Wallet, id));
    if source.is_some_and(|wallet| wallet.has("address")) {
        fields.refuse("source_wallet", "This wallet is not managed by the platform.");
    }
    fields.required("target_address", filled);
    fields.required("amount", count);
    fields.finish()?;
    let transfer = Object::new(world.mint.uuid("transfer"), exchange.now, input.members);
    let transfer = transfer.with_status("processing");
    Ok(drf::json(StatusCode::CREATED, world.store.add(Kind::Transfer, transfer)))
}

/// `GET distributor/v2/transfers/{id}/`
pub(crate) fn get(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let transfer = exchange.id.and_then(|id| world.store.by_uuid(Kind::Transfer, id));
    transfer.map(|transfer| drf::json(StatusCode::OK, transfer)).ok_or_else(Refusal::not_found)
}

#[cfg(test)]
mod tests {
    use crate::demo;
    use crate::scene::{Ask, INVESTORS, Scene};
    use serde_json::json;

    const TRANSFERS: &str = "/api/external/distributor/v2/transfers/";

    #[test]
    fn a_transfer_is_processing_until_it_is_settled() {
        let mut scene = Scene::new();
        let investor = scene.investor("i");
        let managed = Ask::post(&format!("{INVESTORS}{investor}/wallets/eth-managed/")).key("w");
        let wallet = scene.distributor(managed).id();
        let body = json!({"product": demo::PRODUCT_ID, "source_wallet": wallet, "target_address": "0x0", "amount": 4});
        let told = scene.distributor(Ask::post(TRANSFERS).key("k").json(&body));
        assert_eq!((told.status, &told.json()["status"]), (201, &json!("processing")), "{}", told.text);
        let id = told.id();
        for status in ["processing", "success", "failed", "unknown", "something else"] {
            assert!(scene.sandbox.settle_transfer(&id, status));
            let read = scene.distributor(Ask::get(&format!("{TRANSFERS}{id}/")));
            assert_eq!((read.status, &read.json()["status"]), (200, &json!(status)));
        }
        assert!(!scene.sandbox.settle_transfer("x", "failed"));
    }

    #[test]
    fn a_transfer_needs_a_managed_wallet() {
        let mut scene = Scene::new();
        let investor = scene.investor("i");
        let linked = Ask::post(&format!("{INVESTORS}{investor}/wallets/eth-generic/")).key("w");
        let wallet = scene.distributor(linked.json(&json!({"address": "0x1"}))).id();
        let body = json!({"product": demo::PRODUCT_ID, "source_wallet": wallet, "target_address": "0x0", "amount": 4});
        let told = scene.distributor(Ask::post(TRANSFERS).key("k").json(&body));
        told.is(400, json!({"source_wallet": ["This wallet is not managed by the platform."]}));
        let told = scene.distributor(Ask::post(TRANSFERS).key("l").json(&json!({})));
        assert_eq!(told.json().as_object().unwrap().len(), 4, "{}", told.text);
    }
}
