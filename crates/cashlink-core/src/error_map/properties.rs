//! What holds of every body, and what bounds the reader (T21–T22, T29).

extern crate std;

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

use proptest::collection;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

/// Segments as text, message, code.
type Found = (Vec<String>, String, Option<String>);

/// The rules of [`ErrorMap`], written again over a tree of values and without any thought of bounds.
fn oracle(value: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    if let Value::Object(members) = value {
        if coded(value).is_none() {
            oracle_of_the_outermost_object(members, &mut found);
            return found;
        }
    }
    walk(value, &[], &[], &mut found);
    found
}

fn oracle_of_the_outermost_object(members: &Map<String, Value>, found: &mut Vec<Found>) {
    let string = |name: &str| members.get(name).and_then(Value::as_str);
    let is_code = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    let code = string("error").filter(is_code);
    for (key, value) in members {
        match (key.as_str(), value, code) {
            ("error", Value::String(_), Some(code)) => {
                let message = string("error_description").unwrap_or(code);
                found.push((vec![], message.to_owned(), Some(code.to_owned())));
            }
            ("error", Value::String(message), None) => found.push((vec![], message.clone(), None)),
            ("error_description" | "error_uri", Value::String(_), Some(_)) => {}
            ("detail", value, _) => walk(value, &["detail".to_owned()], &[], found),
            ("non_field_errors", value, _) => walk(value, &[], &[], found),
            (key, value, _) => walk(value, &[key.to_owned()], &[key.to_owned()], found),
        }
    }
}

/// A container belongs to `path`, a leaf to `leaf_path`.
fn walk(value: &Value, path: &[String], leaf_path: &[String], found: &mut Vec<Found>) {
    let below = |name: &str| [path, &[name.to_owned()]].concat();
    match value {
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => found.push((leaf_path.to_vec(), value.to_string(), None)),
        Value::String(text) => found.push((leaf_path.to_vec(), text.clone(), None)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &below(&index.to_string()), path, found);
            }
        }
        Value::Object(members) => {
            if let Some((message, code)) = coded(value) {
                found.push((leaf_path.to_vec(), message, Some(code)));
                return;
            }
            for (key, value) in members {
                let path = if key == "non_field_errors" { path.to_vec() } else { below(key) };
                walk(value, &path, &path, found);
            }
        }
    }
}

fn coded(value: &Value) -> Option<(String, String)> {
    let members = value.as_object().filter(|members| members.len() == 2)?;
    let string = |name: &str| members.get(name)?.as_str().map(ToOwned::to_owned);
    Some((string("message")?, string("code")?))
}

fn found(errors: &ErrorMap) -> Vec<Found> {
    let segment = |segment: Segment<'_>| match segment {
        Segment::Field(name) => name.into_owned(),
        Segment::Index(index) => index.to_string(),
    };
    let entry = |entry: Entry<'_>| {
        let path = entry.path().segments().map(segment).collect();
        (path, entry.message().to_owned(), entry.code().map(ToOwned::to_owned))
    };
    errors.iter().map(entry).collect()
}

fn key() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "message",
        "code",
        "detail",
        "non_field_errors",
        "error",
        "error_description",
        "error_uri",
        "0",
        "1",
        "01",
        "",
        "a",
        "a.b",
        "[0]",
        "\"",
        "\\",
        "\u{1b}",
        "é",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => any::<String>()]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![2 => Just("required".to_owned()), 1 => Just("Not valid.".to_owned()), 1 => any::<String>()]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => text().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 5, move |inner| {
        prop_oneof![
            2 => collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => collection::vec((key(), inner), 0..5).prop_map(|members| Value::Object(members.into_iter().collect())),
            1 => (text(), text()).prop_map(|(message, code)| json!({"message": message, "code": code})),
        ]
    })
}

/// JSON text that no tree of values writes: doubled keys, long numbers, escapes, lone surrogates.
fn odd_json() -> impl Strategy<Value = String> {
    let token = r#"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?|"(\\u[0-9a-f]{4}|\\n|[a-z]){0,4}"|null"#;
    token.prop_recursive(4, 32, 4, |inner| {
        let member =
            (prop::sample::select(vec![r#""a""#, r#""\u0061""#, r#""message""#, r#""code""#]), inner.clone());
        let members = collection::vec(member.prop_map(|(key, value)| format!("{key}:{value}")), 0..4);
        prop_oneof![
            collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            members.prop_map(|members| format!("{{{}}}", members.join(", "))),
        ]
    })
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_leaf_is_found_at_its_path_and_nothing_else_is(value in value()) {
        let errors = ErrorMap::read(value.to_string().as_bytes());
        prop_assert_eq!(found(&errors), oracle(&value));
        prop_assert!(errors.is_readable() && !errors.is_cut());
    }

    #[test]
    fn a_number_that_is_no_integer_changes_nothing_around_it(value in value()) {
        let errors = ErrorMap::read(format!("[{value}, 12.50]").as_bytes());
        prop_assert_eq!(found(&errors), oracle(&json!([value, "12.50"])));
    }

    #[test]
    fn every_entry_is_found_again_by_its_path(value in value()) {
        let errors = ErrorMap::read(value.to_string().as_bytes());
        for entry in &errors {
            let path = entry.path().to_string();
            let alike = |e: &Entry<'_>| e.path().segments().eq(entry.path().segments());
            let expected: Vec<_> = errors.iter().filter(alike).map(|e| e.message()).collect();
            prop_assert_eq!(errors.at(&path).collect::<Vec<_>>(), expected.clone(), "{}", path);
            prop_assert_eq!(errors.at_segments(entry.path().segments()).collect::<Vec<_>>(), expected, "{}", path);
            prop_assert!(errors.under(&path).any(|e| e.message() == entry.message()));
        }
        prop_assert_eq!(errors.under("").count(), errors.len());
    }

    #[test]
    fn people_see_as_many_lines_as_entries_and_no_control_character(value in value()) {
        let errors = ErrorMap::read(value.to_string().as_bytes());
        let shown = errors.to_string();
        let lines = if errors.is_empty() { 0 } else { shown.split('\n').count() };
        prop_assert_eq!(lines, errors.len());
        prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n'));
    }

    #[test]
    fn a_map_is_readable_exactly_when_the_body_is_json(body in odd_json()) {
        prop_assert_eq!(ErrorMap::read(body.as_bytes()).is_readable(), is_json(body.as_bytes()), "{}", body);
    }

    #[test]
    fn limits_keep_the_first_entries_and_say_so(value in value(), leaves in 0_usize..8) {
        let body = value.to_string();
        let (whole, part) = (
            ErrorMap::read(body.as_bytes()),
            ErrorMap::read_within(body.as_bytes(), Limits::DEFAULT.with_leaves(leaves)),
        );
        prop_assume!(whole.form() != Form::OAuth); // Its three members count before they become one entry.
        prop_assert_eq!(found(&part), found(&whole)[..leaves.min(whole.len())].to_vec());
        prop_assert_eq!(part.is_cut(), whole.len() > leaves);
    }

    #[test]
    fn t30_no_bytes_and_no_path_make_it_panic(body in collection::vec(any::<u8>(), 0..64), path in any::<String>()) {
        let errors = ErrorMap::read(&body);
        prop_assert!(errors.at(&path).count() <= errors.under(&path).count());
        prop_assert_eq!(errors.is_readable(), is_json(&body));
    }

    #[test]
    fn t29_a_body_cut_at_any_byte_is_unreadable(items in collection::vec(value(), 0..4)) {
        let body = Value::from(items).to_string();
        for end in 0..body.len() {
            prop_assert!(!ErrorMap::read(&body.as_bytes()[..end]).is_readable());
        }
    }
}

/// An eighth of what a thread of std has, and enough also without optimisation.
const SMALL_STACK: usize = 256 << 10;

fn read_on_a_small_stack(body: String, limits: Limits) -> ErrorMap {
    let read = move || ErrorMap::read_within(body.as_bytes(), limits);
    std::thread::Builder::new().stack_size(SMALL_STACK).spawn(read).unwrap().join().unwrap()
}

#[test]
fn t21_a_hundred_thousand_levels_are_skipped_on_a_small_stack() {
    let depth = 100_000;
    let anything_deep = Limits::DEFAULT.with_depth(usize::MAX);
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
        // A number that is no integer needs the second way of reading.
        for leaf in ["\"m\"", "0.5"] {
            let body =
                format!(r#"{{"f": ["first"], "deep": {}{leaf}{}}}"#, open.repeat(depth), close.repeat(depth));
            for limits in [Limits::DEFAULT, anything_deep] {
                let errors = read_on_a_small_stack(body.clone(), limits);
                assert_eq!(errors.to_string(), "f: first\n(and more than was kept)");
                assert!(errors.is_cut() && errors.nodes.len() == 1);
            }
            assert!(
                !read_on_a_small_stack(body.strip_suffix('}').unwrap().to_owned(), anything_deep)
                    .is_readable()
            );
        }
    }
}

#[test]
fn t21_the_deepest_level_is_the_limit() {
    for leaf in ["\"m\"", "7", "0.5"] {
        let nested = |levels: usize| format!("{}{leaf}{}", "[".repeat(levels), "]".repeat(levels));
        for (limit, real) in [(0, 0), (1, 1), (32, 32), (100, 100), (1_000, 100)] {
            let limits = Limits::DEFAULT.with_depth(limit);
            let (at, beyond) = (nested(real), nested(real + 1));
            let (at, beyond) = (read_on_a_small_stack(at, limits), read_on_a_small_stack(beyond, limits));
            assert_eq!((at.len(), at.is_cut()), (1, false), "{limit}");
            assert_eq!((beyond.len(), beyond.is_cut()), (0, true), "{limit}");
            assert_eq!(beyond.to_string(), "(more than was kept)");
        }
    }
    // What is empty has nothing to lose.
    assert!(!ErrorMap::read_within(b"[[],{}]", Limits::DEFAULT.with_depth(1)).is_cut());
}

#[test]
fn t22_a_million_empty_items_cost_nothing_and_keep_their_positions() {
    let body = format!(r#"{{"items": [{}{{"email": ["m"]}}]}}"#, "{},".repeat(1_000_000));
    let errors = ErrorMap::read(body.as_bytes());
    assert_eq!(errors.to_string(), "items[1000000].email: m");
    assert!(!errors.is_cut());
    assert_eq!((errors.nodes.len(), errors.text.as_str()), (3, "itemsemailm"));
}

#[test]
fn t22_a_million_messages_are_cut_at_the_limit() {
    let body = format!(r#"{{"f": ["m"{}]}}"#, ",\"n\"".repeat(1_000_000));
    let errors = ErrorMap::read(body.as_bytes());
    assert_eq!((errors.len(), errors.is_cut()), (Limits::DEFAULT.leaves, true));
    assert_eq!((errors.nodes.len(), errors.text.len()), (1, "f".len() + Limits::DEFAULT.leaves));
    assert!(errors.to_string().ends_with("f: n\n(and more than was kept)"));
}

#[test]
fn t22_a_long_key_is_kept_once_whatever_is_below_it() {
    let long = "k".repeat(8 << 20); // the cap of a whole answer
    let messages = vec![r#"{"a": ["m"]}"#; Limits::DEFAULT.leaves].join(",");
    let errors = ErrorMap::read(format!(r#"{{"{long}": [{messages}]}}"#).as_bytes());
    assert_eq!((errors.len(), errors.is_cut()), (Limits::DEFAULT.leaves, false));
    assert_eq!(errors.text.len(), long.len() + Limits::DEFAULT.leaves * "am".len());
    assert_eq!(errors.at_segments([long.as_str(), "9999", "a"]).count(), 1);
}
