//! What belongs to an investor: identifications, benefiting persons, wallets.

use crate::drf::{self, Refusal};
use crate::exchange::{Answer, Exchange};
use crate::fields::{Fields, boolean, date, datetime, existing, filled, text};
use crate::store::{Kind, Members, Object, Store};
use crate::world::World;
use http::StatusCode;

/// `POST distributor/v2/investors/{id}/identifications/`. Which fields are required is not documented.
pub(crate) fn identify(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let owner = owner(&world.store, exchange)?;
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    let names =
        ["document_type", "document_id", "document_issuer", "identity_provider", "legitimation_process_id"];
    fields.each_optional(&names, text);
    fields.each_optional(&["document_valid_from", "document_valid_to"], date);
    let document = existing(|id| world.store.by_uuid(Kind::Document, id).is_some());
    fields.optional("legitimation_protocol_id", document);
    fields.optional("verified_at", datetime);
    fields.finish()?;
    add(world, exchange, Kind::Identification, "identification", &owner, input.members)
}

/// `POST distributor/v2/investors/{id}/benefiting-persons/`. None of its fields is documented, so all are kept.
pub(crate) fn add_benefiting_person(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let owner = owner(&world.store, exchange)?;
    let members = drf::input(exchange.request)?.members;
    add(world, exchange, Kind::BenefitingPerson, "benefiting person", &owner, members)
}

/// `POST distributor/v2/investors/{id}/wallets/eth-generic/`. "An address belongs to one investor."
pub(crate) fn link_wallet(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let owner = owner(&world.store, exchange)?;
    let input = drf::input(exchange.request)?;
    let mut fields = Fields::of(&input.values);
    let address = fields.required("address", filled).unwrap_or_default();
    fields.optional("receiving_enabled", boolean);
    let taken = |wallet: &Object| {
        wallet.text("address").is_some_and(|own| own.eq_ignore_ascii_case(address))
            && !wallet.belongs_to(&owner)
    };
    if world.store.all(Kind::Wallet).iter().any(taken) {
        fields.refuse("address", "This address belongs to another investor.");
    }
    fields.finish()?;
    add(world, exchange, Kind::Wallet, "wallet", &owner, input.members)
}

/// `POST distributor/v2/investors/{id}/wallets/eth-managed/`: without a body, and once for each investor. The address is the
/// sandbox's own, and stays a secret of its: no answer is documented to show it.
pub(crate) fn create_managed_wallet(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let owner = owner(&world.store, exchange)?;
    let is_managed = |wallet: &&Object| wallet.belongs_to(&owner) && !wallet.has("address");
    if world.store.all(Kind::Wallet).iter().any(|wallet| is_managed(&wallet)) {
        return Err(Refusal::bad_request("This investor has a managed wallet already."));
    }
    add(world, exchange, Kind::Wallet, "wallet", &owner, Members::default())
}

/// The id of the investor in the path, as it is kept.
fn owner(store: &Store, exchange: &Exchange<'_>) -> Result<String, Refusal> {
    let investor = exchange.id.and_then(|id| store.by_uuid(Kind::Investor, id));
    investor.map(|investor| investor.id().to_owned()).ok_or_else(Refusal::not_found)
}

fn add(
    world: &mut World,
    exchange: &Exchange<'_>,
    kind: Kind,
    name: &'static str,
    owner: &str,
    members: Members,
) -> Answer {
    let object = Object::new(world.mint.uuid(name), exchange.now, members).owned_by(owner);
    Ok(drf::json(StatusCode::CREATED, world.store.add(kind, object)))
}

#[cfg(test)]
mod tests;
