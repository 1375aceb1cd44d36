//! Lists and the links between their pages, from a server that writes whatever it likes (T3–T8, T59–T63).

mod links;
mod server;
mod ways;

use cashlink_core::http::Uri;
use cashlink_core::page::{Page, PageCall, PageLink};
use cashlink_core::partner::distributor::ListInvestors;
use cashlink_core::{Call, ErrorKind, LinkCheck};
use url::Url;

pub(crate) use self::links::build;
use self::server::{BASES, PATH, Server, split};
use self::ways::{check_bookmark, check_stored, read_as_stored, turn_a_few_pages_at_most, walk_to_the_end};
use crate::json::{self, Reading, Tree};

/// A link leads nowhere but to the resource that was asked, a way through pages ends, and what is stored reads back.
///
/// The first byte chooses a base, the second one (odd or even) how strict links are on the way through the pages; `0` is the
/// first base, and not strict. What follows are the server's answers, with an empty line between them. A request whose query
/// has a digit gets the answer of that number, counted from 1 at the last digit; every other request gets the first.
///
/// Each piece is also read as what somebody stored: a link, a walk, a bookmark; and all of it chooses the pieces of one more
/// link. The first piece is accepted as a page whose links may be used, or as a stored link.
pub fn page_and_next(input: &[u8]) -> bool {
    let [base, check, rest @ ..] = input else { return false };
    let base = BASES[usize::from(*base) % BASES.len()];
    let link = build(base, rest).expect("without further bytes, the first of each piece is chosen");
    let page = serde_json::json!({ "next": link, "results": [] }).to_string();
    let pages = first_pages(&servers(base, &[page.as_bytes()]));
    assert!(pages.iter().all(Option::is_some), "a page is good whatever its link is");

    let answers = split(rest);
    let servers = servers(base, &answers);
    let chosen = usize::from(check % 2);
    let (server, page) = (&servers[chosen], &first_pages(&servers)[chosen]);
    walk_to_the_end(server);
    turn_a_few_pages_at_most(server);
    if let Some(page) = page {
        check_bookmark(server, page);
    }
    let stored: Vec<bool> = answers.iter().map(|piece| read_as_stored(server, piece)).collect();
    let links_are_good = |page: &Investors| page.next().is_ok() && page.previous().is_ok();
    stored.first() == Some(&true) || page.as_ref().is_some_and(links_are_good)
}

/// The same server for two clients, of which the second one is strict.
fn servers<'a>(base: &'static str, answers: &'a [&'a [u8]]) -> [Server<'a>; 2] {
    [LinkCheck::SameHost, LinkCheck::SameOrigin].map(|check| Server::new(base, check, answers))
}

fn first_pages(servers: &[Server<'_>; 2]) -> [Option<Investors>; 2] {
    let pages = servers.each_ref().map(first_page);
    if let [Some(loose), Some(strict)] = &pages {
        // What the strict client follows, the other one does too.
        assert!(strict.next().is_err() || loose.next().is_ok());
        assert!(strict.previous().is_err() || loose.previous().is_ok());
    }
    pages
}

type Investors = Page<ListInvestors>;

fn first() -> PageCall<ListInvestors> {
    Call::new(&ListInvestors::new()).expect("the first page can be asked for")
}

fn first_page(server: &Server<'_>) -> Option<Investors> {
    let (page, answer) = (server.perform(&first()), server.answer_to(None));
    if let Reading::Json(tree) = json::read(answer) {
        assert_eq!(page.is_some(), is_page(&tree), "{tree:?}");
    }
    page.inspect(|page| check_page(server, page, answer))
}

/// Whether this is a page of the list: an object with what pages have, each at most once, and items that have an id.
fn is_page(tree: &Tree) -> bool {
    let is_count = |tree: &Tree| match tree {
        Tree::Null => true,
        Tree::Scalar(digits) => digits.parse::<u64>().is_ok(),
        _ => false,
    };
    let is_link = |tree: &Tree| matches!(tree, Tree::Null | Tree::Text(_));
    let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_item = |item: &Tree| match item.all("id").as_slice() {
        [Tree::Text(id)] => (1..=64).contains(&id.len()) && id.chars().all(is_id),
        _ => false,
    };
    let one = |name: &str, is: &dyn Fn(&Tree) -> bool| match tree.all(name).as_slice() {
        [] => true,
        [value] => is(value),
        _ => false,
    };
    let results = tree.all("results");
    let has_items = matches!(results.as_slice(), [Tree::List(items)] if items.iter().all(is_item));
    has_items && one("count", &is_count) && one("next", &is_link) && one("previous", &is_link)
}

/// A page says what its JSON says, and its links lead where they may.
fn check_page(server: &Server<'_>, page: &Investors, answer: &[u8]) {
    let results = page.items_json().expect("it came from an answer");
    assert_eq!(results.len(), page.items.len());
    let Reading::Json(tree) = json::read(answer) else { return };
    let [Tree::List(items)] = tree.all("results").as_slice() else { panic!("a page without its results") };
    let ids: Vec<_> = page.items.iter().map(|investor| investor.id.as_str()).collect();
    assert_eq!(
        items.iter().flat_map(|item| item.all("id")).filter_map(Tree::as_text).collect::<Vec<_>>(),
        ids
    );
    let count = match tree.all("count").as_slice() {
        [Tree::Scalar(count)] => Some(count.parse().expect("a whole number of 64 bits")),
        _ => None,
    };
    assert_eq!(page.count, count);
    check_link(server, tree.all("next").as_slice(), page.next());
    check_link(server, tree.all("previous").as_slice(), page.previous());
}

fn check_link<D>(
    server: &Server<'_>,
    written: &[&Tree],
    link: Result<Option<PageLink<ListInvestors, D>>, cashlink_core::Error>,
) {
    let written = match written {
        [] | [Tree::Null] => None,
        [Tree::Text(text)] => Some(text.as_str()),
        other => panic!("a page whose link is {other:?}"),
    };
    match (written, link) {
        (None, link) => assert!(link.expect("no link is no mistake").is_none()),
        (Some(written), Ok(None)) => panic!("{written}: it has a link"),
        (Some(written), Err(error)) => {
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::ForeignPageLink, 0));
            assert!(!is_plainly_ours(server, written), "{written}: refused");
        }
        (Some(written), Ok(Some(link))) => {
            check_place(server, written, &server.uri(&Call::new(&link).expect("a link can be asked for")));
            check_stored(server, &link);
        }
    }
}

/// The innocent links: our base, our path, a query of plain characters, and no more of it than any server takes.
fn is_plainly_ours(server: &Server<'_>, written: &str) -> bool {
    let plain =
        |query: &str| query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=&_-.%+".contains(&byte));
    let behind = written.strip_prefix(server.base).and_then(|target| target.strip_prefix(PATH));
    let is_short = written.len() <= 16 * 1024;
    is_short && behind.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('?').is_some_and(plain))
}

/// Scheme, authority and path are ours, the query is the link's; and a browser would have read the same place.
fn check_place(server: &Server<'_>, written: &str, uri: &Uri) {
    let query = written.split_once('?').map(|(_, query)| query).filter(|query| !query.is_empty());
    let target = query.map_or(String::new(), |query| format!("?{query}"));
    assert_eq!(uri.to_string(), format!("{}{PATH}{target}", server.base), "{written}");

    let ours = Url::parse(&uri.to_string()).unwrap();
    let theirs = Url::parse(written).unwrap_or_else(|error| panic!("{written}: {error}"));
    assert!(theirs.username().is_empty() && theirs.password().is_none(), "{written}");
    assert_eq!((theirs.host_str(), theirs.path()), (ours.host_str(), ours.path()), "{written}");
    assert_eq!(theirs.query().unwrap_or_default().len(), ours.query().unwrap_or_default().len(), "{written}");
    match server.check {
        LinkCheck::SameOrigin => assert_eq!(theirs.origin(), ours.origin(), "{written}"),
        _ => {
            assert!(matches!(theirs.scheme(), "http" | "https"), "{written}");
            let same_port = theirs.port_or_known_default() == ours.port_or_known_default();
            assert!(theirs.port().is_none() || same_port, "{written}");
        }
    }
}
