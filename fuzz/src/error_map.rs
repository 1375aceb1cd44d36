//! The errors that a server reports, whatever it writes.

use cashlink_core::error_map::{Entry, ErrorMap, Form, Limits, Segment};
use serde::de::IgnoredAny;

use crate::json::{self, Reading, Tree};

/// A map of exactly the errors that the body has, found again by their paths, shown harmlessly.
///
/// The input is the body of an answer.
pub fn error_map(input: &[u8]) -> bool {
    let errors = ErrorMap::read(input);
    let reading = json::read(input);
    assert_readable_exactly_when_json(&errors, input, &reading);
    if let Reading::Json(tree) = &reading {
        if tree.keys_are_unique()
            && tree.levels() <= Limits::DEFAULT.depth
            && errors.len() < Limits::DEFAULT.leaves
        {
            let found: Vec<Found> = errors.iter().map(|entry| found(&entry)).collect();
            assert_eq!(found, expected(tree), "every error, and no other");
            assert!(!errors.is_cut());
        }
    }
    assert_found_by_path(&errors);
    assert_shown_harmlessly(&errors);
    assert_limits_hold(input, &errors);
    if errors.is_readable() {
        assert_cut_is_unreadable(input);
    }
    errors.is_readable()
}

/// The core's reader, serde_json's grammar and the one of these targets agree.
fn assert_readable_exactly_when_json(errors: &ErrorMap, input: &[u8], reading: &Reading) {
    // What is skipped isn't decoded: only its grammar counts, and without recursion.
    let grammar =
        std::str::from_utf8(input).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
    match reading {
        Reading::Json(_) => assert!(grammar && errors.is_readable()),
        Reading::NotJson => assert!(!grammar && !errors.is_readable()),
        Reading::LoneSurrogate(levels) => {
            assert!(grammar);
            // Beyond the deepest level that is kept, only the grammar counts.
            assert!(*levels > Limits::DEFAULT.depth || !errors.is_readable());
        }
        // The reading did not get to its end.
        Reading::TooDeep => assert!(grammar || !errors.is_readable()),
    }
    assert!(errors.is_readable() || (errors.is_empty() && !errors.is_cut() && errors.oauth().is_none()));
}

/// Path, message, code.
type Found = (Vec<String>, String, Option<String>);

fn found(entry: &Entry<'_>) -> Found {
    let segment = |segment: Segment<'_>| match segment {
        Segment::Field(name) => name.into_owned(),
        Segment::Index(index) => index.to_string(),
    };
    (
        entry.path().segments().map(segment).collect(),
        entry.message().to_owned(),
        entry.code().map(str::to_owned),
    )
}

/// The rules of `ErrorMap`, written again over the tree.
fn expected(tree: &Tree) -> Vec<Found> {
    let mut found = Vec::new();
    match tree {
        Tree::Object(members) if coded(tree).is_none() => outermost(tree, members, &mut found),
        _ => walk(tree, &[], &[], &mut found),
    }
    found
}

fn outermost(tree: &Tree, members: &[(String, Tree)], found: &mut Vec<Found>) {
    let text = |name: &str| tree.all(name).first().and_then(|value| value.as_text());
    let is_code = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    let code = text("error").filter(is_code);
    for (key, value) in members {
        match (key.as_str(), value, code) {
            ("error", Tree::Text(_), Some(code)) => {
                let message = text("error_description").unwrap_or(code);
                found.push((Vec::new(), message.to_owned(), Some(code.to_owned())));
            }
            ("error", Tree::Text(message), None) => found.push((Vec::new(), message.clone(), None)),
            ("error_description" | "error_uri", Tree::Text(_), Some(_)) => {}
            ("detail", value, _) => walk(value, &["detail".to_owned()], &[], found),
            ("non_field_errors", value, _) => walk(value, &[], &[], found),
            (_, value, _) => walk(value, std::slice::from_ref(key), std::slice::from_ref(key), found),
        }
    }
}

/// A container belongs to `path`, a leaf to `leaf_path`.
fn walk(tree: &Tree, path: &[String], leaf_path: &[String], found: &mut Vec<Found>) {
    let below = |name: &str| [path, &[name.to_owned()]].concat();
    match tree {
        Tree::Null => {}
        Tree::Scalar(text) | Tree::Text(text) => found.push((leaf_path.to_vec(), text.clone(), None)),
        Tree::List(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &below(&index.to_string()), path, found);
            }
        }
        Tree::Object(members) => match coded(tree) {
            Some((message, code)) => {
                found.push((leaf_path.to_vec(), message.to_owned(), Some(code.to_owned())))
            }
            None => {
                for (key, value) in members {
                    let path = if key == "non_field_errors" { path.to_vec() } else { below(key) };
                    walk(value, &path, &path, found);
                }
            }
        },
    }
}

/// A message with its code: an object of just these two texts.
fn coded(tree: &Tree) -> Option<(&str, &str)> {
    match (tree, tree.all("message").as_slice(), tree.all("code").as_slice()) {
        (Tree::Object(members), [message], [code]) if members.len() == 2 => {
            Some((message.as_text()?, code.as_text()?))
        }
        _ => None,
    }
}

/// How many entries are looked up: each look-up goes over all of them.
const LOOKED_UP: usize = 32;

fn assert_found_by_path(errors: &ErrorMap) {
    for entry in errors.iter().take(LOOKED_UP) {
        let path = entry.path().to_string();
        let alike = |other: &Entry<'_>| other.path().segments().eq(entry.path().segments());
        let messages: Vec<&str> = errors.iter().filter(alike).map(|entry| entry.message()).collect();
        assert!(messages.contains(&entry.message()));
        assert_eq!(errors.at(&path).collect::<Vec<_>>(), messages, "{path}");
        assert_eq!(errors.at_segments(entry.path().segments()).collect::<Vec<_>>(), messages, "{path}");
        assert!(errors.under(&path).any(|below| found(&below) == found(&entry)), "{path}");
        assert_eq!(entry.path().is_root(), path.is_empty());
    }
    assert_eq!(errors.under("").count(), errors.len());
    assert_eq!(errors.general().count(), errors.at("").count());
}

/// What orders a terminal about, forges a line of a log, turns text round or can't be seen.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

fn assert_shown_harmlessly(errors: &ErrorMap) {
    let shown = errors.to_string();
    let lines: Vec<&str> =
        if shown.is_empty() && errors.is_empty() { vec![] } else { shown.split('\n').collect() };
    assert!(!lines.iter().any(|line| line.chars().any(acts)), "{shown:?}");
    for (line, entry) in lines.iter().zip(errors) {
        assert_eq!(*line, entry.to_string());
    }
    assert_eq!(lines.len(), errors.len() + usize::from(errors.is_cut() || !errors.is_readable()));

    // All that these forms may say: whatever else stood there would be the server's.
    let (form, entries, cut) = (errors.form(), errors.len(), errors.is_cut());
    assert_eq!(
        format!("{errors:?}"),
        format!("ErrorMap {{ form: {form:?}, entries: {entries}, cut: {cut} }}")
    );
    for entry in errors.iter().take(LOOKED_UP) {
        assert_eq!(format!("{entry:?}"), "Entry(…)");
        let segments = entry.path().segments();
        assert_eq!(format!("{:?}", entry.path()), format!("FieldPath({} segments)", segments.len()));
        for segment in segments {
            let expected = match &segment {
                Segment::Field(_) => "Field(…)".to_owned(),
                Segment::Index(index) => format!("Index({index})"),
            };
            assert_eq!(format!("{segment:?}"), expected);
        }
    }
    if let Some(oauth) = errors.oauth() {
        assert!(!oauth.code().is_empty() && oauth.code().bytes().all(|byte| byte.is_ascii_graphic()));
        assert_eq!(format!("{oauth:?}"), "OAuthError(…)");
    }
}

fn assert_limits_hold(input: &[u8], whole: &ErrorMap) {
    assert!(whole.len() <= Limits::DEFAULT.leaves);
    for leaves in [0, 1, 3] {
        let part = ErrorMap::read_within(input, Limits::DEFAULT.with_leaves(leaves));
        assert!(part.len() <= leaves);
        assert_eq!(part.is_readable(), whole.is_readable());
        // The three members of an OAuth error count before they become one entry.
        if whole.form() != Form::OAuth {
            let first = whole.iter().take(leaves).map(|entry| found(&entry));
            assert!(part.iter().map(|entry| found(&entry)).eq(first));
            assert_eq!(part.is_cut(), whole.is_cut() || whole.len() > leaves);
        }
    }
    for depth in [0, 1, 3, usize::MAX] {
        let part = ErrorMap::read_within(input, Limits::DEFAULT.with_depth(depth));
        assert!(part.iter().all(|entry| entry.path().segments().len() <= depth));
        assert!(part.is_readable() || !whole.is_readable() || depth > Limits::DEFAULT.depth);
    }
}

/// How many places a body is cut at: each one is a reading of its own.
const CUTS: usize = 48;

fn assert_cut_is_unreadable(input: &[u8]) {
    for end in (0..input.len()).rev().step_by(input.len() / CUTS + 1) {
        let cut = &input[..end];
        match json::read(cut) {
            Reading::NotJson => assert!(!ErrorMap::read(cut).is_readable(), "cut at {end}"),
            Reading::Json(_) => assert!(ErrorMap::read(cut).is_readable(), "cut at {end}"),
            Reading::LoneSurrogate(_) | Reading::TooDeep => {}
        }
    }
}
