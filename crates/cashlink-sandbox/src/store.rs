//! Everything that was created, kept whole and in order.

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What an [`Object`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An uploaded document: its name, content type, length and SHA-256. The bytes themselves are not kept.
    Document,
    /// An investor of the partner API.
    Investor,
    /// An investment of the partner API.
    Investment,
    /// How an investor was identified.
    Identification,
    /// A person behind an investor that is a legal person.
    BenefitingPerson,
    /// A wallet of an investor.
    Wallet,
    /// A transfer of units: a task that is settled later.
    Transfer,
    /// An issuer.
    Issuer,
    /// A product of an issuer.
    Product,
    /// A platform on which products can be listed.
    DistributionPlatform,
    /// A product on a platform.
    Listing,
    /// A payment link of the payments API.
    Cashlink,
    /// A payment of a payment link.
    Payment,
    /// An id of a payment link that is allocated before the link exists.
    PublicId,
    /// A business that a platform registered through the payments API.
    Business,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Document,
        Self::Investor,
        Self::Investment,
        Self::Identification,
        Self::BenefitingPerson,
        Self::Wallet,
        Self::Transfer,
        Self::Issuer,
        Self::Product,
        Self::DistributionPlatform,
        Self::Listing,
        Self::Cashlink,
        Self::Payment,
        Self::PublicId,
        Self::Business,
    ];

    /// The name under which `/_sandbox/state` counts it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "documents",
            Self::Investor => "investors",
            Self::Investment => "investments",
            Self::Identification => "identifications",
            Self::BenefitingPerson => "benefiting_persons",
            Self::Wallet => "wallets",
            Self::Transfer => "transfers",
            Self::Issuer => "issuers",
            Self::Product => "products",
            Self::DistributionPlatform => "distribution_platforms",
            Self::Listing => "listings",
            Self::Cashlink => "cashlinks",
            Self::Payment => "payments",
            Self::PublicId => "public_ids",
            Self::Business => "businesses",
        }
    }
}

/// One created thing: the id and the status that the sandbox gave it, and every field that came in, unknown ones too.
#[derive(Clone, Debug)]
pub struct Object {
    id: String,
    created: Duration,
    status: Option<String>,
    /// The object that it belongs to. No answer says so.
    owner: Option<String>,
    members: Members,
}

impl Object {
    pub(crate) fn new(id: String, created: Duration, mut members: Members) -> Self {
        // Read-only in the framework's sense: what a client sends under these names is ignored.
        members.remove("id");
        members.remove("status");
        Self { id, created, status: None, owner: None, members }
    }

    pub(crate) fn with_status(mut self, status: &str) -> Self {
        self.status = Some(status.to_owned());
        self
    }

    pub(crate) fn owned_by(mut self, owner: &str) -> Self {
        self.owner = Some(owner.to_owned());
        self
    }

    pub(crate) fn belongs_to(&self, owner: &str) -> bool {
        self.owner.as_deref() == Some(owner)
    }

    pub(crate) fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// Takes what changed over; of an object inside it, member by member.
    pub(crate) fn change(&mut self, mut members: Members) {
        members.remove("id");
        members.remove("status");
        for (name, value) in members.0 {
            self.members.merge(name, value);
        }
    }

    pub(crate) fn set_status(&mut self, status: &str) {
        self.status = Some(status.to_owned());
    }

    /// Its status, where it has one.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.status.as_deref()
    }

    /// Its id: a UUID in the partner API, 12 URL-safe characters in the payments API.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it was created, since the epoch.
    #[must_use]
    pub fn created(&self) -> Duration {
        self.created
    }

    /// The whole object. A number beyond 64 bits shows as a float here, though answers carry its digits unchanged.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some()
    }

    /// The text of a member that is a string.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.members.get(name)?.get()).ok()
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        for (name, value) in &self.members.0 {
            map.serialize_entry(name, value)?;
        }
        if let Some(status) = &self.status {
            map.serialize_entry("status", status)?;
        }
        map.end()
    }
}

/// The members of a JSON object, in the order and in the very digits in which they came: a parsed `Value` would turn a
/// number of thirty digits into a float.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    pub(crate) fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| &**value)
    }

    /// Adds a member, or replaces the one of this name.
    pub(crate) fn set(&mut self, name: &str, value: &Value) {
        self.remove(name);
        // Any `Value` can be written: its keys are strings.
        if let Ok(raw) = serde_json::value::to_raw_value(value) {
            self.0.push((name.to_owned(), raw));
        }
    }

    /// Replaces the member of this name, in its place; where both are objects, member by member.
    fn merge(&mut self, name: String, value: Box<RawValue>) {
        let Some((_, own)) = self.0.iter_mut().find(|(own, _)| *own == name) else {
            self.0.push((name, value));
            return;
        };
        let objects = (serde_json::from_str::<Self>(own.get()), serde_json::from_str::<Self>(value.get()));
        *own = match objects {
            (Ok(mut inner), Ok(changes)) => {
                for (name, value) in changes.0 {
                    inner.merge(name, value);
                }
                // What was read can be written.
                serde_json::value::to_raw_value(&inner).unwrap_or(value)
            }
            _ => value,
        };
    }

    fn remove(&mut self, name: &str) {
        self.0.retain(|(own, _)| own != name);
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut index = BTreeMap::new();
                let mut members: Vec<(String, Box<RawValue>)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    // Of two members with one name the last one counts, as in Python's `json`.
                    let place = *index.entry(name.clone()).or_insert(members.len());
                    match members.get_mut(place) {
                        Some((_, earlier)) => *earlier = value,
                        None => members.push((name, value)),
                    }
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// All objects, by kind, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Store {
    shelves: BTreeMap<Kind, Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    objects: Vec<Object>,
    places: BTreeMap<String, usize>,
}

impl Store {
    /// Keeps the object and gives it back.
    pub(crate) fn add(&mut self, kind: Kind, object: Object) -> &Object {
        let shelf = self.shelves.entry(kind).or_default();
        let place = shelf.objects.len();
        shelf.places.insert(object.id.clone(), place);
        shelf.objects.push(object);
        &shelf.objects[place]
    }

    pub(crate) fn all(&self, kind: Kind) -> &[Object] {
        self.shelves.get(&kind).map_or(&[], |shelf| &shelf.objects)
    }

    pub(crate) fn get(&self, kind: Kind, id: &str) -> Option<&Object> {
        let shelf = self.shelves.get(&kind)?;
        shelf.objects.get(*shelf.places.get(id)?)
    }

    pub(crate) fn get_mut(&mut self, kind: Kind, id: &str) -> Option<&mut Object> {
        let shelf = self.shelves.get_mut(&kind)?;
        shelf.objects.get_mut(*shelf.places.get(id)?)
    }

    /// The object of this UUID, to be changed.
    pub(crate) fn by_uuid_mut(&mut self, kind: Kind, id: &str) -> Option<&mut Object> {
        self.get_mut(kind, &uuid::Uuid::try_parse(id).ok()?.to_string())
    }

    /// The object of this UUID, in whatever spelling of it.
    pub(crate) fn by_uuid(&self, kind: Kind, id: &str) -> Option<&Object> {
        self.get(kind, &uuid::Uuid::try_parse(id).ok()?.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(json: &str) -> Members {
        serde_json::from_str(json).unwrap()
    }

    fn written(object: &Object) -> String {
        serde_json::to_string(object).unwrap()
    }

    #[test]
    fn an_object_keeps_unknown_fields_order_and_every_digit() {
        let object = Object::new(
            "7".to_owned(),
            Duration::ZERO,
            members(r#"{"zebra": {"b": 1.50, "a": []}, "ant": 123456789012345678901234567890}"#),
        );
        assert_eq!(
            written(&object),
            r#"{"id":"7","zebra":{"b": 1.50, "a": []},"ant":123456789012345678901234567890}"#
        );
    }

    #[test]
    fn id_and_status_are_the_sandboxs_alone() {
        let object =
            Object::new("7".to_owned(), Duration::ZERO, members(r#"{"id": "mine", "status": "PAID"}"#));
        assert_eq!(written(&object), r#"{"id":"7"}"#);
        assert_eq!(written(&object.with_status("KYC_PENDING")), r#"{"id":"7","status":"KYC_PENDING"}"#);
    }

    #[test]
    fn a_change_replaces_what_it_names_and_nothing_else() {
        let mut object = Object::new(
            "7".to_owned(),
            Duration::ZERO,
            members(r#"{"a": {"b": 1, "c": 2.50}, "d": [1], "e": 1}"#),
        );
        object.change(members(r#"{"id": "mine", "a": {"b": {"x": 1}}, "d": [2], "f": null}"#));
        assert_eq!(written(&object), r#"{"id":"7","a":{"b":{"x": 1},"c":2.50},"d":[2],"e":1,"f":null}"#);
    }

    #[test]
    fn of_two_members_with_one_name_the_last_one_counts() {
        let object = Object::new("7".to_owned(), Duration::ZERO, members(r#"{"a": 1, "b": 2, "a": 3}"#));
        assert_eq!(written(&object), r#"{"id":"7","a":3,"b":2}"#);
    }

    #[test]
    fn objects_are_found_by_id_and_listed_in_the_order_of_their_creation() {
        let mut store = Store::default();
        for id in ["b", "a"] {
            store.add(Kind::Investor, Object::new(id.to_owned(), Duration::ZERO, Members::default()));
        }
        assert_eq!(store.get(Kind::Investor, "a").map(Object::id), Some("a"));
        assert!(store.get(Kind::Document, "a").is_none());
        assert_eq!(store.all(Kind::Investor).iter().map(Object::id).collect::<Vec<_>>(), ["b", "a"]);
    }

    #[test]
    fn a_uuid_is_found_in_any_spelling() {
        let id = "5eed0000-0000-4000-8000-000000000001";
        let mut store = Store::default();
        store.add(Kind::Investor, Object::new(id.to_owned(), Duration::ZERO, Members::default()));
        assert!(store.by_uuid(Kind::Investor, &id.to_uppercase()).is_some());
        assert!(store.by_uuid(Kind::Investor, "5eed").is_none());
    }
}
