//! A call that an earlier process has attempted already: certainty and attempts span both.

use cashlink_core::bytes::Bytes;
use cashlink_core::{Bearer, Certainty, ErrorKind, GaveUp, Prior, UserKey};

use crate::scenario::{Account, At, Deed, End, Form, Play, START, client, whole};

fn resumed<C: Account>(deed: Deed, prior: Prior) -> Play<Bytes> {
    Play::new(START, client::<C>().resume(&deed.call::<C>(), prior, START, [5; 16]))
}

#[test]
fn t38_what_may_have_happened_and_must_not_be_repeated_is_not_sent_again() {
    for prior in [Prior::new(1, true), Prior::new(0, true), Prior::new(u32::MAX, true)] {
        for deed in [Deed::Once, Deed::Assumed] {
            for play in [resumed::<UserKey>(deed, prior), resumed::<Bearer>(deed, prior)] {
                assert_eq!(play.at(), At::Done, "{deed:?}");
                let error = play.error();
                assert_eq!(error.kind(), ErrorKind::MayHaveHappened);
                assert_eq!(error.gave_up(), GaveUp::MayHaveHappened);
                assert_eq!(error.certainty(), Certainty::Unknown);
                assert_eq!(error.attempts(), prior.attempts);
            }
        }
    }
}

#[test]
fn what_surely_never_left_starts_anew_whatever_it_does() {
    for deed in [Deed::Once, Deed::Assumed, Deed::Documented, Deed::Safe] {
        let play = resumed::<Bearer>(deed, Prior::new(3, false)).script(&[whole(400)]);
        assert_eq!((play.sent.len(), play.error().attempts()), (1, 4), "{deed:?}");
        assert_eq!(play.error().certainty(), Certainty::NotApplied);
    }
}

#[test]
fn t44_no_answer_settles_an_earlier_processs_doubt_but_a_success() {
    let after_doubt = |deed, end| resumed::<Bearer>(deed, Prior::new(2, true)).script(&[end]).error();
    for deed in [Deed::Safe, Deed::Idempotent, Deed::Documented, Deed::Confirmed] {
        for status in 400..=499 {
            // Those that go on by themselves are the table's matter.
            if matches!(status, 401 | 408 | 409 | 425 | 429) {
                continue;
            }
            // Not even a refusal of the content: the server may have forgotten the key since.
            let error = after_doubt(deed, whole(status));
            assert_eq!((error.certainty(), error.attempts()), (Certainty::Unknown, 3), "{deed:?}, {status}");
        }
        let payload = after_doubt(deed, End::Payload);
        assert_eq!(payload.certainty(), Certainty::Unknown, "{deed:?}");
        let too_large = after_doubt(deed, End::Answer(Form::TooLarge, 201));
        assert_eq!(too_large.certainty(), Certainty::Applied, "{deed:?}");
    }
}

#[test]
fn a_doubt_of_this_process_is_settled_by_the_endpoints_own_refusal_and_by_nothing_less() {
    let after_lost_reply = |deed: Deed, end| {
        Play::of(&client::<Bearer>(), &deed.call()).script(&[End::MaybeSent, end]).error().certainty()
    };
    for deed in [Deed::Documented, Deed::Confirmed] {
        for status in [400, 422] {
            // Had the first attempt been applied, its stored success would have come back.
            assert_eq!(after_lost_reply(deed, whole(status)), Certainty::NotApplied);
            // No JSON, or not all of it: somebody in between may have written that.
            for form in [Form::Empty, Form::Cut, Form::TooLarge] {
                assert_eq!(after_lost_reply(deed, End::Answer(form, status)), Certainty::Unknown, "{form:?}");
            }
        }
        for status in [403, 404, 410, 451] {
            assert_eq!(after_lost_reply(deed, whole(status)), Certainty::Unknown, "{status}");
        }
    }
    for deed in [Deed::Safe, Deed::Idempotent] {
        assert_eq!(after_lost_reply(deed, whole(400)), Certainty::Unknown, "there is no key to settle it");
    }
}

#[test]
fn a_token_that_fails_leaves_an_earlier_doubt_as_it_was() {
    for (prior, certainty) in
        [(Prior::new(1, true), Certainty::Unknown), (Prior::new(1, false), Certainty::NotApplied)]
    {
        let mut play = resumed::<Bearer>(Deed::Documented, prior);
        play.authorize(false);
        let error = play.error();
        assert_eq!((error.kind(), error.certainty(), error.attempts()), (ErrorKind::Token, certainty, 1));
    }
}

#[test]
fn each_process_has_the_attempts_of_its_own_and_counts_them_all() {
    let play = resumed::<UserKey>(Deed::Documented, Prior::new(10, true)).repeat(whole(503));
    assert_eq!((play.sent.len(), play.error().attempts()), (4, 14));
    let play = resumed::<UserKey>(Deed::Documented, Prior::new(10, true)).script(&[End::NotSent, whole(201)]);
    assert_eq!(play.result().unwrap().meta.attempts(), 12);
    let play = resumed::<UserKey>(Deed::Safe, Prior::new(u32::MAX, true)).repeat(whole(503));
    assert_eq!(play.error().attempts(), u32::MAX, "and never overflows");
}
