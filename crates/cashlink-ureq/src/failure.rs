//! What ureq's errors say about a request's whereabouts. *Not sent* only where that is certain.

use std::borrow::Cow;
use std::io;

use cashlink_client::Trace;
use cashlink_client::core::Failure;
use ureq::{Error, Timeout};

/// ureq goes through its phases in order: resolve, connect, send the head, ask for the body. So an error of the first
/// two, or a body that nobody asked for, means that no whole request has left.
pub(crate) fn classify(error: &Error, has_body: bool, trace: &Trace) -> Failure {
    let body_untouched = has_body && !trace.was_asked_for();
    let reason = describe(error);
    if before_sending(error) || body_untouched {
        Failure::not_sent(reason)
    } else {
        Failure::maybe_sent(reason)
    }
}

fn before_sending(error: &Error) -> bool {
    match error {
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::BadUri(_)
        | Error::Http(_)
        | Error::InvalidProxyUrl
        | Error::ConnectProxyFailed(_)
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => true,
        Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        _ => false,
    }
}

/// In fixed words: ureq's own may repeat a URL.
fn describe(error: &Error) -> Cow<'static, str> {
    match error {
        Error::HostNotFound => "the host's name was not found".into(),
        Error::ConnectionFailed => "no connection came about".into(),
        Error::Timeout(phase) => format!("timed out ({phase})").into(),
        Error::Io(error) => reason(error),
        Error::Protocol(_) => "the peer does not keep to HTTP".into(),
        Error::BadUri(_) | Error::Http(_) => "ureq refused the request".into(),
        Error::InvalidProxyUrl | Error::ConnectProxyFailed(_) => "the proxy can't be used".into(),
        _ => "the exchange failed".into(),
    }
}

pub(crate) fn reason(error: &io::Error) -> Cow<'static, str> {
    error.kind().to_string().into()
}
