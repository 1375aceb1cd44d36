//! A page, read into room for exactly so many items. A list that grows while it is read takes up to three times its own size, and an
//! item of a few bytes is ten times as large in memory: so it is known first how many there are (T22).

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use core::mem::size_of;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::answer::{Answer, DecodeError};
use crate::json::Named;

/// What a page says.
pub(super) struct Fields<'a, I> {
    pub(super) count: Option<u64>,
    pub(super) next: Option<Cow<'a, str>>,
    pub(super) previous: Option<Cow<'a, str>>,
    pub(super) items: Vec<I>,
}

impl<'a, I: Deserialize<'a>> Fields<'a, I> {
    pub(super) fn read(answer: &Answer<'a>) -> Result<Self, DecodeError> {
        let body = answer.body();
        let neighbours = neighbours(body);
        let likely = neighbours.saturating_add(1);
        let affordable = |items: usize, times: usize| {
            items.saturating_mul(size_of::<I>()) <= body.len().saturating_mul(times)
        };
        // Room for that many, and as much again while the rest of it is given back, is less than what T22 allows.
        if neighbours > 0 && affordable(likely, 4) {
            let mut fields = answer.json_with(Reading::into_room_for(likely))?;
            fields.items.shrink_to_fit();
            return Ok(fields);
        }
        // Items of a few bytes, or none that are objects: they are counted, by a reader that believes nothing.
        let Counted { results: Count(count) } = answer.json()?;
        // Nobody gets more room in advance than T22 allows: who asks for it has items that can't be read.
        let room = if affordable(count, 10) { count } else { 0 };
        answer.json_with(Reading::into_room_for(room))
    }
}

/// How often an object follows another one in a list, whatever list that is: one less than the items of a page at least, and no more
/// if there are no such lists in its items.
fn neighbours(json: &[u8]) -> usize {
    let follows = |end: usize| {
        let behind = json.get(end..).and_then(|rest| rest.strip_prefix(b"}"));
        let next = behind.and_then(|rest| rest.trim_ascii_start().strip_prefix(b","));
        next.is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
    };
    memchr::memchr_iter(b'}', json).filter(|end| follows(*end)).count()
}

#[derive(Deserialize)]
struct Counted {
    results: Count,
}

/// How many items a list has. They may be anything.
struct Count(usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items;

        impl<'de> Visitor<'de> for Items {
            type Value = Count;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Count, A::Error> {
                let mut count = 0_usize;
                while items.next_element::<IgnoredAny>()?.is_some() {
                    count = count.saturating_add(1);
                }
                Ok(Count(count))
            }
        }

        deserializer.deserialize_seq(Items)
    }
}

/// Reads a page whose items are known to be so many.
struct Reading<I> {
    room: usize,
    items: PhantomData<fn() -> I>,
}

impl<I> Reading<I> {
    const fn into_room_for(room: usize) -> Self {
        Self { room, items: PhantomData }
    }
}

impl<'de, I: Deserialize<'de>> DeserializeSeed<'de> for Reading<I> {
    type Value = Fields<'de, I>;

    fn deserialize<D: Deserializer<'de>>(self, page: D) -> Result<Self::Value, D::Error> {
        page.deserialize_map(self)
    }
}

impl<'de, I: Deserialize<'de>> Visitor<'de> for Reading<I> {
    type Value = Fields<'de, I>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut page: M) -> Result<Self::Value, M::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Key {
            Count,
            Next,
            Previous,
            Results,
            #[serde(other)]
            Other,
        }

        /// Borrowed where it has no escapes.
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

        let (mut count, mut next, mut previous, mut results) = (None, None, None, None);
        while let Some(key) = page.next_key()? {
            match key {
                Key::Count => set(&mut count, "count", || page.next_value())?,
                Key::Next => set(&mut next, "next", || page.next_value::<Option<Text<'_>>>())?,
                Key::Previous => set(&mut previous, "previous", || page.next_value::<Option<Text<'_>>>())?,
                Key::Results => set(&mut results, "results", || page.next_value_seed(Items(&self)))?,
                Key::Other => {
                    page.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Fields {
            count: count.flatten(),
            next: next.flatten().map(|Text(url)| url),
            previous: previous.flatten().map(|Text(url)| url),
            items: results.ok_or_else(|| M::Error::missing_field("results"))?,
        })
    }
}

/// A second field of the same name is an error, since nobody can tell which one counts (T23).
fn set<T, E: serde::de::Error>(
    place: &mut Option<T>,
    name: &'static str,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<(), E> {
    if place.is_some() {
        return Err(E::duplicate_field(name));
    }
    *place = Some(read()?);
    Ok(())
}

struct Items<'a, I>(&'a Reading<I>);

impl<'de, I: Deserialize<'de>> DeserializeSeed<'de> for Items<'_, I> {
    type Value = Vec<I>;

    fn deserialize<D: Deserializer<'de>>(self, list: D) -> Result<Vec<I>, D::Error> {
        list.deserialize_seq(self)
    }
}

impl<'de, I: Deserialize<'de>> Visitor<'de> for Items<'_, I> {
    type Value = Vec<I>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<I>, A::Error> {
        let mut items = Vec::with_capacity(self.0.room);
        while let Some(Named(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use crate::partner::{InvestmentStatus, distributor::ListInvestments};
    use crate::vectors;
    use alloc::borrow::ToOwned as _;
    use alloc::format;

    #[test]
    fn t22_items_are_read_into_room_for_exactly_so_many() {
        // An item of a few bytes, a common one, and one with lists of objects in it.
        let common = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
        let items = [
            r#"{"id":"i","status":"PAID"},"#.to_owned(),
            format!(r#"{{"id":"{common}","status":"PAID","start_url":"https://cashlink.de/"}} , "#),
            format!(r#"{{"id":"{common}","status":"PAID","new":[{{"results":[1]}},{{"}} , {{":2}}]}},"#),
        ];
        for (item, count) in items.iter().flat_map(|item| [0, 1, 3, 5, 100, 1_000].map(|count| (item, count)))
        {
            let item = item.repeat(count);
            let body = format!(
                r#"{{"new":{{"results":[1]}},"results":[{}],"count":7}}"#,
                item.trim_end_matches([',', ' '])
            );
            let page = vectors::answer::<ListInvestments>(&body).unwrap();
            assert_eq!((page.items.len(), page.items.capacity()), (count, count));
            assert!(page.items.iter().all(|item| item.status == Some(InvestmentStatus::Paid)));
        }
    }

    #[test]
    fn items_are_read_whatever_their_key_is_spelled_like_and_once_only() {
        let page = vectors::answer::<ListInvestments>(r#"{"\u0072esults":[{"id":"i"}]}"#).unwrap();
        assert_eq!(page.items.len(), 1);
        for refused in [
            r#"{"results":[{"id":"i"}],"results":[{"id":"j"}]}"#,
            r#"{"results":[{"id":"i"},{"id":""}]}"#,
            r#"{"results":[["i",null,null]]}"#,
            r#"{"results":{"id":"i"}}"#,
            r#"{"results":null}"#,
            r#"{}"#,
            r#"[7,null,null,[{"id":"i"}]]"#,
        ] {
            assert!(vectors::answer::<ListInvestments>(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn neighbours_are_objects_behind_objects_however_they_are_spaced() {
        for (json, count) in [
            ("[]", 0),
            ("[{}]", 0),
            ("[{},{}]", 1),
            ("[{} ,\n{},\t{}]", 2),
            (r#"{"a":{},"b":{}}"#, 0),
            ("[{},[{}],7,{}]", 0),
            ("}", 0),
            ("},", 0),
        ] {
            assert_eq!(super::neighbours(json.as_bytes()), count, "{json}");
        }
    }
}
