//! A page of a list: 100 investments in about 32 KB, half of it fields that this library has a name for.

use std::hint::black_box;

use bytes::Bytes;
use cashlink_core::Operation as _;
use cashlink_core::answer::Answer;
use cashlink_core::partner::distributor::ListInvestments;
use http::Response;
use serde::Deserialize;

use super::Row;

const LIST: &str = "https://demo.cashlink.de/api/external/distributor/v2/investments/";

/// `count` items, and the link to the page with this number.
pub fn body(items: usize, next: Option<usize>) -> String {
    let item = |number: usize| {
        format!(
            r#"{{"id": "3fa85f64-5717-4562-b3fc-{number:012x}", "status": "{}", "start_url": "https://demo.cashlink.de/subscribe/{number:032x}?token={number:040x}", "new": {{"text": "{:60}", "number": {number}, "list": [1, 2.5, null, true]}}}}"#,
            ["ACCEPTED", "PAID", "DELIVERED"][number % 3],
            "not known to the library",
        )
    };
    let results: Vec<String> = (0..items).map(item).collect();
    let next = next.map_or("null".to_owned(), |page| format!(r#""{LIST}?cursor={page:08x}""#));
    format!(r#"{{"count": 100000, "next": {next}, "previous": null, "results": [{}]}}"#, results.join(", "))
}

/// What the library reads of a page, borrowed.
#[derive(Deserialize)]
pub struct Borrowed<'a> {
    count: Option<u64>,
    next: Option<&'a str>,
    previous: Option<&'a str>,
    results: Vec<BorrowedItem<'a>>,
}

#[derive(Deserialize)]
struct BorrowedItem<'a> {
    id: &'a str,
    status: Option<&'a str>,
    start_url: Option<&'a str>,
}

pub fn rows() -> Vec<Row> {
    [100, 10, 1_000, 10_000].map(row).into()
}

fn row(items: usize) -> Row {
    let text: &'static str = body(items, Some(2)).leak();
    let response = Response::new(Bytes::from_static(text.as_bytes()));
    agree(&response);
    let row = Row::new(format!("a page of {items} investments"))
        .side("ours", move || ListInvestments::decode(&Answer::new(black_box(&response))))
        .side("floor", move || serde_json::from_slice::<Borrowed<'_>>(black_box(text.as_bytes())));
    #[cfg(feature = "peers")]
    let row = if items == 100 { peers::read(row, text) } else { row };
    row
}

fn agree(response: &Response<Bytes>) {
    let ours = ListInvestments::decode(&Answer::new(response)).expect("a page");
    let floor: Borrowed<'_> = serde_json::from_slice(response.body()).expect("a page");
    assert_eq!((ours.count, ours.items.len()), (floor.count, floor.results.len()));
    assert!(floor.next.is_some() && floor.previous.is_none());
    for (ours, floor) in ours.items.iter().zip(&floor.results) {
        assert_eq!(ours.id.as_str(), floor.id);
        assert_eq!(ours.status.as_ref().map(|status| status.as_str()), floor.status);
        assert_eq!(ours.start_url.as_ref().map(|url| &**url.expose()), floor.start_url);
    }
}

#[cfg(feature = "peers")]
mod peers {
    use std::hint::black_box;

    use serde::Deserialize;

    use super::Row;

    pub fn read(row: Row, text: &'static str) -> Row {
        row.side("serde_json, owned", move || serde_json::from_slice::<Owned>(black_box(text.as_bytes())))
            .side("serde_json::Value", move || {
                serde_json::from_slice::<serde_json::Value>(black_box(text.as_bytes()))
            })
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Owned {
        count: Option<u64>,
        next: Option<String>,
        previous: Option<String>,
        results: Vec<Item>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Item {
        id: String,
        status: Option<String>,
        start_url: Option<String>,
    }
}
