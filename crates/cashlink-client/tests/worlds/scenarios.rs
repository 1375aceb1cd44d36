//! The table that both worlds go through: what is done, what comes back for each request, and the story that follows.

use std::time::Duration;

use crate::answers::{
    FOREIGN, SECOND, THIRD, answer, comes, created, cut, found, lost, not_sent, page, taking, task, token,
    with,
};
use crate::runner::Payload::{CannotBeOpened, CannotBeRead, Is};
use crate::runner::{Job, perform};
use crate::wire;

/// One test per row: its name says what holds; then the job, what comes back for each request, and the whole story:
/// requests (with token and key) and waits in their order, then the results.
macro_rules! scenarios {
    ($($name:ident: $job:expr, [$($script:expr),* $(,)?] => [$($told:literal),* $(,)?];)*) => {$(
        #[test]
        fn $name() {
            let told: &[&str] = &[$($told),*];
            assert_eq!(perform(&$job, || vec![$($script),*]), told);
        }
    )*};
}

scenarios! {
    a_token_is_obtained_and_the_request_goes_out_with_it:
        Job::Get, [token("t1"), found()] => [
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "17 after 1",
        ];
    t34_a_token_is_obtained_once_and_used_again:
        Job::GetTwice, [token("t1"), found(), found()] => [
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "GET distributor/v2/investors/17/ t1",
            "17 after 1",
            "17 after 1",
        ];
    t33_a_token_at_the_end_of_its_life_is_replaced:
        Job::GetTwice, [
            comes(Ok(wire::grant("t1", Some(100)))),
            taking(70, found()),
            comes(Ok(wire::grant("t2", Some(100)))),
            found(),
        ] => [
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t2",
            "17 after 1",
            "17 after 1",
        ];

    a_lost_reply_is_retried_with_the_same_key:
        Job::Create, [token("t1"), lost(), created()] => [
            "POST oauth/token",
            "POST distributor/v2/investors/ t1 investor-17",
            "wait 0ns",
            "POST distributor/v2/investors/ t1 investor-17",
            "17 after 2",
        ];
    a_cut_success_is_asked_for_again_with_the_same_key:
        Job::Create, [token("t1"), cut(201), created()] => [
            "POST oauth/token",
            "POST distributor/v2/investors/ t1 investor-17",
            "wait 0ns",
            "POST distributor/v2/investors/ t1 investor-17",
            "17 after 2",
        ];
    the_wait_is_what_the_server_asks_for:
        Job::Get, [token("t1"), with("retry-after", "3", answer(503, "{}")), found()] => [
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "wait 3s",
            "GET distributor/v2/investors/17/ t1",
            "17 after 2",
        ];
    t31_a_date_to_come_back_at_is_a_wait_by_the_servers_clock:
        Job::Get, [
            token("t1"),
            with("date", "Wed, 18 Nov 2020 15:00:00 GMT",
                with("retry-after", "Wed, 18 Nov 2020 15:00:07 GMT", answer(429, ""))),
            found(),
        ] => [
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "wait 7s",
            "GET distributor/v2/investors/17/ t1",
            "17 after 2",
        ];
    attempts_end_and_the_worst_of_them_is_what_is_known:
        Job::Create, [token("t1"), lost(), not_sent(), answer(503, ""), not_sent()] => [
            "POST oauth/token",
            "POST distributor/v2/investors/ t1 investor-17",
            "wait 0ns",
            "POST distributor/v2/investors/ t1 investor-17",
            "wait 0ns",
            "POST distributor/v2/investors/ t1 investor-17",
            "wait 0ns",
            "POST distributor/v2/investors/ t1 investor-17",
            "Transport, Unknown, Attempts after 4",
        ];
    a_task_is_asked_after_until_it_has_ended:
        Job::Poll, [token("t1"), task("processing"), lost(), task("processing"), task("success")] => [
            "POST oauth/token",
            "GET distributor/v2/transfers/9/ t1",
            "wait 1s",
            "GET distributor/v2/transfers/9/ t1",
            "wait 0ns",
            "GET distributor/v2/transfers/9/ t1",
            "wait 2s",
            "GET distributor/v2/transfers/9/ t1",
            "succeeded after 1",
        ];
    a_task_that_takes_too_long_is_left_as_it_is:
        Job::Poll, [
            token("t1"), task("processing"), task("processing"), task("processing"), task("processing"), task("processing"),
        ] => [
            "POST oauth/token",
            "GET distributor/v2/transfers/9/ t1",
            "wait 1s",
            "GET distributor/v2/transfers/9/ t1",
            "wait 2s",
            "GET distributor/v2/transfers/9/ t1",
            "wait 4s",
            "GET distributor/v2/transfers/9/ t1",
            "wait 3s",
            "GET distributor/v2/transfers/9/ t1",
            "processing after 1",
        ];
    t39_a_task_whose_status_is_unknown_is_neither_asked_after_nor_submitted_again:
        Job::Poll, [token("t1"), task("unknown")] => [
            "POST oauth/token",
            "GET distributor/v2/transfers/9/ t1",
            "unknown after 1",
        ];
    t39_a_status_that_nobody_knows_is_left_to_a_person:
        Job::Poll, [token("t1"), task("queued")] => [
            "POST oauth/token",
            "GET distributor/v2/transfers/9/ t1",
            "queued after 1",
        ];
    t37_what_must_not_happen_twice_is_sent_again_only_when_it_surely_never_left:
        Job::Once, [token("t1"), not_sent(), lost()] => [
            "POST oauth/token",
            "POST distributor/v2/things/ t1",
            "wait 0ns",
            "POST distributor/v2/things/ t1",
            "Transport, Unknown, Final after 2",
        ];
    a_call_goes_on_where_an_earlier_process_stopped:
        Job::Resume, [token("t1"), answer(403, "")] => [
            "POST oauth/token",
            "POST distributor/v2/investors/ t1 investor-17",
            "Status, Unknown, Final after 3",
        ];

    t35_a_refused_token_is_replaced_once:
        Job::GetTwice, [token("t1"), answer(401, "{}"), token("t2"), found(), found()] => [
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t2",
            "GET distributor/v2/investors/17/ t2",
            "17 after 2",
            "17 after 1",
        ];
    t35_a_second_refusal_is_final_and_the_next_call_asks_for_another_token:
        Job::GetTwice, [
            token("t1"), answer(401, "{}"), token("t2"), answer(401, "{}"), token("t3"), found(),
        ] => [
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t2",
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t3",
            "Status, NotApplied, Final after 2",
            "17 after 1",
        ];
    t35_an_endpoint_that_insists_on_a_refused_token_is_asked_once_per_call:
        Job::GetTwice, [token("t1"), answer(401, ""), token("t1"), answer(401, ""), token("t1"), found()] => [
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "Status, NotApplied, Final after 2",
            "17 after 1",
        ];
    a_refused_token_of_a_call_that_must_not_happen_twice_is_not_used_again:
        Job::Once, [token("t1"), answer(401, "")] => [
            "POST oauth/token",
            "POST distributor/v2/things/ t1",
            "Status, NotApplied, Final after 1",
        ];
    t35_a_missing_scope_is_no_reason_for_another_token:
        Job::Get, [
            token("t1"),
            with("www-authenticate", "Bearer error=\"insufficient_scope\"", answer(401, "")),
        ] => [
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "Status, NotApplied, Final after 1",
        ];
    a_refused_client_is_told_and_nothing_is_sent:
        Job::Create, [answer(400, r#"{"error":"invalid_client"}"#)] => [
            "POST oauth/token",
            "Token [Status, NotApplied, Final after 1], NotApplied, Final after 0",
        ];
    the_token_request_has_retries_of_its_own:
        Job::Get, [lost(), with("retry-after", "2", answer(503, "")), token("t1"), found()] => [
            "POST oauth/token",
            "wait 0ns",
            "POST oauth/token",
            "wait 2s",
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "17 after 1",
        ];
    t1_a_redirect_of_the_token_request_is_not_followed:
        Job::Get, [with("location", "https://evil.example/oauth/token", answer(307, ""))] => [
            "POST oauth/token",
            "Token [UnexpectedRedirect, Unknown, Final after 1], NotApplied, Final after 0",
        ];

    a_wait_beyond_the_deadline_is_not_begun:
        Job::GetWithin(Duration::from_secs(5)),
        [token("t1"), with("retry-after", "5", answer(503, "{}"))] => [
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "Status, Unknown, Deadline after 1",
        ];
    an_answer_after_the_deadline_is_still_an_answer:
        Job::GetWithin(Duration::from_secs(5)), [token("t1"), taking(9, found())] => [
            "POST oauth/token",
            "GET distributor/v2/investors/17/ t1",
            "17 after 1",
        ];
    a_token_that_comes_after_the_deadline_is_not_used:
        Job::GetWithin(Duration::from_secs(5)), [taking(5, token("t1"))] => [
            "POST oauth/token",
            "Deadline, NotApplied, Deadline after 0",
        ];

    a_call_without_any_time_asks_for_no_token:
        Job::GetWithin(Duration::ZERO), [] => ["Deadline, NotApplied, Deadline after 0"];

    t1_a_redirect_is_not_followed:
        Job::Create, [token("t1"), with("location", "https://evil.example/", answer(308, ""))] => [
            "POST oauth/token",
            "POST distributor/v2/investors/ t1 investor-17",
            "UnexpectedRedirect, Unknown, Final after 1",
        ];
    t29_an_answer_that_cannot_be_read_has_happened_all_the_same:
        Job::Create, [token("t1"), answer(201, r#"{"id":"#)] => [
            "POST oauth/token",
            "POST distributor/v2/investors/ t1 investor-17",
            "Undecodable, Applied, Final after 1",
        ];

    an_upload_that_is_repeated_has_the_same_bytes:
        Job::UploadHashed(&[Is(b"abcde")]), [token("t1"), lost(), answer(503, ""), created()] => [
            "POST oauth/token",
            "POST distributor/v2/documents/ t1 passport-17",
            "wait 0ns",
            "POST distributor/v2/documents/ t1 passport-17",
            "wait 0ns",
            "POST distributor/v2/documents/ t1 passport-17",
            "17 after 3",
        ];
    a_payload_that_is_too_short_breaks_off_for_good:
        Job::Upload(&[Is(b"abcd")]), [token("t1")] => [
            "POST oauth/token",
            "POST distributor/v2/documents/ t1 passport-17 (broken off)",
            "TooShort, NotApplied, Final after 1",
        ];
    a_payload_that_is_too_long_breaks_off_for_good:
        Job::Upload(&[Is(b"abcdef")]), [token("t1")] => [
            "POST oauth/token",
            "POST distributor/v2/documents/ t1 passport-17 (broken off)",
            "TooLong, NotApplied, Final after 1",
        ];
    a_payload_of_another_hash_breaks_off_for_good:
        Job::UploadHashed(&[Is(b"abcdf")]), [token("t1")] => [
            "POST oauth/token",
            "POST distributor/v2/documents/ t1 passport-17 (broken off)",
            "Changed, NotApplied, Final after 1",
        ];
    a_payload_that_cannot_be_opened_breaks_off_for_good:
        Job::Upload(&[CannotBeOpened]), [token("t1")] => [
            "POST oauth/token",
            "POST distributor/v2/documents/ t1 passport-17 (broken off)",
            "Unreadable, NotApplied, Final after 1",
        ];
    a_payload_that_cannot_be_read_breaks_off_for_good:
        Job::Upload(&[CannotBeRead]), [token("t1")] => [
            "POST oauth/token",
            "POST distributor/v2/documents/ t1 passport-17 (broken off)",
            "Unreadable, NotApplied, Final after 1",
        ];
    a_payload_that_nobody_supplies_breaks_off_for_good:
        Job::UploadWithoutSource, [token("t1")] => [
            "POST oauth/token",
            "POST distributor/v2/documents/ t1 passport-17 (broken off)",
            "Missing, NotApplied, Final after 1",
        ];
    a_payload_that_changes_after_a_lost_reply_leaves_it_unknown:
        Job::Upload(&[Is(b"abcde"), Is(b"abc")]), [token("t1"), lost()] => [
            "POST oauth/token",
            "POST distributor/v2/documents/ t1 passport-17",
            "wait 0ns",
            "POST distributor/v2/documents/ t1 passport-17 (broken off)",
            "TooShort, Unknown, Final after 2",
        ];

    pages_come_oldest_first_to_the_last:
        Job::Pages, [token("t1"), page(&["a", "b"], SECOND), page(&["c", "d"], THIRD), page(&["e"], None)] => [
            "POST oauth/token",
            "GET distributor/v2/investors/ t1",
            "GET distributor/v2/investors/?page=2 t1",
            "GET distributor/v2/investors/?page=3 t1",
            "a b", "c d", "e",
        ];
    items_come_page_by_page_and_an_empty_page_is_not_the_end:
        Job::Items, [token("t1"), page(&["a", "b"], SECOND), page(&[], THIRD), page(&["e"], None)] => [
            "POST oauth/token",
            "GET distributor/v2/investors/ t1",
            "GET distributor/v2/investors/?page=2 t1",
            "GET distributor/v2/investors/?page=3 t1",
            "a", "b", "e",
        ];
    t3_a_foreign_link_comes_after_the_items_before_it_and_is_not_followed:
        Job::Items, [token("t1"), page(&["a", "b"], SECOND), page(&["c", "d"], FOREIGN)] => [
            "POST oauth/token",
            "GET distributor/v2/investors/ t1",
            "GET distributor/v2/investors/?page=2 t1",
            "a", "b", "c", "d",
            "ForeignPageLink, NotApplied, Final after 0",
        ];
    t59_pages_that_lead_back_are_an_error_after_their_items:
        Job::Pages, [token("t1"), page(&["a"], SECOND), page(&["b"], SECOND)] => [
            "POST oauth/token",
            "GET distributor/v2/investors/ t1",
            "GET distributor/v2/investors/?page=2 t1",
            "a", "b",
            "PageLoop, NotApplied, Final after 0",
        ];
    t61_a_page_that_vanished_means_that_the_list_has_changed:
        Job::Pages, [token("t1"), page(&["a", "b"], SECOND), answer(404, r#"{"detail":"Invalid page."}"#)] => [
            "POST oauth/token",
            "GET distributor/v2/investors/ t1",
            "GET distributor/v2/investors/?page=2 t1",
            "a b",
            "ListChanged, NotApplied, Final after 1",
        ];
    a_list_that_is_not_there_at_all_has_not_changed:
        Job::Items, [token("t1"), answer(404, "")] => [
            "POST oauth/token",
            "GET distributor/v2/investors/ t1",
            "Status, NotApplied, Final after 1",
        ];
    a_walk_goes_on_at_the_page_that_failed:
        Job::PagesResumed, [
            token("t1"),
            page(&["a", "b"], SECOND),
            answer(403, ""),
            page(&["c", "d"], THIRD),
            page(&["e"], None),
        ] => [
            "POST oauth/token",
            "GET distributor/v2/investors/ t1",
            "GET distributor/v2/investors/?page=2 t1",
            "GET distributor/v2/investors/?page=2 t1",
            "GET distributor/v2/investors/?page=3 t1",
            "a b",
            "Status, NotApplied, Final after 1",
            "c d", "e",
        ];
    t29_a_page_that_cannot_be_read_is_an_error_and_the_walk_stands_before_it:
        Job::PagesResumed, [
            token("t1"),
            page(&["a"], SECOND),
            answer(200, r#"{"results":[{"id":"b"}"#),
            page(&["b"], None),
        ] => [
            "POST oauth/token",
            "GET distributor/v2/investors/ t1",
            "GET distributor/v2/investors/?page=2 t1",
            "GET distributor/v2/investors/?page=2 t1",
            "a",
            "Undecodable, Applied, Final after 1",
            "b",
        ];
}
