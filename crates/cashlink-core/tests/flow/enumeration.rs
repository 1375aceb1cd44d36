//! Every sequence of events up to the limit of attempts, for every effect and both kinds of credential: what must hold
//! on each path, said without the machine's words. The certainty has an oracle of its own, which looks at the whole
//! history at once.

use cashlink_core::bytes::Bytes;
use cashlink_core::{Bearer, Call, Certainty, Client, ErrorKind, UserKey};

use crate::scenario::{Account, At, Deed, End, Form, Play, TOKENS, client, whole};

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Token { granted: bool },
    Attempt(End),
}

/// Every way that an attempt ends, one for each way of being treated. 425 and 429 take turns, and so do a 401 that came
/// whole and one that was cut.
fn ends(attempt: usize) -> [End; ENDS] {
    let odd = attempt % 2 == 1;
    [
        End::NotSent,
        End::MaybeSent,
        End::Payload,
        End::Answer(Form::Cut, 201),
        End::Answer(Form::Cut, 503),
        End::Answer(Form::Cut, 400),
        End::Answer(Form::TooLarge, 200),
        End::Answer(Form::Empty, 204),
        whole(200),
        whole(302),
        whole(400),
        End::Answer(if odd { Form::Whole } else { Form::Cut }, 401),
        End::ScopeMissing,
        whole(403),
        whole(409),
        whole(422),
        whole(if odd { 429 } else { 425 }),
        whole(500),
        whole(503),
    ]
}

const ENDS: usize = 19;

/// More events than any path may have: two tokens and five attempts.
const LONGEST: usize = 2 + 5;

#[derive(Default)]
struct Tally {
    paths: usize,
    repeated: usize,
    renewed: usize,
    succeeded: usize,
}

fn replay<C: Account>(client: &Client<C>, call: &Call<Bytes, C>, events: &[Event]) -> Play<Bytes> {
    let mut play = Play::of(client, call);
    for event in events {
        match event {
            Event::Token { granted } => play.authorize(*granted),
            Event::Attempt(end) => play.attempt(*end),
        };
        while matches!(play.at(), At::Waits(_)) {
            play.sleep();
        }
    }
    play
}

fn walk<C: Account>(
    deed: Deed,
    client: &Client<C>,
    call: &Call<Bytes, C>,
    events: &mut Vec<Event>,
    tally: &mut Tally,
) {
    assert!(events.len() <= LONGEST, "{deed:?} doesn't end: {events:?}");
    let play = replay(client, call, events);
    let branches: Vec<Event> = match play.at() {
        At::Done => {
            hold::<C>(deed, events, &play);
            tally.paths += 1;
            tally.repeated += usize::from(play.sent.len() > 1);
            tally.renewed += usize::from(play.token_requests > 1);
            tally.succeeded += usize::from(play.result().is_ok());
            return;
        }
        At::NeedsToken => [true, false].map(|granted| Event::Token { granted }).into(),
        At::Sends => ends(play.sent.len()).map(Event::Attempt).into(),
        At::Waits(_) => panic!("a replay sleeps through its waits"),
    };
    for event in branches {
        events.push(event);
        walk(deed, client, call, events, tally);
        events.pop();
    }
}

/// What an attempt with this end did, said without knowing what came before.
fn did(deed: Deed, end: End) -> Certainty {
    let keyed = matches!(deed, Deed::Documented | Deed::Assumed | Deed::Confirmed);
    match end.status() {
        None if end == End::MaybeSent => Certainty::Unknown,
        None => Certainty::NotApplied,
        Some(200..=299) => Certainty::Applied,
        // Another call with the same key may be under way.
        Some(409) if keyed => Certainty::Unknown,
        Some(400..=499) => Certainty::NotApplied,
        Some(_) => Certainty::Unknown,
    }
}

/// The whole history at once: applied if any attempt surely was; not applied if none may have been, or if a server that
/// honours the key has judged the content itself in the end (and nobody in between, whose answer would not be its JSON);
/// else nobody knows.
fn oracle(deed: Deed, attempts: &[End]) -> Certainty {
    let any = |certainty| attempts.iter().any(|end| did(deed, *end) == certainty);
    let content_refused = matches!(attempts.last(), Some(End::Answer(Form::Whole, 400 | 422)));
    let honours_key = matches!(deed, Deed::Documented | Deed::Confirmed);
    if any(Certainty::Applied) {
        Certainty::Applied
    } else if any(Certainty::Unknown) && !(honours_key && content_refused) {
        Certainty::Unknown
    } else {
        Certainty::NotApplied
    }
}

/// What must hold at the end of every path.
fn hold<C: Account>(deed: Deed, events: &[Event], play: &Play<Bytes>) {
    let attempts: Vec<End> = events
        .iter()
        .filter_map(|event| match event {
            Event::Attempt(end) => Some(*end),
            Event::Token { .. } => None,
        })
        .collect();
    let tokens = events.len() - attempts.len();
    assert_eq!(play.sent.len(), attempts.len());
    t37_nothing_is_resent_that_may_not_be(deed, events, &attempts);
    every_request_is_the_first_one_again::<C>(events, play);

    // Attempts are what was allowed, and one more for a renewed token; tokens are one and one more (T35).
    assert!(attempts.len() <= 4 + usize::from(tokens > 1), "{deed:?}: {events:?}");
    assert!(tokens <= if C::NEEDS_TOKEN { 2 } else { 0 }, "{deed:?}: {events:?}");
    assert_eq!(play.token_requests, tokens, "each is one token request");
    assert!(attempts.iter().filter(|end| is_refused_token(**end)).count() <= 2, "{deed:?}: {events:?}");

    let token_failed = events.last() == Some(&Event::Token { granted: false });
    match play.result() {
        Ok(reply) => {
            assert!(matches!(attempts.last(), Some(End::Answer(Form::Whole | Form::Empty, 200 | 204))));
            assert_eq!(usize::try_from(reply.meta.attempts()), Ok(attempts.len()), "{deed:?}: {events:?}");
        }
        Err(error) => {
            assert_eq!(usize::try_from(error.attempts()), Ok(attempts.len()), "{deed:?}: {events:?}");
            assert_eq!(error.certainty(), oracle(deed, &attempts), "{deed:?}: {events:?}");
            assert_eq!(error.kind() == ErrorKind::Token, token_failed, "{deed:?}: {events:?}");
        }
    }
}

fn is_refused_token(end: End) -> bool {
    matches!(end, End::Answer(_, 401))
}

/// A request goes out again only behind an end that allows it.
fn t37_nothing_is_resent_that_may_not_be(deed: Deed, events: &[Event], attempts: &[End]) {
    let Some((_, repeated)) = attempts.split_last() else { return };
    for end in repeated {
        let may_be_repeated = match deed {
            // It surely never left.
            Deed::Once => *end == End::NotSent,
            // It surely never left, or was turned away before the key counted.
            Deed::Assumed => matches!(end, End::NotSent | End::Answer(_, 401 | 425 | 429)),
            // Anything, unless it was final.
            Deed::Safe | Deed::Idempotent | Deed::Documented | Deed::Confirmed => {
                !matches!(end, End::Payload | End::ScopeMissing | End::Answer(Form::TooLarge, _))
                    && !matches!(end, End::Answer(_, 302 | 400 | 403 | 422))
                    && !matches!(end, End::Answer(Form::Whole | Form::Empty, 200..=299))
            }
        };
        assert!(may_be_repeated, "{deed:?} was resent after {end:?}: {events:?}");
    }
    for pair in events.windows(2) {
        let renewed = matches!(pair[1], Event::Token { .. });
        let refused = matches!(pair[0], Event::Attempt(end) if is_refused_token(end));
        assert_eq!(renewed, refused, "a new token comes behind a refused one, and only there: {events:?}");
    }
}

/// Method, URI, headers and body are the same every time; the token is the last one that was granted.
fn every_request_is_the_first_one_again<C: Account>(events: &[Event], play: &Play<Bytes>) {
    let mut tokens = TOKENS.iter();
    let mut token = None;
    let mut sent = play.sent.iter();
    for event in events {
        match event {
            Event::Token { .. } => token = tokens.next(),
            Event::Attempt(_) => {
                let request = sent.next().unwrap();
                assert_eq!(request.lasting, play.sent[0].lasting, "{events:?}");
                let expected = token.map(|token| format!("Bearer {token}"));
                let authorization = request.authorization.as_ref().map(|value| value.to_str().unwrap());
                assert_eq!(authorization, expected.as_deref(), "{events:?}");
                assert_eq!(authorization.is_some(), C::NEEDS_TOKEN);
            }
        }
    }
}

/// How many of the ends lead to another attempt every time: what a path of four attempts is made of.
fn repeatable(deed: Deed) -> usize {
    match deed {
        // Not sent, maybe sent, a cut 201, a cut 503, 425 or 429, 500, 503.
        Deed::Safe | Deed::Idempotent => 7,
        // The same without 500, which ends after three.
        Deed::Documented | Deed::Confirmed => 6,
        // Not sent, 425 or 429.
        Deed::Assumed => 2,
        Deed::Once => 1,
    }
}

fn enumerate<C: Account>(deed: Deed) -> Tally {
    let mut tally = Tally::default();
    walk(deed, &client::<C>(), &deed.call(), &mut Vec::new(), &mut tally);
    let Tally { paths, repeated, renewed, succeeded } = tally;
    println!(
        "{deed:?}, token {}: {paths} paths, {repeated} with a repetition, {renewed} with a renewed token, \
         {succeeded} succeed",
        C::NEEDS_TOKEN
    );
    // At least three ends that lead on and then any end, so that a test which walks nowhere fails.
    let least = repeatable(deed).pow(3) * ENDS;
    assert!(repeated >= least && succeeded > 0, "{deed:?}: {paths} paths are too few");
    tally
}

#[test]
fn t37_every_path_with_an_api_key() {
    for deed in Deed::ALL {
        assert_eq!(enumerate::<UserKey>(deed).renewed, 0, "{deed:?}: there is no token to renew");
    }
}

/// The same, and with a renewal in each of four places.
fn t37_every_path_with_a_token(deed: Deed) {
    let least = 4 * repeatable(deed).pow(3) * ENDS;
    assert!(enumerate::<Bearer>(deed).renewed >= least, "{deed:?}");
}

#[test]
fn t37_every_path_of_a_safe_request_with_a_token() {
    t37_every_path_with_a_token(Deed::Safe);
}

#[test]
fn t37_every_path_of_an_idempotent_request_with_a_token() {
    t37_every_path_with_a_token(Deed::Idempotent);
}

#[test]
fn t37_every_path_of_a_documented_key_with_a_token() {
    t37_every_path_with_a_token(Deed::Documented);
}

#[test]
fn t37_every_path_of_a_confirmed_key_with_a_token() {
    t37_every_path_with_a_token(Deed::Confirmed);
}

#[test]
fn t37_every_path_of_an_assumed_key_with_a_token() {
    t37_every_path_with_a_token(Deed::Assumed);
}

#[test]
fn t37_every_path_of_a_request_that_must_happen_once_with_a_token() {
    // A refused token ends it: it is dropped for the next call, and nothing is renewed for this one.
    assert_eq!(enumerate::<Bearer>(Deed::Once).renewed, 0);
}
