//! The retry table of the design through the machine: the table itself, word for word, is the expectation.

use cashlink_core::bytes::Bytes;
use cashlink_core::flow::TokenId;
use cashlink_core::{Bearer, Certainty, Error, ErrorKind, GaveUp, UserKey};

use crate::scenario::{Account, At, Deed, End, Form, Play, START, TOKENS, client, token};

/// What is done when every attempt ends like this. The design, to the letter.
const DESIGN: &str = "\
| | surely not sent | maybe sent, no whole answer | 408, 502, 503, 504 | 425, 429 | 500, other 5xx | 409 | 401, bearer | 3xx | other 4xx |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| Safe, Idempotent (the token call too) | again | again | again | again | again | done | new token, once | done: redirect | done |
| Keyed, documented | again | again | again | again | at most 2 more (the server may replay a stored 500), then unknown | at most 2 more (the first call may still run), then unknown | new token, once | done: unknown | done: not applied |
| Keyed, assumed | again | **done: unknown** | done: unknown | again | done: unknown | done: unknown | new token, once | done: unknown | done: not applied |
| Once (every Payments POST) | again | **done: unknown** | done: unknown | done: not applied | done: unknown | done: not applied | done: not applied; the token is dropped for the next call | done: unknown | done: not applied |";

/// And what is known in the end. The design says it where it matters; this says it everywhere.
const KNOWN: &str = "\
| | surely not sent | maybe sent, no whole answer | 408, 502, 503, 504 | 425, 429 | 500, other 5xx | 409 | 401, bearer | 3xx | other 4xx |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| Safe, Idempotent (the token call too) | not applied | unknown | unknown | not applied | unknown | not applied | not applied | unknown | not applied |
| Keyed, documented | not applied | unknown | unknown | not applied | unknown | unknown | not applied | unknown | not applied |
| Keyed, assumed | not applied | unknown | unknown | not applied | unknown | unknown | not applied | unknown | not applied |
| Once (every Payments POST) | not applied | unknown | unknown | not applied | unknown | not applied | not applied | unknown | not applied |";

/// The design: "a 2xx whose body is cut or unreadable is `Applied`". A cut one is asked for again where that is harmless;
/// a larger one, or a wrong payload, would be the same again.
const OUTSIDE: &str = "\
| | cut 2xx | too large 2xx | payload fault |
| --- | --- | --- | --- |
| Safe, Idempotent (the token call too) | again | done | done |
| Keyed, documented | again | done | done |
| Keyed, assumed | done | done | done |
| Once (every Payments POST) | done | done | done |";

const OUTSIDE_KNOWN: &str = "\
| | cut 2xx | too large 2xx | payload fault |
| --- | --- | --- | --- |
| Safe, Idempotent (the token call too) | applied | applied | not applied |
| Keyed, documented | applied | applied | not applied |
| Keyed, assumed | applied | applied | not applied |
| Once (every Payments POST) | applied | applied | not applied |";

/// The cell at the crossing of a row and a column, by their names.
fn cell(table: &'static str, row: &str, column: &str) -> &'static str {
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim);
    let mut lines = table.lines().map(cells);
    let place = lines.next().unwrap().position(|name| name == column).expect(column);
    lines.find(|line| line.clone().next() == Some(row)).expect(row).nth(place).unwrap().trim_matches('*')
}

fn row(deed: Deed) -> &'static str {
    match deed {
        Deed::Safe | Deed::Idempotent => "Safe, Idempotent (the token call too)",
        // A confirmed key "is relied upon like a documented one".
        Deed::Documented | Deed::Confirmed => "Keyed, documented",
        Deed::Assumed => "Keyed, assumed",
        Deed::Once => "Once (every Payments POST)",
    }
}

/// What the words of a cell promise: how many requests, when every attempt ends alike and four are allowed, and why
/// there is no further one.
fn promise(words: &str) -> (usize, GaveUp) {
    match words {
        "again" => (4, GaveUp::Attempts),
        "new token, once" => (2, GaveUp::Final),
        _ if words.starts_with("at most 2 more") => (3, GaveUp::Final),
        _ if words.starts_with("done") => (1, GaveUp::Final),
        _ => panic!("the design has no such words: {words}"),
    }
}

fn certainty(words: &str) -> Certainty {
    match words {
        "not applied" => Certainty::NotApplied,
        "unknown" => Certainty::Unknown,
        "applied" => Certainty::Applied,
        _ => panic!("no such certainty: {words}"),
    }
}

/// The columns of the statuses; every status that is no success is in one of them.
fn columns(bearer: bool) -> Vec<(&'static str, Vec<u16>)> {
    let but = |range: std::ops::RangeInclusive<u16>, named: &[u16]| -> Vec<u16> {
        range.filter(|status| !named.contains(status)).collect()
    };
    let mut columns = vec![
        ("408, 502, 503, 504", vec![408, 502, 503, 504]),
        ("425, 429", vec![425, 429]),
        // With them, what is no final status of HTTP: whoever answers so is broken.
        ("500, other 5xx", [but(100..=199, &[]), but(500..=999, &[502, 503, 504])].concat()),
        ("409", vec![409]),
        ("3xx", but(300..=399, &[])),
    ];
    if bearer {
        columns.push(("401, bearer", vec![401]));
        columns.push(("other 4xx", but(400..=499, &[401, 408, 409, 425, 429])));
    } else {
        columns.push(("other 4xx", but(400..=499, &[408, 409, 425, 429])));
    }
    columns
}

fn kind(end: End) -> ErrorKind {
    match end {
        End::NotSent | End::MaybeSent => ErrorKind::Transport,
        End::Payload => ErrorKind::Payload,
        End::Answer(Form::Cut, _) => ErrorKind::CutAnswer,
        End::Answer(Form::TooLarge, _) => ErrorKind::AnswerTooLarge,
        End::Answer(_, 300..=399) => ErrorKind::UnexpectedRedirect,
        End::Answer(..) | End::ScopeMissing => ErrorKind::Status,
    }
}

/// The token that the server refused last, where the column is about tokens.
fn refused_token(column: &str, requests: usize) -> Option<TokenId> {
    (column == "401, bearer").then(|| token(TOKENS[requests - 1]).id())
}

/// Holds what a flow did against its cell.
fn hold(error: &Error, requests: usize, row: &str, column: &str, end: End) {
    let case = format!("{row} / {column} / {end:?}");
    let (design, known) = if OUTSIDE.lines().next().unwrap().contains(column) {
        (OUTSIDE, OUTSIDE_KNOWN)
    } else {
        (DESIGN, KNOWN)
    };
    let (promised, gave_up) = promise(cell(design, row, column));
    assert_eq!(requests, promised, "requests: {case}");
    assert_eq!(error.gave_up(), gave_up, "{case}");
    assert_eq!(usize::try_from(error.attempts()), Ok(promised), "attempts: {case}");
    assert_eq!(error.certainty(), certainty(cell(known, row, column)), "{case}");
    assert_eq!(error.kind(), kind(end), "{case}");
    assert_eq!(error.status().map(|status| status.as_u16()), end.status(), "{case}");
    assert_eq!(error.rejected_token(), refused_token(column, requests), "{case}");
}

/// Every column, every status in it, in every form.
fn for_every_end(bearer: bool, mut hold: impl FnMut(&'static str, End)) {
    hold("surely not sent", End::NotSent);
    hold("maybe sent, no whole answer", End::MaybeSent);
    hold("payload fault", End::Payload);
    for status in 200..=299 {
        hold("cut 2xx", End::Answer(Form::Cut, status));
        hold("too large 2xx", End::Answer(Form::TooLarge, status));
    }
    for (column, statuses) in columns(bearer) {
        for status in statuses {
            for form in Form::ALL {
                hold(column, End::Answer(form, status));
            }
        }
    }
    if bearer {
        hold("other 4xx", End::ScopeMissing);
    }
}

fn the_machine_keeps_the_table<C: Account>(deed: Deed) -> usize {
    let (client, call) = (client::<C>(), deed.call::<C>());
    let mut cases = 0;
    for_every_end(C::NEEDS_TOKEN, |column, end| {
        let play = Play::of(&client, &call).repeat(end);
        hold(&play.error(), play.sent.len(), row(deed), column, end);
        cases += 1;
    });
    cases
}

/// 2 without an answer, the payload fault, 100 successes in two forms, and 800 other statuses in four.
const CASES: usize = 2 + 1 + 100 * 2 + 800 * 4;

#[test]
fn t38_the_table_holds_for_every_effect_and_every_end_with_an_api_key() {
    assert_eq!(Deed::ALL.into_iter().map(the_machine_keeps_the_table::<UserKey>).sum::<usize>(), 6 * CASES);
}

#[test]
fn t38_the_table_holds_for_every_effect_and_every_end_with_a_bearer_token() {
    // And the 401 that no new token would mend.
    assert_eq!(
        Deed::ALL.into_iter().map(the_machine_keeps_the_table::<Bearer>).sum::<usize>(),
        6 * (CASES + 1)
    );
}

#[test]
fn the_table_holds_for_the_token_call_too() {
    let client = client::<Bearer>();
    let call = Deed::Safe.call::<Bearer>();
    for_every_end(false, |column, end| {
        let mut need = Play::of(&client, &call).need();
        let play = Play::new(START, need.request(START)).repeat(end);
        hold(&play.error(), play.sent.len(), row(Deed::Safe), column, end);
    });
}

#[test]
fn every_whole_success_is_done_at_once_whatever_the_effect() {
    fn succeed<C: Account>(deed: Deed) {
        for status in 200..=299 {
            let mut play: Play<Bytes> = Play::of(&client::<C>(), &deed.call());
            assert_eq!(play.settle(), At::Sends);
            let reply = play.attempt(End::Answer(Form::Whole, status)).result().unwrap();
            assert_eq!((reply.meta.status().as_u16(), reply.meta.attempts()), (status, 1), "{deed:?}");
            assert_eq!(reply.value, r#"{"id":"17"}"#);
        }
    }
    for deed in Deed::ALL {
        succeed::<Bearer>(deed);
        succeed::<UserKey>(deed);
    }
}

#[test]
fn both_tables_have_the_same_rows_and_columns_and_say_nothing_contrary() {
    let header = DESIGN.lines().next().unwrap();
    assert_eq!(header, KNOWN.lines().next().unwrap());
    for deed in Deed::ALL {
        for column in header.trim_matches('|').split('|').map(str::trim).filter(|name| !name.is_empty()) {
            let (words, known) = (cell(DESIGN, row(deed), column), cell(KNOWN, row(deed), column));
            for said in ["unknown", "not applied"] {
                assert!(!words.contains(said) || known == said, "{deed:?}, {column}: {words}, but {known}");
            }
        }
    }
}

#[test]
fn the_columns_have_every_status_that_is_no_success_exactly_once() {
    for bearer in [true, false] {
        let mut statuses: Vec<u16> = columns(bearer).into_iter().flat_map(|(_, statuses)| statuses).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, (100..=999).filter(|status| !(200..=299).contains(status)).collect::<Vec<_>>());
    }
}
