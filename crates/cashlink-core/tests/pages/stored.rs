//! What comes back from a disk or a queue is read as strictly as what comes from a server: it may have been written by
//! somebody else.

use cashlink_core::Policy;
use cashlink_core::page::{Bookmark, Next, Previous, Walk};
use cashlink_core::partner::distributor::{ListInvestments, ListInvestors};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::stage::{BASE, PATH, demo, destination, page_with_next};

/// What is stored for one page, and what it may not be changed to.
const TAMPERED: &[(&str, &str)] = &[
    // Out of the base, or to another host.
    ("path", "../oauth/token"),
    ("path", "distributor/v2/../../oauth/token"),
    ("path", "distributor/v2/%2e%2e/investors/"),
    ("path", "distributor/v2/.%2E/investors/"),
    ("path", "./distributor/v2/investors/"),
    ("path", "/distributor/v2/investors/"),
    ("path", "//evil.example/"),
    ("path", "https://evil.example/"),
    ("path", "@evil.example/"),
    ("path", "distributor//v2/investors/"),
    ("path", "\\\\evil.example\\"),
    // Out of the path.
    ("path", "distributor/v2/investors/?page=2"),
    ("path", "distributor/v2/investors/#x"),
    ("path", "distributor/v2/investors/ HTTP/1.1"),
    ("path", "distributor/v2/investors/\r\nX-Api-Key: a"),
    ("path", "distributor/v2/investors/\t"),
    ("path", "distributor/v2/investors/\u{0}"),
    ("path", "distributor/v2/invest\u{f6}rs/"),
    // Out of the query.
    ("query", "page=2#x"),
    ("query", "#"),
    ("query", "page=2\r\nX-Api-Key: a"),
    ("query", "page=2\n"),
    ("query", "page=2 HTTP/1.1"),
    ("query", "page=\t2"),
    ("query", "page=\\2"),
    ("query", "page=\"2\""),
    ("query", "page=\u{0}"),
    ("query", "page=\u{7f}"),
    ("query", "page=\u{e4}"),
    // Another list.
    ("operation", "investments.list"),
    ("operation", "investors.create"),
    ("operation", "Investors.list"),
    ("operation", ""),
];

fn next() -> Next<ListInvestors> {
    page_with_next(&demo(), &format!("{BASE}/{PATH}?page=2")).next().unwrap().unwrap()
}

fn walk() -> Walk<ListInvestors> {
    let mut walk = Walk::new(&ListInvestors::new(), &Policy::default()).unwrap();
    walk.turn(&page_with_next(&demo(), &format!("{BASE}/{PATH}?page=2"))).unwrap();
    walk
}

fn bookmark() -> Bookmark<ListInvestors> {
    Bookmark::after(&page_with_next(&demo(), &format!("{BASE}/{PATH}?page=2")), &Policy::default()).unwrap()
}

/// Whether it is read back; from a text, from bytes and from a value alike.
fn is_read<T: DeserializeOwned>(value: &Value) -> bool {
    let text = value.to_string();
    let outcomes = [
        serde_json::from_str::<T>(&text).is_ok(),
        serde_json::from_slice::<T>(text.as_bytes()).is_ok(),
        serde_json::from_reader::<_, T>(text.as_bytes()).is_ok(),
        serde_json::from_value::<T>(value.clone()).is_ok(),
    ];
    assert!(outcomes == [true; 4] || outcomes == [false; 4], "{outcomes:?}: {text}");
    outcomes[0]
}

/// `place` is where in the stored form of a `T` the page stands.
fn refuses_what_was_tampered_with<T: Serialize + DeserializeOwned>(of: &T, place: &str) {
    let untouched = serde_json::to_value(of).unwrap();
    assert!(is_read::<T>(&untouched));
    let mut changes: Vec<(&str, Value)> =
        TAMPERED.iter().map(|(field, text)| (*field, json!(text))).collect();
    for field in ["operation", "path", "query", "given"] {
        changes.extend([(field, Value::Null), (field, json!(1)), (field, json!(["x"])), (field, json!({}))]);
    }
    for (field, value) in changes {
        let mut tampered = untouched.clone();
        let page = tampered.pointer_mut(place).unwrap();
        assert!(page.get(field).is_some(), "{page} has no {field}");
        page[field] = value;
        assert!(!is_read::<T>(&tampered), "{tampered}");
    }
    for field in ["operation", "path", "query", "given"] {
        let mut cut = untouched.clone();
        cut.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(field);
        assert!(!is_read::<T>(&cut), "{cut}");
    }
}

#[test]
fn a_page_that_was_tampered_with_is_not_read_back() {
    refuses_what_was_tampered_with::<Next<ListInvestors>>(&next(), "");
}

#[test]
fn a_walk_that_was_tampered_with_is_not_read_back() {
    refuses_what_was_tampered_with::<Walk<ListInvestors>>(&walk(), "/next");
}

#[test]
fn a_bookmark_that_was_tampered_with_is_not_read_back() {
    refuses_what_was_tampered_with::<Bookmark<ListInvestors>>(&bookmark(), "/page");
}

/// Such a one would follow a loop without seeing it.
#[test]
fn t59_counters_that_contradict_each_other_are_not_read_back() {
    for (steps, power) in [(0, 0), (1, 1), (2, 1), (u32::MAX, 0), (u32::MAX, u32::MAX)] {
        for stored in [serde_json::to_value(walk()).unwrap(), serde_json::to_value(bookmark()).unwrap()] {
            let mut forged = stored.clone();
            forged["cycle"]["steps"] = json!(steps);
            forged["cycle"]["power"] = json!(power);
            assert!(!is_read::<Walk<ListInvestors>>(&forged), "{forged}");
            assert!(!is_read::<Bookmark<ListInvestors>>(&forged), "{forged}");
        }
    }
}

#[test]
fn what_one_list_stored_is_not_read_as_anothers() {
    let (next, walk, bookmark) = (
        serde_json::to_value(next()).unwrap(),
        serde_json::to_value(walk()).unwrap(),
        serde_json::to_value(bookmark()).unwrap(),
    );
    assert!(is_read::<Next<ListInvestors>>(&next) && !is_read::<Next<ListInvestments>>(&next));
    assert!(is_read::<Walk<ListInvestors>>(&walk) && !is_read::<Walk<ListInvestments>>(&walk));
    assert!(
        is_read::<Bookmark<ListInvestors>>(&bookmark) && !is_read::<Bookmark<ListInvestments>>(&bookmark)
    );
}

#[test]
fn a_stored_page_holds_neither_host_nor_credential_and_goes_where_its_client_goes() {
    let stored = serde_json::to_string(&next()).unwrap();
    assert!(!stored.contains("cashlink.de") && !stored.contains("t0k3n"), "{stored}");
    let read: Next<ListInvestors> = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, next());
    assert_eq!(destination(&demo(), &read), format!("{BASE}/{PATH}?page=2"));
    let elsewhere = crate::stage::client("https://connect.example:8443/api", Default::default());
    assert_eq!(destination(&elsewhere, &read), format!("https://connect.example:8443/api/{PATH}?page=2"));
}

#[test]
fn a_previous_page_is_stored_as_well() {
    let body = json!({ "previous": format!("{BASE}/{PATH}"), "results": [] }).to_string();
    let previous = crate::stage::answered(&demo(), &next(), &body).unwrap().previous().unwrap().unwrap();
    let read: Previous<ListInvestors> =
        serde_json::from_str(&serde_json::to_string(&previous).unwrap()).unwrap();
    assert_eq!(destination(&demo(), &read), format!("{BASE}/{PATH}"));
}
