//! The ways through pages: walks, bookmarks, and what is stored of them.

use std::collections::BTreeSet;

use cashlink_core::page::{Backward, Bookmark, Forward, Next, PageLink, Previous, Walk};
use cashlink_core::partner::distributor::{ListInvestments, ListInvestors};
use cashlink_core::{Call, ErrorKind, Policy};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::server::Server;
use super::{Investors, first};

/// From the first page on: without a loop to the end, with a loop to its discovery. In between, it is put away and taken
/// up again.
pub(super) fn walk_to_the_end(server: &Server<'_>) {
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
    server.uri(&Call::new(link).expect("a link can be asked for")).query().map(str::to_owned)
}

pub(super) fn turn_a_few_pages_at_most(server: &Server<'_>) {
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
pub(super) fn check_bookmark(server: &Server<'_>, page: &Investors) {
    let mut bookmark = Bookmark::after(page, &Policy::default()).expect("the page came from an answer");
    assert_eq!(
        server.uri(&bookmark.call().expect("it is a page of the list")),
        server.uri(&first()),
        "it reads its page again"
    );
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
pub(super) fn read_as_stored(server: &Server<'_>, piece: &[u8]) -> bool {
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

pub(super) fn check_stored<D>(server: &Server<'_>, link: &PageLink<ListInvestors, D>) {
    let back = read_back(link);
    assert!(back == *link);
    let uri = |link| server.uri(&Call::new(link).expect("a stored link can be asked for"));
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
