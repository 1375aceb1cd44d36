//! What a transport may do wrong, one thing each, and the cases that are made to notice it: exactly those fail.

use cashlink_conformance::blocking;

use crate::{Adapter, failed};

/// One defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    AsksForGzip,
    CallsAResetNotSent,
    CallsNotSentWhatHasNoBody,
    CallsSilenceNotSent,
    CapsNothing,
    DecodesTheTarget,
    DropsTheKey,
    DropsWhatIsNoText,
    FillsUpAFaultyDocument,
    FollowsRedirects,
    FollowsRedirectsToTheSameServer,
    ForgetsTheHeadOfACut,
    KeepsOneOfDoubledHeaders,
    KeepsWhatItGaveUp,
    KnowsNoLimitOfTime,
    LooksForSilenceOnly,
    Panics,
    ReadsTheDocumentFirst,
    RetriesByItself,
    RetriesWhatIsThrottled,
    SaysNothingOfNoBody,
    SendsCookiesBack,
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
fn t2_to_follow_redirects_to_the_same_server_only() {
    fails(Defect::FollowsRedirectsToTheSameServer, &["redirects"]);
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
    let silence = ["empty-post-unanswered", "upload-silence", "slow-head", "dripping-answer", "late-answer"];
    fails(Defect::CallsSilenceNotSent, &silence);
}

#[test]
fn t37_to_call_a_request_not_sent_that_has_no_body_to_ask_for() {
    fails(Defect::CallsNotSentWhatHasNoBody, &["empty-post-unanswered"]);
}

#[test]
fn t37_to_keep_a_connection_whose_answer_is_still_to_come() {
    fails(Defect::KeepsWhatItGaveUp, &["late-answer"]);
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
fn t38_to_retry_by_itself_what_is_throttled() {
    fails(Defect::RetriesWhatIsThrottled, &["attempts-counted"]);
}

#[test]
fn to_send_cookies_back() {
    fails(Defect::SendsCookiesBack, &["nothing-remembered"]);
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
    let late = ["empty-post-unanswered", "slow-head", "slow-body", "dripping-answer", "late-answer"];
    fails(Defect::KnowsNoLimitOfTime, &late);
}

#[test]
fn t37_to_look_for_silence_only() {
    fails(Defect::LooksForSilenceOnly, &["dripping-answer"]);
}

#[test]
fn to_panic_which_ends_no_run() {
    fails(Defect::Panics, &["switched-protocols"]);
}
