//! A call that is decoded later ends as one that is decoded at once: the loops rest on it.

use cashlink_core::answer::Received;
use cashlink_core::http::Response;
use cashlink_core::page::Page;
use cashlink_core::partner::distributor::ListInvestors;
use cashlink_core::{Bearer, Call, Error, Reply};

use crate::scenario::{Account, At, Deed, End, Form, Play, Sent, whole, without_budget};

type Listed = Page<ListInvestors>;

/// What happens on the way.
type Script<'a> = &'a dyn Fn(&mut dyn Answering);

/// The two ways through the same events.
fn both(events: Script<'_>) -> [Result<Reply<Listed>, Error>; 2] {
    let client = Bearer::client(without_budget());
    let call = Call::new(&ListInvestors::new()).unwrap().attempts(3);
    let mut typed = Play::of(&client, &call);
    events(&mut typed);
    let mut erased: Play<Received> = Play::of(&client, &call.erased());
    events(&mut erased);
    assert_eq!((typed.at(), erased.at()), (At::Done, At::Done));
    assert_eq!(typed.waits, erased.waits);
    let requests = |sent: &[Sent]| sent.iter().map(|sent| format!("{sent:?}")).collect::<Vec<_>>();
    assert_eq!(requests(&typed.sent), requests(&erased.sent));
    let decoded = erased.result().map_err(Clone::clone).and_then(|reply| reply.clone().decode(&call));
    [typed.result().cloned().map_err(Clone::clone), decoded]
}

/// What a script does to a play, whatever it decodes to.
trait Answering {
    fn end(&mut self, end: End);
    fn answer(&mut self, status: u16, body: &'static str);
}

impl<T> Answering for Play<T> {
    fn end(&mut self, end: End) {
        self.settle();
        self.attempt(end);
        self.settle();
    }

    fn answer(&mut self, status: u16, body: &'static str) {
        self.settle();
        self.attempt_with(|pending, now| {
            pending.respond(
                now,
                Response::builder().status(status).header("x-request-id", "r").body(body).unwrap(),
            )
        });
    }
}

#[test]
fn a_value_is_the_same_and_so_is_what_belongs_to_it() {
    const PAGE: &str = r#"{"count":3,"next":"https://demo.cashlink.de/api/external/distributor/v2/investors/?page=2","previous":null,"results":[{"id":"a"},{"id":"b"}]}"#;
    let [typed, erased] = both(&|play| {
        play.end(whole(503));
        play.answer(200, PAGE);
    })
    .map(Result::unwrap);
    assert_eq!(format!("{typed:?}"), format!("{erased:?}"));
    assert_eq!((typed.meta.attempts(), erased.meta.attempts()), (2, 2));
    assert_eq!((typed.meta.body(), erased.meta.body()), (&PAGE.into(), &PAGE.into()));
    let ids = |page: &Listed| page.items.iter().map(|investor| investor.id).collect::<Vec<_>>();
    assert_eq!(ids(&typed.value), ids(&erased.value));
    // Page links are checked against what was asked, which an erased reply has to know as well.
    let next = |page: &Listed| serde_json::to_string(&page.next().unwrap().unwrap()).unwrap();
    assert_eq!(next(&typed.value), next(&erased.value));
}

#[test]
fn an_error_is_the_same_wherever_it_is_found() {
    let scripts: [Script<'_>; 7] = [
        // Found when decoding.
        &|play| play.answer(200, r#"{"count":3,"results":"none"}"#),
        &|play| {
            play.end(End::NotSent);
            play.answer(200, "<html>");
        },
        // Found by the flow.
        &|play| play.answer(404, r#"{"detail":"Not found."}"#),
        &|play| play.end(whole(302)),
        &|play| (0..3).for_each(|_| play.end(whole(503))),
        &|play| (0..3).for_each(|_| play.end(End::Answer(Form::Cut, 200))),
        &|play| (0..2).for_each(|_| play.end(whole(401))),
    ];
    for (number, script) in scripts.into_iter().enumerate() {
        let [typed, erased] = both(script).map(|result| result.map(drop).unwrap_err());
        assert_eq!(format!("{typed} {typed:?}"), format!("{erased} {erased:?}"), "script {number}");
        assert_eq!((typed.body(), typed.headers()), (erased.body(), erased.headers()), "script {number}");
        assert_eq!(typed.attempts(), erased.attempts());
        assert_eq!(typed.certainty(), erased.certainty());
        assert_eq!(typed.rejected_token(), erased.rejected_token());
    }
}

#[test]
fn an_erased_call_is_the_same_call() {
    let call = Deed::Documented.call::<Bearer>();
    let erased = call.erased();
    assert_eq!((call.name(), call.key()), (erased.name(), erased.key()));
    assert_eq!(format!("{call:?}"), format!("{erased:?}"));
}
