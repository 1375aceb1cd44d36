//! The page itself: counts that lie, results that are none, and every item's own bytes (T62–T63).

use cashlink_core::page::{List, Page};
use cashlink_core::partner::distributor::{Investor, ListInvestors};
use cashlink_core::{Certainty, Error, ErrorKind};

use crate::stage::{answered, demo, ids};

fn read(body: &str) -> Result<Page<ListInvestors>, Error> {
    answered(&demo(), &ListInvestors::new(), body)
}

#[test]
fn t62_t63_a_count_is_optional_and_makes_no_room_by_itself() {
    for (body, count) in [
        (r#"{"results":[{"id":"a"}]}"#, None),
        (r#"{"count":null,"results":[{"id":"a"}]}"#, None),
        (r#"{"count":0,"results":[{"id":"a"}]}"#, Some(0)),
        (r#"{"count":18446744073709551615,"results":[{"id":"a"}]}"#, Some(u64::MAX)),
    ] {
        let page = read(body).unwrap();
        assert_eq!((page.count, page.items.len()), (count, 1), "{body}");
        // T63: a page of one item has room for a few, whatever the count says.
        assert!(page.items.capacity() <= 16, "{body}: room for {}", page.items.capacity());
    }
}

#[test]
fn t63_a_page_of_the_wrong_shape_is_an_error_with_its_bytes() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "7",
        r#"{"count":-1,"results":[]}"#,
        r#"{"count":1.0,"results":[]}"#,
        r#"{"count":1e3,"results":[]}"#,
        r#"{"count":"1","results":[]}"#,
        r#"{"count":18446744073709551616,"results":[]}"#,
        r#"{"count":true,"results":[]}"#,
        r#"{"count":[],"results":[]}"#,
        r#"{"count":1,"count":1,"results":[]}"#,
        r#"{"count":1}"#,
        r#"{"results":null}"#,
        r#"{"results":{}}"#,
        r#"{"results":{"id":"a"}}"#,
        r#"{"results":"a"}"#,
        r#"{"results":1}"#,
        r#"{"results":[null]}"#,
        r#"{"results":["a"]}"#,
        r#"{"results":[{}]}"#,
        r#"{"results":[{"id":null}]}"#,
        r#"{"results":[{"id":1}]}"#,
        r#"{"results":[{"id":""}]}"#,
        r#"{"results":[{"id":"../documents"}]}"#,
        r#"{"results":[{"id":"a"},{"id":"b"}"#,
        r#"{"results":[],"results":[{"id":"a"}]}"#,
        r#"{"next":1,"results":[]}"#,
        r#"{"next":false,"results":[]}"#,
        r#"{"next":{"href":"x"},"results":[]}"#,
        r#"{"previous":["x"],"results":[]}"#,
    ] {
        let error = read(body).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Undecodable, "{body}");
        assert_eq!(error.certainty(), Certainty::Applied);
        assert_eq!(error.body().unwrap(), body.as_bytes());
    }
}

#[test]
fn t63_an_empty_next_is_a_link_to_nowhere_and_not_the_end() {
    let page = read(r#"{"next":"","previous":"","results":[{"id":"a"}]}"#).unwrap();
    assert_eq!(page.next().unwrap_err().kind(), ErrorKind::ForeignPageLink);
    assert_eq!(page.previous().unwrap_err().kind(), ErrorKind::ForeignPageLink);
    assert_eq!(ids(&page), ["a"]);
}

#[test]
fn each_item_has_its_own_json_byte_for_byte() {
    let page = read(
        r#"{"results":[ {"id":"a","n":123456789012345678901234567890} , {"id" : "b", "ä": 1.10} ],"x":1}"#,
    )
    .unwrap();
    let json: Vec<_> = page.items_json().unwrap().into_iter().map(|item| item.get()).collect();
    assert_eq!(json, [r#"{"id":"a","n":123456789012345678901234567890}"#, r#"{"id" : "b", "ä": 1.10}"#]);
    assert_eq!(json.len(), page.items.len());
}

#[test]
fn a_page_for_tests_has_its_items_and_no_neighbours() {
    let investor = |id: &str| Investor::fixture(id.parse().unwrap());
    let page = Page::<ListInvestors>::fixture(vec![investor("a"), investor("b")]);
    assert_eq!((page.count, ids(&page)), (Some(2), vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!((page.next().unwrap(), page.previous().unwrap(), page.this()), (None, None, None));
    assert_eq!(page.items_json().unwrap_err().to_string(), "page: must come from an answer");
    assert_eq!(ListInvestors::id(&page.clone().items[1]), "b");
}

#[test]
fn no_debug_output_of_a_page_shows_its_items() {
    let page =
        read(r#"{"count":1,"next":"https://canary.example/","results":[{"id":"canary","name":"canary"}]}"#)
            .unwrap();
    let shown = format!("{page:?} {page:#?} {:?}", page.next());
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn a_page_shows_of_which_list_it_is_and_which_neighbours_it_has() {
    let link = |is_there| if is_there { r#""https://canary.example/""# } else { "null" };
    for (next, previous) in [(true, false), (false, true), (true, true), (false, false)] {
        let (to_next, to_previous) = (link(next), link(previous));
        let page = read(&format!(
            r#"{{"count":7,"next":{to_next},"previous":{to_previous},"results":[{{"id":"a"}}]}}"#
        ));
        let shown = format!(
            r#"Page {{ list: "investors.list", count: Some(7), items: 1, has_next: {next}, has_previous: {previous} }}"#
        );
        assert_eq!(format!("{:?}", page.unwrap()), shown);
    }
}
