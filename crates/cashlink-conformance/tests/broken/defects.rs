//! What a transport may do wrong, one thing each, and the cases that are made to notice it: exactly those fail.

use cashlink_conformance::blocking;

use crate::{Adapter, failed};

/// One defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    AsksForGzip,
    CallsAResetNotSent,
    CallsSilenceNotSent,
    CapsNothing,
    DecodesTheTarget,
    DropsTheKey,
    DropsWhatIsNoText,
    FillsUpAFaultyDocument,
    FollowsRedirects,
    ForgetsTheHeadOfACut,
    KeepsOneOfDoubledHeaders,
    KnowsNoLimitOfTime,
    Panics,
    ReadsTheDocumentFirst,
    RetriesByItself,
    SaysNothingOfNoBody,
    TakesAnInterimAnswerForTheAnswer,
}

#[track_caller]
fn fails(defect: Defect, cases: &[&str]) {
    let report = blocking::run(&Adapter(Some(defect)));
    assert_eq!(failed(&report), cases, "{report}");
}

#[test]
fn t1_to_follow_redirects() {
    fails(Defect::FollowsRedirects, &["redirects"]);
}

#[test]
fn t31_to_keep_one_of_two_headers() {
    fails(Defect::KeepsOneOfDoubledHeaders, &["doubled-headers"]);
}

#[test]
fn t30_to_drop_a_header_that_is_no_text() {
    fails(Defect::DropsWhatIsNoText, &["header-bytes"]);
}

#[test]
fn to_drop_a_header_of_the_request() {
    fails(Defect::DropsTheKey, &["headers-untouched"]);
}

#[test]
fn t27_to_ask_for_compression() {
    fails(Defect::AsksForGzip, &["headers-untouched"]);
}

#[test]
fn t16_to_decode_a_path() {
    fails(Defect::DecodesTheTarget, &["target-untouched"]);
}

#[test]
fn t37_to_call_a_reset_not_sent() {
    let resets = ["reset-before-body", "reset-after-body", "kept-connection-reset"];
    fails(Defect::CallsAResetNotSent, &resets);
}

#[test]
fn t37_to_call_silence_not_sent() {
    fails(Defect::CallsSilenceNotSent, &["upload-silence", "slow-head"]);
}

#[test]
fn t26_to_cap_nothing() {
    fails(Defect::CapsNothing, &["oversized-body"]);
}

#[test]
fn t38_to_retry_by_itself_as_clients_do_on_connections_that_they_kept() {
    fails(Defect::RetriesByItself, &["kept-connection-lost", "kept-connection-reset"]);
}

#[test]
fn t29_to_forget_the_head_of_an_answer_that_is_cut() {
    fails(Defect::ForgetsTheHeadOfACut, &["cut-body"]);
}

#[test]
fn to_say_nothing_of_a_body_that_is_empty() {
    fails(Defect::SaysNothingOfNoBody, &["update-method", "empty-post"]);
}

#[test]
fn to_read_a_document_before_it_is_sent() {
    fails(Defect::ReadsTheDocumentFirst, &["upload-streamed"]);
}

#[test]
fn t37_to_fill_up_a_document_that_is_not_the_announced_one() {
    let payloads = ["payload-too-short", "payload-too-long", "payload-unreadable"];
    fails(Defect::FillsUpAFaultyDocument, &payloads);
}

#[test]
fn to_take_an_interim_answer_for_the_answer() {
    let interim = ["expect-continue", "interim-answers", "endless-interim"];
    fails(Defect::TakesAnInterimAnswerForTheAnswer, &interim);
}

#[test]
fn to_know_no_limit_of_time_which_ends_when_the_server_hangs_up() {
    fails(Defect::KnowsNoLimitOfTime, &["slow-head", "slow-body"]);
}

#[test]
fn to_panic_which_ends_no_run() {
    fails(Defect::Panics, &["switched-protocols"]);
}
