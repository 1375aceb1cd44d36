//! How iterators and streams go through a list: what comes next, and when it is over.

use cashlink_core::http::Response;
use cashlink_core::page::{Turning, Walk};
use cashlink_core::partner::distributor::ListInvestors;
use cashlink_core::{ErrorKind, Policy, Reply};

use crate::stage::{Rows, demo, ids, page_with_next, perform, status};

fn turning() -> Turning<ListInvestors> {
    Turning::new(Walk::new(&ListInvestors::new(), &Policy::default()).unwrap())
}

#[test]
fn every_page_comes_once_and_then_nothing_more() {
    let (mut turning, rows, mut all) = (turning(), Rows::new(5, 2), Vec::new());
    while let Some(call) = turning.next() {
        let page = perform(&demo(), &call.unwrap(), |request| rows.answer(request)).map(Reply::fixture);
        all.push(ids(&turning.turn(page).unwrap()));
    }
    assert_eq!(all, [&["row-0", "row-1"][..], &["row-2", "row-3"], &["row-4"]]);
    assert!(turning.next().is_none() && turning.walk().call().unwrap().is_none());
}

#[test]
fn a_failed_page_ends_it_and_the_walk_still_stands_before_that_page() {
    let (mut turning, rows) = (turning(), Rows::new(5, 2));
    let mut turned = |answer: &dyn Fn(&_) -> Response<_>| {
        let call = turning.next().unwrap().unwrap();
        turning.turn(perform(&demo(), &call, |request| answer(request)).map(Reply::fixture))
    };
    assert_eq!(ids(&turned(&|request| rows.answer(request)).unwrap()), ["row-0", "row-1"]);
    assert_eq!(turned(&|_| status(403)).unwrap_err().kind(), ErrorKind::Status);
    assert!(turning.next().is_none(), "it ends with its first error");
    // Who goes on from where it stands gets the page that failed.
    let mut again = Turning::new(turning.walk().clone());
    let call = again.next().unwrap().unwrap();
    let page = perform(&demo(), &call, |request| rows.answer(request)).map(Reply::fixture);
    assert_eq!(ids(&again.turn(page).unwrap()), ["row-2", "row-3"]);
}

#[test]
fn t4_a_page_with_a_foreign_link_is_given_and_the_error_comes_behind_it() {
    let mut turning = turning();
    assert!(turning.next().unwrap().is_ok());
    let page = page_with_next(&demo(), "https://evil.example/api/external/distributor/v2/investors/?page=2");
    assert_eq!(ids(&turning.turn(Ok(Reply::fixture(page))).unwrap()), ["first"]);
    assert_eq!(turning.next().unwrap().unwrap_err().kind(), ErrorKind::ForeignPageLink);
    assert!(turning.next().is_none());
}
