//! The items of a page, read into room for exactly so many. A list that grows while it is read takes up to three times its
//! own size, and an item of a few bytes is ten times as large in memory: so they are counted first (T22).

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::json::Named;

/// How many items a list has. They may be anything.
pub(super) struct Count(pub(super) usize);

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

/// The `results` of a page, of which an earlier reading found so many.
pub(super) struct Results<I> {
    count: usize,
    items: PhantomData<fn() -> I>,
}

impl<I> Results<I> {
    pub(super) const fn new(Count(count): Count) -> Self {
        Self { count, items: PhantomData }
    }
}

impl<'de, I: Deserialize<'de>> DeserializeSeed<'de> for Results<I> {
    type Value = Vec<I>;

    fn deserialize<D: Deserializer<'de>>(self, page: D) -> Result<Vec<I>, D::Error> {
        page.deserialize_map(self)
    }
}

impl<'de, I: Deserialize<'de>> Visitor<'de> for Results<I> {
    type Value = Vec<I>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut page: M) -> Result<Vec<I>, M::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Key {
            Results,
            #[serde(other)]
            Other,
        }

        let mut items = Vec::new();
        while let Some(key) = page.next_key()? {
            match key {
                Key::Results => items = page.next_value_seed(Exactly(&self))?,
                Key::Other => {
                    page.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(items)
    }
}

struct Exactly<'a, I>(&'a Results<I>);

impl<'de, I: Deserialize<'de>> DeserializeSeed<'de> for Exactly<'_, I> {
    type Value = Vec<I>;

    fn deserialize<D: Deserializer<'de>>(self, list: D) -> Result<Vec<I>, D::Error> {
        list.deserialize_seq(self)
    }
}

impl<'de, I: Deserialize<'de>> Visitor<'de> for Exactly<'_, I> {
    type Value = Vec<I>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<I>, A::Error> {
        let mut items = Vec::with_capacity(self.0.count);
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
    use alloc::format;

    #[test]
    fn t22_items_are_read_into_room_for_exactly_so_many() {
        for count in [0, 1, 3, 5, 100, 1_000] {
            let item = r#"{"id":"i","status":"PAID","new":[{"results":[1]}]},"#.repeat(count);
            let body = format!(
                r#"{{"new":{{"results":[1]}},"results":[{}],"count":7}}"#,
                item.trim_end_matches(',')
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
}
