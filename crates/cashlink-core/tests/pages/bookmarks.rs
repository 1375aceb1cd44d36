//! Only what is new, and all of it.

use cashlink_core::page::{Bookmark, Page};
use cashlink_core::partner::distributor::ListInvestors;
use cashlink_core::{Call, ErrorKind, Policy};
use proptest::prelude::*;

use crate::stage::{BASE, PATH, Rows, demo, ids, ok, perform, status};

type InvestorsBookmark = Bookmark<ListInvestors>;

fn stored(bookmark: &InvestorsBookmark) -> InvestorsBookmark {
    serde_json::from_str(&serde_json::to_string(bookmark).unwrap()).unwrap()
}

fn first_page(rows: &Rows) -> Page<ListInvestors> {
    perform(&demo(), &Call::new(&ListInvestors::new()).unwrap(), |request| rows.answer(request)).unwrap()
}

/// Everything that is new, put away after every page; and how many pages it took.
fn read_new(bookmark: &mut InvestorsBookmark, rows: &Rows) -> (Vec<String>, usize) {
    let (mut new, mut pages) = (Vec::new(), 0);
    loop {
        let page = perform(&demo(), &bookmark.call().unwrap(), |request| rows.answer(request)).unwrap();
        let fresh = bookmark.advance(&page).unwrap();
        new.extend(fresh.items.iter().map(|investor| investor.id.to_string()));
        pages += 1;
        let more = fresh.more;
        *bookmark = stored(bookmark);
        if !more {
            return (new, pages);
        }
    }
}

proptest! {
    #[test]
    fn over_a_growing_list_every_row_is_seen_exactly_once_and_in_order(
        at_first in 0..12_usize,
        per_page in 1..6_usize,
        appended in prop::collection::vec(0..8_usize, 0..8),
    ) {
        let mut rows = Rows::new(at_first, per_page);
        let first = first_page(&rows);
        let mut seen = ids(&first);
        let mut bookmark = Bookmark::after(&first, &Policy::default()).unwrap();
        let (rest, _) = read_new(&mut bookmark, &rows);
        seen.extend(rest);
        prop_assert_eq!(&seen, &rows.ids);
        for count in appended {
            let pages_before = rows.ids.len().div_ceil(per_page).max(1);
            rows.append(count);
            let pages_now = rows.ids.len().div_ceil(per_page).max(1);
            let (new, pages) = read_new(&mut bookmark, &rows);
            prop_assert_eq!(new.len(), count);
            // The last page is read again, and what is behind it: nothing before it.
            prop_assert_eq!(pages, pages_now - pages_before + 1);
            seen.extend(new);
            prop_assert_eq!(&seen, &rows.ids);
        }
    }

    #[test]
    fn rows_that_come_between_two_pages_are_seen_as_well(
        at_first in 1..12_usize,
        per_page in 1..4_usize,
        between in prop::collection::vec(0..3_usize, 1..20),
    ) {
        let mut rows = Rows::new(at_first, per_page);
        let first = first_page(&rows);
        let mut seen = ids(&first);
        let mut bookmark = Bookmark::after(&first, &Policy::default()).unwrap();
        for count in between {
            let page = perform(&demo(), &bookmark.call().unwrap(), |request| rows.answer(request)).unwrap();
            seen.extend(bookmark.advance(&page).unwrap().items.iter().map(|investor| investor.id.to_string()));
            rows.append(count);
        }
        seen.extend(read_new(&mut bookmark, &rows).0);
        prop_assert_eq!(seen, rows.ids);
    }
}

#[test]
fn a_bookmark_in_an_empty_list_finds_the_first_row() {
    let mut rows = Rows::new(0, 2);
    let mut bookmark = Bookmark::after(&first_page(&rows), &Policy::default()).unwrap();
    assert_eq!(read_new(&mut bookmark, &rows), (vec![], 1));
    rows.append(1);
    assert_eq!(read_new(&mut bookmark, &rows), (vec!["row-0".to_owned()], 1));
}

#[test]
fn t60_a_bookmark_takes_no_more_room_than_one_page() {
    let size = |bookmark: &InvestorsBookmark| serde_json::to_string(bookmark).unwrap().len();
    let mut rows = Rows::new(2, 2);
    let mut bookmark = Bookmark::after(&first_page(&rows), &Policy::default()).unwrap();
    let at_first = size(&bookmark);
    for _ in 0..500 {
        rows.append(2);
        read_new(&mut bookmark, &rows);
    }
    // The digits of "page=501" and of "row-1001".
    assert!(size(&bookmark) <= at_first + 24, "{at_first} bytes at first, {} now", size(&bookmark));
}

#[test]
fn t4_a_link_astray_leaves_the_bookmark_where_it_was() {
    let rows = Rows::new(2, 2);
    let mut bookmark = Bookmark::after(&first_page(&rows), &Policy::default()).unwrap();
    let before = serde_json::to_string(&bookmark).unwrap();
    let astray = format!(r#"{{"next":"https://evil.example/{PATH}","results":[{{"id":"new"}}]}}"#);
    let page = perform(&demo(), &bookmark.call().unwrap(), |_| ok(&astray)).unwrap();
    assert_eq!(bookmark.advance(&page).unwrap_err().kind(), ErrorKind::ForeignPageLink);
    assert_eq!(serde_json::to_string(&bookmark).unwrap(), before);
    assert_eq!(ids(&page), ["new"]);
}

#[test]
fn t61_a_bookmark_whose_page_vanished_says_that_the_list_changed() {
    let mut rows = Rows::new(3, 2);
    let mut bookmark = Bookmark::after(&first_page(&rows), &Policy::default()).unwrap();
    read_new(&mut bookmark, &rows);
    rows.ids.truncate(1);
    let error = perform(&demo(), &bookmark.call().unwrap(), |request| rows.answer(request)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ListChanged);
    // Also for a bookmark that was put where a link had led.
    let mut rows = Rows::new(3, 2);
    let next = first_page(&rows).next().unwrap().unwrap();
    let second = perform(&demo(), &Call::new(&next).unwrap(), |request| rows.answer(request)).unwrap();
    assert_eq!(second.this().unwrap(), next);
    rows.ids.truncate(1);
    let call = Bookmark::after(&second, &Policy::default()).unwrap().call().unwrap();
    let error = perform(&demo(), &call, |request| rows.answer(request)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ListChanged);
    // On the list's own first page, which no link led to, a 404 is a 404.
    let first = Bookmark::after(&first_page(&Rows::new(1, 2)), &Policy::default()).unwrap();
    assert!(perform(&demo(), &stored(&first).call().unwrap(), |_| status(404)).unwrap_err().is_not_found());
}

#[test]
fn a_page_that_was_made_by_hand_has_no_place_for_a_bookmark() {
    assert!(Bookmark::after(&Page::<ListInvestors>::fixture(vec![]), &Policy::default()).is_none());
}

#[test]
fn no_debug_output_of_a_bookmark_shows_an_id_or_a_query() {
    let page = perform(&demo(), &Call::new(&ListInvestors::new()).unwrap(), |_| {
        ok(&format!(r#"{{"next":"{BASE}/{PATH}?canary","results":[{{"id":"canary"}}]}}"#))
    })
    .unwrap();
    let mut bookmark = Bookmark::after(&page, &Policy::default()).unwrap();
    let before = format!("{bookmark:?}");
    let fresh = format!("{:?}", bookmark.advance(&page).unwrap());
    let shown = format!("{before} {fresh} {bookmark:#?}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn t59_a_bookmark_is_not_led_in_circles() {
    use crate::stage::{BASE, PATH, demo, page_with_next};

    let astray = page_with_next(&demo(), &format!("{BASE}/{PATH}?page=2"));
    let mut policy = Policy::default();
    policy.pages = 50;
    // Every page links to page 2: the loop is closed at once.
    let mut bookmark = Bookmark::after(&astray, &policy).unwrap();
    let mut pages = 0;
    let error = loop {
        pages += 1;
        match bookmark.advance(&astray) {
            Ok(fresh) => assert!(fresh.more && pages < 10, "a loop is noticed within a few pages"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::PageLoop);

    // Every page links to a new one: the cap ends it.
    let mut bookmark = Bookmark::after(&astray, &policy).unwrap();
    let error = (3..)
        .find_map(|page| {
            bookmark.advance(&page_with_next(&demo(), &format!("{BASE}/{PATH}?page={page}"))).err()
        })
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::TooManyPages);
}
