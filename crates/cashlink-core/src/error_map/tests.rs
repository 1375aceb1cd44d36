//! What each shape of row E of THREAT_MODEL.md becomes, and what bounds it. Each table's third column is the map as people see it.

extern crate std;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use expect_test::expect;

use super::*;

fn read(body: impl AsRef<[u8]>) -> ErrorMap {
    ErrorMap::read(body.as_ref())
}

#[track_caller]
fn becomes(table: &[(&str, Form, &str)]) {
    for (body, form, shown) in table {
        let errors = read(body);
        assert_eq!((errors.to_string().as_str(), errors.form()), (*shown, *form), "{body}");
        assert!(!errors.is_cut(), "{body}");
        assert_eq!(errors.len(), shown.lines().count(), "{body}");
    }
}

#[test]
fn e_a_field_with_messages() {
    becomes(&[
        (r#"{"f": ["m"]}"#, Form::Fields, "f: m"),
        (r#"{"f": ["m", "n"], "g": ["o"]}"#, Form::Fields, "f: m\nf: n\ng: o"),
        (r#"{"f": "m"}"#, Form::Fields, "f: m"),
        (r#"{"f": [], "g": {}, "h": null}"#, Form::Fields, ""),
        ("{}", Form::Fields, ""),
        (" {\"f\" :\n[\"m\"] } \n", Form::Fields, "f: m"),
    ]);
}

#[test]
fn e_nested_objects() {
    becomes(&[
        (r#"{"natural_person": {"birth_date": ["m"]}}"#, Form::Fields, "natural_person.birth_date: m"),
        (r#"{"a": {"b": {"c": ["m"]}, "d": ["n"]}, "e": ["o"]}"#, Form::Fields, "a.b.c: m\na.d: n\ne: o"),
    ]);
}

#[test]
fn e_non_field_errors_belong_to_what_is_around_them_at_any_level() {
    becomes(&[
        (r#"{"non_field_errors": ["m"]}"#, Form::Fields, "m"),
        (r#"{"a": {"non_field_errors": ["m"], "b": ["n"]}}"#, Form::Fields, "a: m\na.b: n"),
        (r#"[{"non_field_errors": ["m"]}]"#, Form::List, "[0]: m"),
        (r#"{"items": {"non_field_errors": ["Expected a list."]}}"#, Form::Fields, "items: Expected a list."),
        (r#"{"items": [{"non_field_errors": "m"}]}"#, Form::Fields, "items[0]: m"),
        (r#"{"a": {"non_field_errors": {"b": ["m"]}}}"#, Form::Fields, "a.b: m"),
    ]);
}

#[test]
fn e_detail_is_general_only_as_a_message_at_the_top() {
    becomes(&[
        (r#"{"detail": "Not found."}"#, Form::Detail, "Not found."),
        (r#"{"detail": {"message": "m", "code": "not_found"}}"#, Form::Detail, "m (not_found)"),
        (r#"{"detail": "m", "code": "token_not_valid"}"#, Form::Detail, "m\ncode: token_not_valid"),
        (r#"{"detail": ["m"]}"#, Form::Fields, "detail: m"),
        (r#"{"detail": {"a": ["m"]}}"#, Form::Fields, "detail.a: m"),
        (r#"{"a": {"detail": "m"}}"#, Form::Fields, "a.detail: m"),
        (r#"[{"detail": "m"}]"#, Form::List, "[0].detail: m"),
        (r#"{"detail": null}"#, Form::Fields, ""),
    ]);
}

#[test]
fn e_a_list_or_a_string_at_the_top() {
    becomes(&[
        (r#"["m", "n"]"#, Form::List, "m\nn"),
        ("[]", Form::List, ""),
        (r#""m""#, Form::Text, "m"),
        ("null", Form::Text, ""),
    ]);
    // An empty message is one all the same.
    assert_eq!(read(r#""""#).general().collect::<Vec<_>>(), [""]);
}

#[test]
fn e_lists_of_objects_as_a_list_and_as_an_object_of_positions() {
    for body in [r#"[{}, {"email": ["m"]}]"#, r#"{"1": {"email": ["m"]}}"#] {
        let errors = read(body);
        assert_eq!(errors.to_string(), "[1].email: m");
        assert_eq!(errors.at("[1].email").collect::<Vec<_>>(), ["m"]);
    }
    for body in [r#"{"items": [{}, {"email": ["m"]}]}"#, r#"{"items": {"1": {"email": ["m"]}}}"#] {
        let errors = read(body);
        assert_eq!(errors.to_string(), "items[1].email: m");
        assert_eq!(errors.at("items.1.email").collect::<Vec<_>>(), ["m"]);
    }
    becomes(&[
        (r#"{"tags": {"0": ["m"], "10": ["n"]}}"#, Form::Fields, "tags[0]: m\ntags[10]: n"),
        (r#"{"tags": [[], ["m"]]}"#, Form::Fields, "tags[1]: m"),
        (r#"[[{}, {"a": ["m"]}]]"#, Form::List, "[0][1].a: m"),
        (r#"{"01": ["m"], "-1": ["n"]}"#, Form::Fields, "01: m\n-1: n"),
        // Beyond 64 bits there is no position, only a key.
        (r#"{"99999999999999999999": ["m"]}"#, Form::Fields, "99999999999999999999: m"),
    ]);
}

#[test]
fn e_mixed_lists() {
    becomes(&[
        (r#"["m", {"a": ["n"]}, {}, "o"]"#, Form::List, "m\n[1].a: n\no"),
        (r#"{"f": ["m", {"a": ["n"]}, null, ["o"]]}"#, Form::Fields, "f: m\nf[1].a: n\nf[3]: o"),
    ]);
}

#[test]
fn e_a_message_with_its_code() {
    becomes(&[
        (r#"{"f": [{"message": "m", "code": "required"}]}"#, Form::Fields, "f: m (required)"),
        (r#"{"f": {"code": "required", "message": "m"}}"#, Form::Fields, "f: m (required)"),
        (r#"{"message": "m", "code": "c"}"#, Form::Detail, "m (c)"),
        (r#"[{"message": "m", "code": "c"}, "n"]"#, Form::List, "m (c)\nn"),
        (r#"{"a": {"non_field_errors": [{"message": "m", "code": "c"}]}}"#, Form::Fields, "a: m (c)"),
        // Escaped text is not borrowed from the body.
        (r#"{"f": [{"mess\u0061ge": "\u006d", "code": "\u0063"}]}"#, Form::Fields, "f: m (c)"),
    ]);
    let errors = read(r#"{"f": [{"message": "m", "code": "required"}, "n"]}"#);
    assert_eq!(errors.iter().map(|e| e.code()).collect::<Vec<_>>(), [Some("required"), None]);
}

#[test]
fn e_fields_that_are_only_named_like_a_message_and_a_code() {
    becomes(&[
        (r#"{"message": ["m"], "code": ["c"]}"#, Form::Fields, "message: m\ncode: c"),
        (r#"{"message": "m"}"#, Form::Fields, "message: m"),
        (r#"{"code": "c"}"#, Form::Fields, "code: c"),
        (r#"{"message": "m", "code": ["c"]}"#, Form::Fields, "message: m\ncode: c"),
        (r#"{"message": "m", "code": {"a": ["c"]}}"#, Form::Fields, "message: m\ncode.a: c"),
        (
            r#"{"message": "m", "code": {"message": "n", "code": "c"}}"#,
            Form::Fields,
            "message: m\ncode: n (c)",
        ),
        (r#"{"message": "m", "code": null}"#, Form::Fields, "message: m"),
        (r#"{"message": "m", "code": 7}"#, Form::Fields, "message: m\ncode: 7"),
        (r#"{"code": "c", "message": "m", "f": ["n"]}"#, Form::Fields, "code: c\nmessage: m\nf: n"),
        (r#"{"f": ["n"], "code": "c", "message": "m"}"#, Form::Fields, "f: n\ncode: c\nmessage: m"),
        (r#"{"message": "m", "message": "n"}"#, Form::Fields, "message: m\nmessage: n"),
        (r#"{"message": "m", "code": "c", "code": "d"}"#, Form::Fields, "message: m\ncode: c\ncode: d"),
        (r#"{"items": [{"message": "m"}]}"#, Form::Fields, "items[0].message: m"),
    ]);
}

#[test]
fn e_oauth_servers() {
    becomes(&[
        (r#"{"error": "invalid_client", "error_description": "m"}"#, Form::OAuth, "m (invalid_client)"),
        (
            r#"{"error_description": "m", "error_uri": "u", "error": "invalid_scope"}"#,
            Form::OAuth,
            "m (invalid_scope)",
        ),
        (r#"{"error": "invalid_client"}"#, Form::OAuth, "invalid_client"),
        (r#"{"error": "c", "error_description": "m", "hint": "h"}"#, Form::OAuth, "m (c)\nhint: h"),
        (
            r#"{"hint": "h", "error": "c", "error_description": ["m"]}"#,
            Form::OAuth,
            "hint: h\nc\nerror_description: m",
        ),
        (r#"{"error": "c", "error": "d"}"#, Form::OAuth, "c\nerror: d"),
        (r#"{"error": true}"#, Form::Fields, "error: true"),
        // A sentence is no code; a list or an object is a field; without `error` it isn't OAuth.
        (r#"{"error": "Not allowed here."}"#, Form::Detail, "Not allowed here."),
        (r#"{"error": ["m"]}"#, Form::Fields, "error: m"),
        (r#"{"error": {"message": "m", "code": "c"}}"#, Form::Fields, "error: m (c)"),
        (r#"{"error_description": "m"}"#, Form::Fields, "error_description: m"),
        (r#"{"a": {"error": "invalid_client"}}"#, Form::Fields, "a.error: invalid_client"),
    ]);
    let errors = read(r#"{"error": "c", "error_uri": "https://docs.example/e", "error_description": "m"}"#);
    let error = errors.oauth().unwrap();
    assert_eq!(
        (error.code(), error.description(), error.uri()),
        ("c", Some("m"), Some("https://docs.example/e"))
    );
    assert_eq!(errors.iter().map(|e| (e.message(), e.code())).collect::<Vec<_>>(), [("m", Some("c"))]);
    assert!(read(r#"{"error": ["c"]}"#).oauth().is_none());
}

#[test]
fn e_t28_t30_what_is_not_json_is_empty_and_says_so() {
    let bodies: [&[u8]; 16] = [
        b"",
        b" ",
        b"<html><body>502 Bad Gateway</body></html>",
        b"Not found",
        b"{'f': ['m']}",
        b"{\"f\": [\"m\"]",
        b"{\"f\": [\"m\"]}}",
        b"{\"f\": [\"m\"]} trailing",
        b"{\"f\": [\"m\"],}",
        b"{f: 1}",
        b"\xef\xbb\xbf{\"f\": [\"m\"]}",
        b"{\"f\": [\"\xff\"]}",
        b"{\"f\": [\"\xed\xa0\x80\"]}",
        br#"{"f": ["\ud800"]}"#,
        br#"{"\udc00": ["m"]}"#,
        b"NaN",
    ];
    for body in bodies {
        let errors = read(body);
        assert_eq!((errors.form(), errors.len()), (Form::Unreadable, 0), "{}", String::from_utf8_lossy(body));
        assert!(!errors.is_readable() && errors.oauth().is_none() && !errors.is_cut());
        assert_eq!(errors.to_string(), "(the body is not readable as JSON)");
    }
}

#[test]
fn t23_both_entries_of_a_doubled_key_are_kept() {
    let errors = read(r#"{"f": ["m"], "g": ["o"], "f": ["n"], "detail": "p", "detail": "q"}"#);
    assert_eq!(errors.at("f").collect::<Vec<_>>(), ["m", "n"]);
    assert_eq!(errors.general().collect::<Vec<_>>(), ["p", "q"]);
}

#[test]
fn t24_numbers_keep_their_text_and_nothing_becomes_a_float() {
    // What 64 bits hold, what they don't, and what a float would change or refuse.
    let held = ["0", "-1", "18446744073709551615", "-9223372036854775808"];
    let beyond = ["18446744073709551616", "123456789012345678901234567890", "-9223372036854775809"];
    let no_float = ["0.1", "12.50", "1e3", "1E+999", "-0", "0.30000000000000004000"];
    for token in held.iter().chain(&beyond).chain(&no_float) {
        let errors = read(format!(
            r#"{{"limit": [{token}, true], "message": "m", "code": {token}, "x": [{{"y": {token}}}]}}"#
        ));
        let shown = format!("limit: {token}\nlimit: true\nmessage: m\ncode: {token}\nx[0].y: {token}");
        assert_eq!(errors.to_string(), shown);
        assert_eq!(read(token).to_string(), *token);
    }
    // The key that serde_json hides numbers behind in some builds is a key like any other.
    let errors =
        read(r#"{"$serde_json::private::Number": ["m"], "f": {"$serde_json::private::Number": "1"}}"#);
    assert_eq!(errors.at_segments(["$serde_json::private::Number"]).collect::<Vec<_>>(), ["m"]);
    assert_eq!(errors.at_segments(["f", "$serde_json::private::Number"]).collect::<Vec<_>>(), ["1"]);
}

#[test]
fn paths_are_asked_exactly_or_with_all_below_them() {
    let errors = read(
        r#"{
            "a": {"b": ["1"], "bc": ["2"], "non_field_errors": ["3"]},
            "ab": ["4"], "items": [{"a": ["5"]}], "detail": "6"
        }"#,
    );
    let at = |path: &str| errors.at(path).collect::<Vec<_>>().concat();
    let under = |path: &str| errors.under(path).map(|entry| entry.message()).collect::<Vec<_>>().concat();
    for (path, exactly, with_all_below) in [
        ("a", "3", "123"),
        ("a.b", "1", "1"),
        ("ab", "4", "4"),
        ("b", "", ""),
        ("items", "", "5"),
        ("items[0]", "", "5"),
        ("items[0].a", "5", "5"),
        ("items[1]", "", ""),
        ("a.b.c", "", ""),
        ("", "6", "123456"),
        ("a.", "", ""),
        ("items[", "", ""),
    ] {
        assert_eq!((at(path).as_str(), under(path).as_str()), (exactly, with_all_below), "{path}");
    }
    assert_eq!(errors.general().collect::<Vec<_>>(), ["6"]);
    assert_eq!(errors.at_segments([Segment::from("items"), 0.into(), "a".into()]).next(), Some("5"));
    assert_eq!(
        errors.at_segments([Segment::Field("items".into()), Segment::Field("0".into()), "a".into()]).next(),
        Some("5")
    );
    assert_eq!((errors.iter().len(), errors.into_iter().count()), (6, 6));
}

#[test]
fn odd_keys_are_written_so_that_they_can_be_asked_for_and_do_no_harm() {
    let errors = read(
        r#"{
            "a.b": ["1"], "a": {"b": ["2"], "[0]": ["3"], "": ["4"], "x y": ["5"]},
            "\"\\": ["6"], "\u001b[2J\n\u202e": ["7"], "": ["8"], "é": ["9"]
        }"#,
    );
    expect![[r#"
        ["a.b"]: 1
        a.b: 2
        a["[0]"]: 3
        a[""]: 4
        a["x y"]: 5
        ["\"\\"]: 6
        ["\u001b[2J\n\u202e"]: 7
        [""]: 8
        ["é"]: 9"#]]
    .assert_eq(&errors.to_string());
    for entry in &errors {
        assert_eq!(errors.at(&entry.path().to_string()).collect::<Vec<_>>(), [entry.message()]);
        assert_eq!(errors.at_segments(entry.path().segments()).collect::<Vec<_>>(), [entry.message()]);
    }
    assert_eq!(errors.at("a.x y").next(), Some("5"));
    assert_eq!(errors.at("é").next(), Some("9"));
}

#[test]
fn people_see_one_line_for_each_entry_whatever_the_server_wrote() {
    let errors = read(
        r#"{
            "f": ["first\nsecond: forged", {"message": "\u001b[31mred", "code": "c\r\nd"}],
            "detail": "\u202eabc \\n"
        }"#,
    );
    expect![[r"
        f: first\nsecond: forged
        f: \u001b[31mred (c\r\nd)
        \u202eabc \\n"]]
    .assert_eq(&errors.to_string());
}

#[test]
fn t11_no_debug_form_shows_what_the_server_wrote() {
    let errors = read(
        r#"{
            "canary": {"canary": ["canary", {"message": "canary", "code": "canary"}]},
            "error": "canary", "error_description": "canary"
        }"#,
    );
    let entry = errors.under("canary.canary").nth(1).unwrap();
    let shown = format!(
        "{:?} {:#?} {:?} {:?} {:?} {:?} {:?}",
        errors,
        errors,
        errors.oauth().unwrap(),
        errors.iter(),
        entry,
        entry.path(),
        entry.path().segments().collect::<Vec<_>>()
    );
    assert!(!shown.contains("canary"), "{shown}");
    assert_eq!(format!("{errors:?}"), "ErrorMap { form: OAuth, entries: 3, cut: false }");
}
