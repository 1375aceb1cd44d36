//! An assumed key is relied upon only where Cashlink has confirmed it: for one operation on a client, or for one call.

use cashlink_core::answer::{Answer, DecodeError};
use cashlink_core::http::Method;
use cashlink_core::partner::{AssumesKey, Partner};
use cashlink_core::{
    Bearer, Call, Certainty, Client, Effect, Honoured, IdempotencyKey, Operation, Path, Prior, Secret,
};

use crate::scenario::{At, Deed, End, Form, Play, START, client, whole};

/// `POST things/`, with a key of which nobody knows whether it counts there.
struct CreateThing(IdempotencyKey);

impl Operation for CreateThing {
    type Output = ();
    type Credential = Bearer;
    const NAME: &'static str = "things.create";

    fn method(&self) -> Method {
        Method::POST
    }

    fn effect(&self) -> Effect<'_> {
        Effect::Keyed { key: &self.0, honoured: Honoured::Assumed }
    }

    fn path(&self, path: &mut Path) {
        path.literal("v2/things/");
    }

    fn decode(_: &Answer<'_>) -> Result<(), DecodeError> {
        Ok(())
    }
}

impl AssumesKey for CreateThing {}

/// The same at another endpoint.
struct CreateOther(CreateThing);

impl Operation for CreateOther {
    type Output = ();
    type Credential = Bearer;
    const NAME: &'static str = "others.create";

    fn method(&self) -> Method {
        self.0.method()
    }

    fn effect(&self) -> Effect<'_> {
        self.0.effect()
    }

    fn path(&self, path: &mut Path) {
        path.literal("v2/others/");
    }

    fn decode(answer: &Answer<'_>) -> Result<(), DecodeError> {
        CreateThing::decode(answer)
    }
}

fn create() -> CreateThing {
    CreateThing(IdempotencyKey::new("order-4711").unwrap())
}

fn confirmed_client() -> Client<Bearer> {
    let bearer = Bearer::client_credentials("my-client", Secret::new("s3cr3t")).unwrap();
    Client::new(Partner::demo().key_confirmed::<CreateThing>(), bearer)
}

/// How many requests go out when no answer ever comes.
fn requests<T>(client: &Client<Bearer>, call: &Call<T, Bearer>) -> usize {
    let play = Play::of(client, call).repeat(End::MaybeSent);
    assert_eq!(play.error().certainty(), Certainty::Unknown);
    play.sent.len()
}

#[test]
fn an_operation_confirmed_on_the_client_is_relied_upon_and_no_other() {
    let call = Call::new(&create()).unwrap();
    assert_eq!(requests(&client(), &call), 1);
    assert_eq!(requests(&confirmed_client(), &call), 4);
    assert_eq!(requests(&confirmed_client(), &Call::new(&CreateOther(create())).unwrap()), 1);
    assert_eq!(requests(&confirmed_client(), &call.erased()), 4, "also when it is decoded later");
}

#[test]
fn what_is_confirmed_of_an_operation_does_not_hold_at_another_path() {
    let call = Call::new(&create()).unwrap().at_path("v3/things/").unwrap();
    assert_eq!(requests(&confirmed_client(), &call), 1);
    assert_eq!(requests(&confirmed_client(), &call.key_confirmed()), 4, "until it is confirmed there");
}

#[test]
fn a_call_confirmed_by_itself_is_relied_upon_on_any_client() {
    let call = Call::new(&CreateOther(create())).unwrap();
    assert_eq!(requests(&client(), &call.clone().key_confirmed()), 4);
    assert_eq!(requests(&client(), &call), 1, "and the call that it came from is not");
}

#[test]
fn what_may_have_happened_is_repeated_once_its_key_is_confirmed() {
    let call = Call::new(&create()).unwrap();
    let resumed = |client: &Client<Bearer>| {
        Play::new(START, client.resume(&call, Prior::new(1, true), START, [5; 16])).at()
    };
    assert_eq!(resumed(&client()), At::Done);
    assert_eq!(resumed(&confirmed_client()), At::NeedsToken);
}

/// Whether the error of a call whose attempts all end like this calls a repetition safe.
fn is_safe(deed: Deed, end: End) -> bool {
    Play::of(&client::<Bearer>(), &deed.call()).repeat(end).error().is_safe_to_repeat()
}

#[test]
fn an_error_says_whether_its_call_may_be_sent_again() {
    for deed in Deed::ALL {
        let promised = !matches!(deed, Deed::Assumed | Deed::Once);
        assert_eq!(is_safe(deed, End::MaybeSent), promised, "{deed:?}: it may have happened");
        assert_eq!(is_safe(deed, End::Answer(Form::Cut, 201)), promised, "{deed:?}: it happened");
        assert!(is_safe(deed, whole(404)), "{deed:?}: nothing happened");
        assert!(is_safe(deed, End::NotSent), "{deed:?}: nothing was sent");
    }
}

#[test]
fn an_error_knows_what_was_confirmed_on_the_client_and_where() {
    let call = Call::new(&create()).unwrap();
    let lost = |client: &Client<Bearer>, call: &Call<(), Bearer>| {
        Play::of(client, call).repeat(End::MaybeSent).error().is_safe_to_repeat()
    };
    assert!(!lost(&client(), &call));
    assert!(lost(&confirmed_client(), &call));
    assert!(!lost(&confirmed_client(), &call.clone().at_path("v3/things/").unwrap()));
    assert!(lost(&client(), &call.key_confirmed()));
}
