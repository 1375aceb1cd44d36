//! T11–T12: whatever is secret, personal, or written by a server is shown by no output form of any public type.
//!
//! Every chapter puts canaries into the fields of some types and shows the values in all forms that the types have
//! (`gallery`), and each form is searched in all encodings that anybody might meet them in (`search`). The list of the
//! crate's public types is what rustdoc says (`public-types.txt`, written and checked by `scripts/public-types.py`): a
//! type that is neither shown nor exempt by name fails the last test.

#[macro_use]
mod gallery;
mod search;

/// Shows a value in the gallery, in all forms but those that are explicit.
macro_rules! show {
    ($gallery:expr, $value:expr) => {
        forms!($gallery, $value, crate::exempt::DISPLAYED)
    };
}

mod answers;
mod errors;
mod exempt;
mod refusals;
mod requests;
mod scene;
mod secrets;
mod sides;
mod webhooks;

use gallery::Gallery;

const CHAPTERS: [fn(&mut Gallery); 7] = [
    requests::show_all,
    sides::show_all,
    secrets::show_all,
    answers::show_all,
    errors::show_all,
    refusals::show_all,
    webhooks::show_all,
];

fn shown(chapters: &[fn(&mut Gallery)]) -> Gallery {
    let mut gallery = Gallery::default();
    chapters.iter().for_each(|show| show(&mut gallery));
    gallery.assert_clean(100);
    gallery
}

#[test]
fn t12_no_request_shows_personal_data() {
    shown(&[requests::show_all, sides::show_all]);
}

#[test]
fn t11_no_credential_shows_itself_nor_does_the_request_that_carries_it() {
    shown(&[secrets::show_all]);
}

#[test]
fn t11_t12_no_reply_shows_what_the_server_wrote() {
    shown(&[answers::show_all]);
}

#[test]
fn t11_t12_no_error_of_any_kind_shows_what_the_server_wrote() {
    shown(&[errors::show_all]);
}

#[test]
fn t11_t12_no_webhook_shows_its_secret_or_what_it_says() {
    shown(&[webhooks::show_all]);
}

#[test]
fn t12_no_refusal_repeats_the_value() {
    shown(&[refusals::show_all]);
}

#[test]
fn t11_t12_every_public_type_is_shown_or_exempt_for_a_reason() {
    shown(&CHAPTERS).assert_complete(include_str!("public-types.txt"), exempt::EXEMPT);
}
