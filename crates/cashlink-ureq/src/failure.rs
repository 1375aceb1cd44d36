//! What ureq's errors say about a request's whereabouts. *Not sent* only where that is certain.

use std::borrow::Cow;
use std::io;

use cashlink_client::core::Failure;
use ureq::{Error, Timeout};

/// ureq goes through its phases in order: resolve, connect, send the head, ask for the body. A body that nobody asked for
/// means that no whole request has left, whatever the error; where there is no body, the head is the whole request, and
/// only the error itself can tell. `asked` is whether a byte of the body was asked for, if there is one.
pub(crate) fn classify(error: &Error, asked: Option<bool>) -> Failure {
    let not_sent = asked.map_or_else(|| comes_before_sending(error), |asked| !asked);
    let reason = describe(error);
    if not_sent { Failure::not_sent(reason) } else { Failure::maybe_sent(reason) }
}

fn comes_before_sending(error: &Error) -> bool {
    match error {
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::BadUri(_)
        | Error::Http(_)
        | Error::InvalidProxyUrl
        | Error::ConnectProxyFailed(_)
        | Error::RequireHttpsOnly(_)
        | Error::TlsRequired
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => true,
        Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused || is_failed_lookup(error),
        _ => false,
    }
}

/// ureq passes on what the standard library says of a name, which has no kind of its own, only this text. Should the
/// text change, the error is merely one that tells less.
fn is_failed_lookup(error: &io::Error) -> bool {
    error.to_string().starts_with("failed to lookup address information")
}

/// In fixed words: ureq's own may repeat a URL.
pub(crate) fn describe(error: &Error) -> Cow<'static, str> {
    match error {
        Error::HostNotFound => "the host's name was not found".into(),
        Error::ConnectionFailed => "no connection came about".into(),
        Error::Timeout(phase) => format!("timed out ({phase})").into(),
        Error::Io(error) if is_failed_lookup(error) => "the host's name was not found".into(),
        Error::Io(error) => error.kind().to_string().into(),
        Error::Protocol(_) | Error::LargeResponseHeader(..) => "the peer does not keep to HTTP".into(),
        Error::BadUri(_) | Error::Http(_) | Error::RequireHttpsOnly(_) => "ureq refused the request".into(),
        Error::InvalidProxyUrl | Error::ConnectProxyFailed(_) => "the proxy can't be used".into(),
        _ => "the exchange failed".into(),
    }
}

#[cfg(test)]
mod tests;
