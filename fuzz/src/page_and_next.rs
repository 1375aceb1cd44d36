//! Lists and the links between their pages, from a server that writes whatever it likes (T3–T8, T59–T63).

use std::collections::BTreeSet;

use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Method, Request, Response};
use cashlink_core::page::{Backward, Bookmark, Forward, Next, Page, PageCall, PageLink, Previous, Walk};
use cashlink_core::partner::{ListInvestments, ListInvestors, Partner};
use cashlink_core::{Bearer, Call, Client, Endpoint, ErrorKind, LinkCheck, Policy, Step, body::Body};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::flow::{self, NOW};
use crate::json::{self, Reading, Tree};

/// A link leads nowhere but to the resource that was asked, a way through pages ends, and what is stored reads back.
///
/// The first byte chooses a base, the second one (odd or even) how strict links are; `0` is the first base, and not strict.
/// What follows are the server's answers, with an empty line between them. A request whose query has a digit gets the
/// answer of that number, counted from 1 at the last digit; every other request gets the first.
///
/// Each piece is also read as what somebody stored: a link, a walk, a bookmark. The first piece is accepted as a page
/// whose links may be used, or as a stored link.
pub fn page_and_next(input: &[u8]) -> bool {
    let [base, check, answers @ ..] = input else { return false };
    let base = BASES[usize::from(*base) % BASES.len()];
    let check = if check % 2 == 0 { LinkCheck::SameHost } else { LinkCheck::SameOrigin };
    let server = Server::new(base, check, answers);

    walk_to_the_end(&server);
    turn_a_few_pages_at_most(&server);
    let stored = server.answers.iter().map(|piece| read_as_stored(&server, piece)).collect::<Vec<_>>();
    let page = server.perform(&first());
    if let Reading::Json(tree) = json::read(server.answer_to(None)) {
        assert_eq!(page.is_some(), is_page(&tree), "{tree:?}");
    }
    if let Some(page) = &page {
        check_page(&server, page, server.answer_to(None));
        check_bookmark(&server, page);
    }
    stored.first() == Some(&true) || page.is_some_and(|page| page.next().is_ok() && page.previous().is_ok())
}

/// Where the API may be, each with its own trap for whoever compares URLs as text.
const BASES: [&str; 6] = [
    "https://demo.cashlink.de/api/external/",
    "https://connect.example:8443/api/",
    "http://127.0.0.1:8080/",
    "https://[2001:db8::1]/api/external/",
    "https://demo.cashlink.de:443/api/external/",
    "http://localhost/api.v1/~x/",
];

const PATH: &str = "distributor/v2/investors/";

/// So many answers are told apart at most: the last one has what is left.
const ANSWERS: usize = 6;

type Investors = Page<ListInvestors>;

struct Server<'a> {
    base: &'static str,
    check: LinkCheck,
    client: Client<Bearer>,
    answers: Vec<&'a [u8]>,
}

fn first() -> PageCall<ListInvestors> {
    Call::new(&ListInvestors::new()).expect("the first page can be asked for")
}

impl<'a> Server<'a> {
    fn new(base: &'static str, check: LinkCheck, mut rest: &'a [u8]) -> Self {
        let mut answers = Vec::new();
        while let Some(end) =
            rest.windows(2).position(|pair| pair == b"\n\n").filter(|_| answers.len() + 1 < ANSWERS)
        {
            answers.push(&rest[..end]);
            rest = &rest[end + 2..];
        }
        answers.push(rest);
        let endpoint =
            Endpoint::new(base).or_else(|_| Endpoint::on_loopback(base)).expect("a base of these targets");
        let client = flow::client(Partner::at(endpoint).links(check), flow::policy());
        Self { base, check, client, answers }
    }

    /// The same query always gets the same answer.
    fn answer_to(&self, query: Option<&str>) -> &'a [u8] {
        let digit = query.and_then(|query| query.bytes().rev().find(u8::is_ascii_digit));
        let number = digit.map_or(0, |digit| usize::from(digit - b'0').saturating_sub(1));
        self.answers[number % self.answers.len()]
    }

    fn perform(&self, call: &PageCall<ListInvestors>) -> Option<Investors> {
        self.exchange(call).1
    }

    /// Performs a call on the list, and looks at its request on the way: it must not leave the base, whatever made it.
    fn exchange(&self, call: &PageCall<ListInvestors>) -> (Request<Body>, Option<Investors>) {
        let step = self.client.perform(call, NOW, [0; 16]);
        let outgoing = flow::send(step, &flow::token("t0k3n"));
        let (request, pending) = outgoing.into_parts();
        self.assert_harmless(&request);
        let answer = Bytes::copy_from_slice(self.answer_to(request.uri().query()));
        match pending.respond(NOW, Response::new(answer)) {
            Step::Done(result) => {
                if let Err(error) = &result {
                    assert_eq!(error.kind(), ErrorKind::Undecodable);
                }
                (request, result.ok().map(|reply| reply.value))
            }
            other => panic!("a success is the end: {other:?}"),
        }
    }

    /// A request that reads below the base, and nothing else.
    fn assert_harmless(&self, request: &Request<Body>) {
        let (base, uri) = (Url::parse(self.base).unwrap(), request.uri());
        let read = Url::parse(&uri.to_string()).unwrap_or_else(|error| panic!("{uri}: {error}"));
        assert_eq!(read.origin(), base.origin());
        assert!(
            read.username().is_empty() && read.password().is_none() && read.fragment().is_none(),
            "{uri}"
        );
        // Another reader finds nothing to normalise, so no server resolves it to another place.
        assert_eq!(read.path(), uri.path());
        assert!(uri.path().starts_with(base.path()), "{uri}");
        assert_eq!(uri.authority().unwrap().as_str(), self.base.split('/').nth(2).unwrap());

        assert_eq!((request.method(), request.body().is_upload()), (&Method::GET, false));
        let mut names: Vec<&str> = request.headers().keys().map(|name| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "authorization", "user-agent"]);
    }
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
            let (request, _) = server.exchange(&Call::new(&link).expect("a link can be asked for"));
            check_request_for(server, written, &request);
            check_stored(server, &link);
        }
    }
}

/// The innocent links: our base, our path, a query of plain characters.
fn is_plainly_ours(server: &Server<'_>, written: &str) -> bool {
    let plain =
        |query: &str| query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=&_-.%+".contains(&byte));
    let behind = written.strip_prefix(server.base).and_then(|target| target.strip_prefix(PATH));
    behind.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('?').is_some_and(plain))
}

/// Scheme, authority and path are ours, the query is the link's; and a browser would have read the same place.
fn check_request_for(server: &Server<'_>, written: &str, request: &Request<Body>) {
    let uri = request.uri();
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

/// From the first page on: without a loop to the end, with a loop to its discovery. In between, it is put away and taken
/// up again.
fn walk_to_the_end(server: &Server<'_>) {
    let mut walk = Walk::new(&ListInvestors::new(), &Policy::default()).expect("a walk can begin");
    let (mut visited, mut again, mut counts) = (BTreeSet::from([None]), false, Vec::new());
    // Of N answers at most N have a link, so a walk sees N + 1 places at most; Brent's way finds a loop within three
    // times as many turns, and one step of its power.
    let most = 4 * (server.answers.len() + 2);
    for turn in 0.. {
        assert!(turn <= most, "a walk through {} answers doesn't end", server.answers.len());
        walk = read_back(&walk);
        let Some(call) = walk.call().expect("far from the most pages") else { break };
        let Some(page) = server.perform(&call) else { return };
        match walk.turn(&page) {
            Ok(()) => {
                assert_eq!(walk.pages() as usize, turn + 1);
                counts.extend(page.count);
                assert_eq!(walk.count_changed(), counts.windows(2).any(|pair| pair[0] != pair[1]));
                again |= page
                    .next()
                    .expect("it was just followed")
                    .is_some_and(|next| !visited.insert(query(server, &next)));
            }
            Err(error) if error.kind() == ErrorKind::ForeignPageLink => {
                assert!(page.next().is_err());
                return;
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::PageLoop);
                let next = page.next().unwrap().expect("a loop has a link");
                assert!(visited.contains(&query(server, &next)), "a loop where there is none");
                assert_eq!(walk.pages() as usize, turn, "it stands where it stood");
                return;
            }
        }
    }
    assert!(!again, "a walk came to its end through a page that it had seen");
}

fn query(server: &Server<'_>, link: &Next<ListInvestors>) -> Option<String> {
    let (request, _) = server.exchange(&Call::new(link).expect("a link can be asked for"));
    request.uri().query().map(str::to_owned)
}

fn turn_a_few_pages_at_most(server: &Server<'_>) {
    let mut policy = Policy::default();
    policy.pages = 2;
    let mut walk = Walk::new(&ListInvestors::new(), &policy).expect("a walk can begin");
    for turned in 0..=2 {
        match walk.call() {
            Ok(Some(call)) => {
                assert!(turned < 2, "a third page");
                let Some(page) = server.perform(&call) else { return };
                if walk.turn(&page).is_err() {
                    return;
                }
            }
            Ok(None) => return,
            Err(error) => {
                assert_eq!((error.kind(), turned), (ErrorKind::TooManyPages, 2));
                return;
            }
        }
    }
}

/// On the page that it was put on, a bookmark finds nothing new; from there, it reads to the last page or says why not.
fn check_bookmark(server: &Server<'_>, page: &Investors) {
    let mut bookmark = Bookmark::after(page, &Policy::default()).expect("the page came from an answer");
    let (asked, _) = server.exchange(&bookmark.call().expect("it is a page of the list"));
    assert_eq!(asked.uri(), server.exchange(&first()).0.uri());
    let most = 4 * (server.answers.len() + 2);
    for turn in 0.. {
        assert!(turn <= most, "a bookmark in {} answers finds no last page", server.answers.len());
        bookmark = read_back(&bookmark);
        let Some(page) = server.perform(&bookmark.call().expect("it is a page of the list")) else { return };
        let before = serde_json::to_string(&bookmark).unwrap();
        match bookmark.advance(&page) {
            Ok(fresh) => {
                assert!(turn > 0 || fresh.items.is_empty());
                assert_eq!(fresh.more, page.next().unwrap().is_some());
                if !fresh.more {
                    let again = bookmark.advance(&page).expect("the last page again");
                    assert!(
                        again.items.is_empty() && !again.more,
                        "the last page has nothing new, read again"
                    );
                    return;
                }
            }
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::ForeignPageLink | ErrorKind::PageLoop), "{error}");
                assert_eq!(serde_json::to_string(&bookmark).unwrap(), before, "it stays where it was");
                return;
            }
        }
    }
}

/// What somebody stored, or forged: refused, or a page of this list below the base.
fn read_as_stored(server: &Server<'_>, piece: &[u8]) -> bool {
    let next = serde_json::from_slice::<Next<ListInvestors>>(piece).ok();
    let previous = serde_json::from_slice::<Previous<ListInvestors>>(piece).ok();
    if let (Some(next), Some(previous)) = (&next, &previous) {
        check_stored::<Forward>(server, next);
        check_stored::<Backward>(server, previous);
        let other_list = serde_json::from_slice::<Next<ListInvestments>>(piece);
        assert!(other_list.is_err(), "a page of one list is none of another");
    }
    assert_eq!(next.is_some(), previous.is_some());
    let walk = serde_json::from_slice::<Walk<ListInvestors>>(piece).ok();
    if let Some(walk) = walk.clone() {
        follow(server, walk);
    }
    let bookmark = serde_json::from_slice::<Bookmark<ListInvestors>>(piece).ok();
    if let Some(mut bookmark) = bookmark.clone() {
        read_back(&bookmark);
        if let Some(page) = bookmark.call().ok().and_then(|call| server.perform(&call)) {
            let _ = bookmark.advance(&page);
        }
    }
    next.is_some() || walk.is_some() || bookmark.is_some()
}

/// A walk whose counters anyone may have written: only a few steps, each harmless.
fn follow(server: &Server<'_>, mut walk: Walk<ListInvestors>) {
    for _ in 0..4 {
        walk = read_back(&walk);
        let Ok(Some(call)) = walk.call() else { return };
        let Some(page) = server.perform(&call) else { return };
        if walk.turn(&page).is_err() {
            return;
        }
    }
}

fn check_stored<D>(server: &Server<'_>, link: &PageLink<ListInvestors, D>) {
    let back = read_back(link);
    assert!(back == *link);
    let uri =
        |link| server.exchange(&Call::new(link).expect("a stored link can be asked for")).0.uri().clone();
    assert_eq!(uri(&back), uri(link));
    assert_eq!(format!("{link:?}"), "PageLink(investors.list)");
}

/// Written and read back, it is written the same.
fn read_back<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let stored = serde_json::to_string(value).expect("it can be stored");
    let back: T = serde_json::from_str(&stored).expect("what was stored can be read");
    assert_eq!(serde_json::to_string(&back).unwrap(), stored);
    back
}
