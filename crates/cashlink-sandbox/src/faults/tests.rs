use super::*;
use proptest::prelude::*;

fn faults(text: &str) -> Faults {
    text.parse().unwrap()
}

#[test]
fn every_fault_of_the_table_is_read_and_written_back() {
    for text in [
        "drop-request",
        "drop-response",
        "drop-upload=10",
        "status=503",
        "status=503;retry-after=2",
        "status=503;retry-after-date=2",
        "status=502;after-effect",
        "status=429;retry-after=1;after-effect",
        "cut-body=10",
        "delay=200",
        "expire-token",
        "delay=100,cut-body=0",
        "expire-token,drop-response",
    ] {
        assert_eq!(faults(text).to_string(), text);
    }
}

#[test]
fn spaces_around_commas_and_semicolons_do_not_matter() {
    assert_eq!(faults(" delay=1 , status=503; retry-after=2"), faults("delay=1,status=503;retry-after=2"));
}

#[test]
fn what_is_not_in_the_table_is_an_error_and_not_no_fault() {
    for text in [
        "",
        ",",
        "drop",
        "drop-response=1",
        "status",
        "status=",
        "status=200",
        "status=600",
        "status=99999",
        "drop-upload",
        "drop-upload=",
        "cut-body",
        "cut-body=-1",
        "cut-body=+1",
        "delay=0.5",
        "status=503;retry-after",
        "status=503;x=1",
        "Drop-Response",
    ] {
        assert!(text.parse::<Faults>().is_err(), "{text:?}");
    }
}

#[test]
fn two_faults_cannot_both_decide_one_answer() {
    for text in [
        "drop-request,drop-response",
        "drop-response,status=503",
        "status=503,status=502",
        "drop-upload=1,drop-request",
    ] {
        assert!(text.parse::<Faults>().is_err(), "{text}");
    }
}

#[test]
fn an_armed_fault_is_taken_as_often_as_it_was_armed_for() {
    let mut queue = Queue::default();
    queue.arm(Armed::new(faults("delay=1")).times(2));
    assert_eq!(queue.take(&Method::GET, "/a"), Some(faults("delay=1")));
    assert_eq!(queue.take(&Method::GET, "/a"), Some(faults("delay=1")));
    assert_eq!(queue.take(&Method::GET, "/a"), None);
}

#[test]
fn an_armed_fault_waits_for_a_request_that_fits() {
    let mut queue = Queue::default();
    queue.arm(Armed::new(faults("delay=1")).method(Method::POST).path_prefix("/a/"));
    assert_eq!(queue.take(&Method::GET, "/a/"), None);
    assert_eq!(queue.take(&Method::POST, "/b/"), None);
    assert_eq!(queue.take(&Method::POST, "/a/c/"), Some(faults("delay=1")));
}

#[test]
fn faults_armed_one_after_the_other_are_a_script() {
    let mut queue = Queue::default();
    queue.arm(Armed::new(faults("status=503")));
    queue.arm(Armed::new(faults("drop-response")));
    assert_eq!(queue.take(&Method::POST, "/"), Some(faults("status=503")));
    assert_eq!(queue.take(&Method::POST, "/"), Some(faults("drop-response")));
}

#[test]
fn a_fault_armed_for_no_request_at_all_is_never_taken() {
    let mut queue = Queue::default();
    queue.arm(Armed::new(faults("delay=1")).times(0));
    assert_eq!(queue.take(&Method::GET, "/"), None);
}

proptest! {
    #[test]
    fn reading_any_text_never_panics_and_what_is_read_is_written_back_to_the_same(text in "[a-z0-9=;, -]{0,40}") {
        if let Ok(faults) = text.parse::<Faults>() {
            prop_assert_eq!(faults.to_string().parse::<Faults>(), Ok(faults));
        }
    }
}
