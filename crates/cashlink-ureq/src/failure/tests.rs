//! Every error of ureq's that can be made from here, against every state of a body.

use std::net::ToSocketAddrs;

use super::*;

const URL: &str = "https://canary.example/canary?canary";

/// Errors of the phases before the first byte.
fn before_sending() -> Vec<Error> {
    vec![
        Error::HostNotFound,
        Error::ConnectionFailed,
        Error::BadUri(URL.to_owned()),
        Error::Http(http::Request::get("\n").body(()).unwrap_err()),
        Error::InvalidProxyUrl,
        Error::ConnectProxyFailed(URL.to_owned()),
        Error::RequireHttpsOnly(URL.to_owned()),
        Error::TlsRequired,
        Error::Timeout(Timeout::Resolve),
        Error::Timeout(Timeout::Connect),
        Error::Io(io::ErrorKind::ConnectionRefused.into()),
        Error::Io(failed_lookup()),
    ]
}

/// Errors that can come after it, or that don't say when they came.
fn at_any_time() -> Vec<Error> {
    let phases = [
        Timeout::PerRead,
        Timeout::PerWrite,
        Timeout::Global,
        Timeout::PerCall,
        Timeout::SendRequest,
        Timeout::SendBody,
        Timeout::RecvResponse,
        Timeout::RecvBody,
    ];
    let kinds = [
        io::ErrorKind::BrokenPipe,
        io::ErrorKind::ConnectionAborted,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::HostUnreachable,
        io::ErrorKind::InvalidData,
        io::ErrorKind::NetworkUnreachable,
        io::ErrorKind::NotConnected,
        io::ErrorKind::TimedOut,
        io::ErrorKind::UnexpectedEof,
    ];
    let mut errors = vec![
        Error::StatusCode(500),
        Error::RedirectFailed,
        Error::BodyExceedsLimit(1),
        Error::TooManyRedirects,
        Error::Tls("canary"),
        Error::LargeResponseHeader(2, 1),
        Error::Other("canary".into()),
        Error::BodyStalled,
        Error::Io(io::Error::other(URL)),
    ];
    errors.extend(phases.map(Error::Timeout));
    errors.extend(kinds.map(|kind| Error::Io(kind.into())));
    errors
}

/// What the standard library says of a name that doesn't exist. A label beyond 63 bytes fits into no question to a name
/// server (RFC 1035 section 2.3.4), so nobody is asked.
fn failed_lookup() -> io::Error {
    (format!("{}.invalid", "a".repeat(64)), 443).to_socket_addrs().unwrap_err()
}

fn is_not_sent(failure: &Failure) -> bool {
    failure.to_string().starts_with("not sent: ")
}

#[test]
fn without_a_body_only_what_comes_before_the_first_byte_is_not_sent() {
    for error in before_sending() {
        assert!(is_not_sent(&classify(&error, None)), "{error:?}");
    }
    for error in at_any_time() {
        assert!(!is_not_sent(&classify(&error, None)), "{error:?}");
    }
}

#[test]
fn a_body_that_nobody_asked_for_is_not_sent_whatever_the_error() {
    for error in before_sending().into_iter().chain(at_any_time()) {
        assert!(is_not_sent(&classify(&error, Some(false))), "{error:?}");
    }
}

#[test]
fn t37_a_body_that_was_asked_for_is_never_called_not_sent() {
    // Also where the error is one of connecting: a firewall can refuse a connection that stands.
    for error in before_sending().into_iter().chain(at_any_time()) {
        assert!(!is_not_sent(&classify(&error, Some(true))), "{error:?}");
    }
}

#[test]
fn t12_no_reason_repeats_what_an_error_carries() {
    for error in before_sending().into_iter().chain(at_any_time()) {
        let reason = describe(&error);
        assert!(!reason.is_empty() && !reason.contains("canary"), "{reason}");
    }
}

#[test]
fn a_name_that_is_not_found_is_called_so() {
    assert_eq!(describe(&Error::Io(failed_lookup())), describe(&Error::HostNotFound));
}

#[test]
fn a_time_out_names_its_phase() {
    assert_eq!(describe(&Error::Timeout(Timeout::PerWrite)), "timed out (per write)");
}
