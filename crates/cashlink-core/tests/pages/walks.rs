//! From the first page to the last: forwards, back, across processes, and out of every trap on the way (T59–T61).

use std::cell::Cell;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::Response;
use cashlink_core::page::{Next, Page, Walk};
use cashlink_core::partner::distributor::ListInvestors;
use cashlink_core::{Call, Error, ErrorKind, GaveUp, Policy};
use serde_json::{Value, json};

use crate::stage::{BASE, PATH, Rows, answered, demo, ids, ok, perform, status};

fn walk(pages: u32) -> Walk<ListInvestors> {
    let mut policy = Policy::default();
    policy.pages = pages;
    Walk::new(&ListInvestors::new(), &policy).unwrap()
}

/// Through a disk and back.
fn stored(walk: &Walk<ListInvestors>) -> Walk<ListInvestors> {
    serde_json::from_str(&serde_json::to_string(walk).unwrap()).unwrap()
}

/// One page further, if there is one.
fn turn(walk: &mut Walk<ListInvestors>, rows: &Rows) -> Result<Option<Page<ListInvestors>>, Error> {
    let Some(call) = walk.call()? else { return Ok(None) };
    let page = perform(&demo(), &call, |request| rows.answer(request))?;
    walk.turn(&page)?;
    Ok(Some(page))
}

/// Where the walk would go next: the query, `""` for the first page, `None` at the end.
fn stands_before(walk: &Walk<ListInvestors>) -> Option<String> {
    let call = walk.call().unwrap()?;
    let place = Cell::default();
    let _ = perform(&demo(), &call, |request| {
        place.set(request.uri().query().unwrap_or_default().to_owned());
        status(500)
    });
    Some(place.into_inner())
}

fn page_linking_to(next: Option<&str>, count: Option<u64>) -> Response<Bytes> {
    let next = next.map(|query| format!("{BASE}/{PATH}?{query}"));
    ok(&json!({ "count": count, "next": next, "results": [{ "id": "a" }] }).to_string())
}

#[test]
fn three_pages_are_walked_oldest_first_and_one_page_back() {
    let rows = Rows::new(5, 2);
    let (mut walk, mut seen, mut last) = (walk(10), Vec::new(), None);
    while let Some(page) = turn(&mut walk, &rows).unwrap() {
        seen.extend(ids(&page));
        last = Some(page);
    }
    assert_eq!(seen, ["row-0", "row-1", "row-2", "row-3", "row-4"]);
    assert_eq!((walk.pages(), walk.count_changed()), (3, false));
    assert!(walk.call().unwrap().is_none(), "the end stays the end");

    let mut page = last.unwrap();
    let mut back = vec![ids(&page)];
    while let Some(previous) = page.previous().unwrap() {
        let call = Call::new(&previous).unwrap();
        page = perform(&demo(), &call, |request| rows.answer(request)).unwrap();
        back.push(ids(&page));
    }
    assert_eq!(back.concat(), ["row-4", "row-2", "row-3", "row-0", "row-1"]);
    assert!(page.next().unwrap().is_some(), "and forwards again");
}

#[test]
fn a_walk_goes_on_in_another_process_wherever_it_was_put_away() {
    let rows = Rows::new(5, 2);
    for put_away_after in 0..=3 {
        let (mut walk, mut seen) = (walk(10), Vec::new());
        for _ in 0..put_away_after {
            seen.extend(ids(&turn(&mut walk, &rows).unwrap().unwrap()));
        }
        let mut walk = stored(&walk);
        while let Some(page) = turn(&mut walk, &rows).unwrap() {
            seen.extend(ids(&page));
        }
        assert_eq!(seen, rows.ids, "put away after {put_away_after} pages");
        assert_eq!(walk.pages(), 3);
    }
}

#[test]
fn an_empty_list_is_one_empty_page() {
    let (mut walk, rows) = (walk(1), Rows::new(0, 2));
    assert_eq!(ids(&turn(&mut walk, &rows).unwrap().unwrap()), [] as [&str; 0]);
    assert!(turn(&mut walk, &rows).unwrap().is_none());
}

/// Walks `tail` pages into a ring of `ring` pages; the walk is put away between any two of them. How many were read.
fn pages_until_the_loop_is_seen(tail: usize, ring: usize) -> usize {
    let place = |number: usize| if number == 0 { String::new() } else { format!("page={number}") };
    let mut walk = walk(u32::MAX);
    for read in 1.. {
        let call = walk.call().unwrap().unwrap();
        let page = perform(&demo(), &call, |request| {
            let query = request.uri().query().unwrap_or_default();
            let here = (0..tail + ring).find(|number| place(*number) == query).unwrap();
            let next = if here + 1 == tail + ring { tail } else { here + 1 };
            page_linking_to(Some(&place(next)), None)
        });
        let page = page.unwrap();
        if let Err(error) = walk.turn(&page) {
            assert_eq!(error.kind(), ErrorKind::PageLoop);
            assert_eq!(error.operation(), "investors.list");
            assert_eq!(page.items.len(), 1, "the page itself is good");
            return read;
        }
        walk = stored(&walk);
        assert!(read < 1_000, "a tail of {tail} and a ring of {ring}: never seen");
    }
    unreachable!("the loop above returns")
}

#[test]
fn t59_every_loop_is_seen_after_a_bounded_number_of_pages() {
    for tail in 0..=10 {
        for ring in 1..=10 {
            let pages = pages_until_the_loop_is_seen(tail, ring);
            // A loop can't be seen before it is closed, and Brent's method sees it within three times as many.
            assert!(pages >= tail + ring, "tail {tail}, ring {ring}: seen after {pages}");
            assert!(pages <= 3 * (tail + ring), "tail {tail}, ring {ring}: seen after {pages}");
        }
    }
}

#[test]
fn t59_a_walk_that_ran_into_a_loop_stands_where_it_stood() {
    let mut walk = walk(10);
    let first = answered(
        &demo(),
        &ListInvestors::new(),
        &json!({ "next": format!("{BASE}/{PATH}"), "results": [] }).to_string(),
    );
    assert_eq!(walk.turn(&first.unwrap()).unwrap_err().kind(), ErrorKind::PageLoop);
    assert_eq!((stands_before(&walk).as_deref(), walk.pages()), (Some(""), 0));
}

#[test]
fn t59_a_walk_takes_the_same_room_after_ten_pages_and_after_ten_thousand() {
    let size = |walk: &Walk<ListInvestors>| serde_json::to_string(walk).unwrap().len();
    let mut walk = walk(u32::MAX);
    let (mut after_ten, mut most) = (0, 0);
    for number in 0..10_000 {
        let call = walk.call().unwrap().unwrap();
        // Places of one length, so that only a growing history could grow.
        let next = format!("page={number:08}");
        walk.turn(&perform(&demo(), &call, |_| page_linking_to(Some(&next), None)).unwrap()).unwrap();
        if number == 10 {
            after_ten = size(&walk);
        }
        most = most.max(size(&walk));
    }
    // Three counters got longer: by less than the ten digits of a u32 each.
    assert!(most <= after_ten + 30, "{after_ten} bytes after 10 pages, {most} at most");
}

#[test]
fn t59_a_list_of_more_pages_than_allowed_is_taken_for_endless_and_its_pages_are_kept() {
    let (mut walk, rows) = (walk(3), Rows::new(8, 2));
    let pages: Vec<_> = (0..3).map(|_| turn(&mut walk, &rows).unwrap().unwrap()).collect();
    let error = turn(&mut walk, &rows).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::TooManyPages, 0));
    assert_eq!(pages.iter().flat_map(ids).count(), 6);
    assert_eq!(stored(&walk).call().unwrap_err().kind(), ErrorKind::TooManyPages, "also in another process");
}

#[test]
fn t59_a_list_of_exactly_as_many_pages_as_allowed_is_read_whole() {
    let (mut walk, rows) = (walk(3), Rows::new(6, 2));
    for _ in 0..3 {
        assert!(turn(&mut walk, &rows).unwrap().is_some());
    }
    assert!(turn(&mut walk, &rows).unwrap().is_none());
}

#[test]
fn t60_a_list_that_changes_on_the_way_is_reported_also_across_processes() {
    for change in [-1_i8, 1] {
        let (mut walk, mut rows) = (walk(10), Rows::new(5, 2));
        turn(&mut walk, &rows).unwrap();
        assert!(!walk.count_changed());
        if change < 0 {
            rows.ids.remove(0);
        } else {
            rows.append(1);
        }
        let mut walk = stored(&walk);
        turn(&mut walk, &rows).unwrap();
        assert!(walk.count_changed() && stored(&walk).count_changed(), "{change}");
    }
}

#[test]
fn t62_pages_without_a_count_are_walked_and_say_nothing_of_a_change() {
    let mut walk = walk(10);
    for next in [Some("cursor=a"), Some("cursor=b"), None] {
        let call = walk.call().unwrap().unwrap();
        walk.turn(&perform(&demo(), &call, |_| page_linking_to(next, None)).unwrap()).unwrap();
    }
    assert!(walk.call().unwrap().is_none() && !walk.count_changed());
}

#[test]
fn t62_a_page_that_leaves_its_count_out_is_no_change() {
    let mut walk = walk(10);
    for (next, count) in [(Some("cursor=a"), None), (Some("cursor=b"), Some(3)), (None, None)] {
        let call = walk.call().unwrap().unwrap();
        walk.turn(&perform(&demo(), &call, |_| page_linking_to(next, count)).unwrap()).unwrap();
        assert!(!walk.count_changed());
    }
}

#[test]
fn t61_a_page_that_vanished_behind_its_link_is_a_changed_list_and_not_the_end() {
    let (mut walk, mut rows) = (walk(10), Rows::new(3, 2));
    let first = turn(&mut walk, &rows).unwrap().unwrap();
    rows.ids.truncate(2);
    for mut walk in [stored(&walk), walk] {
        let error = turn(&mut walk, &rows).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ListChanged);
        assert!(!error.is_not_found());
        assert_eq!(error.status().unwrap(), 404);
        assert_eq!(stands_before(&walk).as_deref(), Some("page=2"), "the walk stands before it");
    }
    let next = first.next().unwrap().unwrap();
    let next: Next<ListInvestors> = serde_json::from_str(&serde_json::to_string(&next).unwrap()).unwrap();
    let call = Call::new(&next).unwrap();
    assert_eq!(perform(&demo(), &call, |_| status(404)).unwrap_err().kind(), ErrorKind::ListChanged);
}

#[test]
fn t61_a_first_page_that_is_missing_was_never_there() {
    for walk in [walk(10), stored(&walk(10))] {
        let error = perform(&demo(), &walk.call().unwrap().unwrap(), |_| status(404)).unwrap_err();
        assert!(error.is_not_found());
        assert_eq!(error.kind(), ErrorKind::Status);
    }
}

#[test]
fn t4_a_link_astray_in_the_middle_loses_no_page_that_was_read() {
    let (mut walk, rows) = (walk(10), Rows::new(6, 2));
    let first = turn(&mut walk, &rows).unwrap().unwrap();
    let call = walk.call().unwrap().unwrap();
    let second = perform(&demo(), &call, |request| {
        let body = rows.answer(request).into_body();
        let mut body: Value = serde_json::from_slice(&body).unwrap();
        body["next"] = "https://evil.example/?page=3".into();
        ok(&body.to_string())
    })
    .unwrap();
    assert_eq!(walk.turn(&second).unwrap_err().kind(), ErrorKind::ForeignPageLink);
    assert_eq!([ids(&first), ids(&second)].concat(), ["row-0", "row-1", "row-2", "row-3"]);
    assert_eq!((stands_before(&walk).as_deref(), walk.pages()), (Some("page=2"), 1));

    // The server came to its senses: the walk goes on from there.
    assert_eq!(ids(&turn(&mut walk, &rows).unwrap().unwrap()), ["row-2", "row-3"]);
    assert_eq!(ids(&turn(&mut walk, &rows).unwrap().unwrap()), ["row-4", "row-5"]);
}

#[test]
fn a_page_that_fails_leaves_the_walk_before_it() {
    let (mut walk, rows) = (walk(10), Rows::new(4, 2));
    turn(&mut walk, &rows).unwrap();
    for code in [500, 503, 403, 404, 429, 302] {
        let error = perform(&demo(), &walk.call().unwrap().unwrap(), |_| status(code)).unwrap_err();
        assert!(matches!(error.gave_up(), GaveUp::Final | GaveUp::Attempts), "{code}");
        assert_eq!((stands_before(&walk).as_deref(), walk.pages()), (Some("page=2"), 1));
    }
    assert_eq!(ids(&turn(&mut walk, &rows).unwrap().unwrap()), ["row-2", "row-3"]);
    assert!(turn(&mut walk, &rows).unwrap().is_none());
}

#[test]
fn no_debug_output_shows_the_query_that_a_server_wrote() {
    let mut walk = walk(10);
    let call = walk.call().unwrap().unwrap();
    let page = perform(&demo(), &call, |_| page_linking_to(Some("cursor=canary"), Some(2))).unwrap();
    walk.turn(&page).unwrap();
    let next = page.next().unwrap().unwrap();
    let shown = format!("{walk:?} {page:?} {next:?} {:?} {:#?}", walk.call().unwrap(), walk);
    assert!(!shown.contains("canary"), "{shown}");
    assert!(shown.contains("investors.list"));
}
