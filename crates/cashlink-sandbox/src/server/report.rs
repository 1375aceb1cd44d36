//! What became of each attempt to deliver a webhook, for whoever watches.

use http::{StatusCode, Uri};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What became of one attempt to deliver a webhook, or to obtain a token for one. Its text is one line with neither a secret nor a
/// person in it: `cashlink.paid → http://127.0.0.1:8080/payments: 401, not repeated`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What was sent, as [`Delivery::what`](crate::webhooks::Delivery::what) names it.
    pub what: &'static str,
    /// Where to, without a query, which may be a secret.
    pub to: String,
    /// What came back.
    pub outcome: Outcome,
    /// How long until it is tried again. `None`: it isn't.
    pub again_in: Option<Duration>,
}

/// What came back of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// An answer of this status.
    Answered(StatusCode),
    /// None in time, or nobody listens.
    NotAnswered,
    /// Nothing went out: the address is none that a sandbox [reaches](super::reaches).
    NotSent,
}

impl Report {
    pub(super) fn new(what: &'static str, to: &Uri, outcome: Outcome, again_in: Option<Duration>) -> Self {
        let to = match (to.scheme_str(), to.authority()) {
            (Some(scheme), Some(authority)) => {
                let host = authority.as_str().rsplit('@').next().unwrap_or_default();
                format!("{scheme}://{host}{}", to.path())
            }
            _ => "an address that is none".to_owned(),
        };
        Self { what, to, outcome, again_in }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}: ", self.what, self.to)?;
        match self.outcome {
            Outcome::Answered(status) => write!(f, "{}", status.as_u16())?,
            Outcome::NotAnswered => f.write_str("no answer")?,
            Outcome::NotSent => f.write_str("not sent, it is not http:// on this machine")?,
        }
        match (self.again_in, self.outcome) {
            (Some(wait), _) => write!(f, ", again in {wait:?}"),
            (None, Outcome::Answered(status)) if status.is_success() => Ok(()),
            (None, _) => f.write_str(", not repeated"),
        }
    }
}

/// Whoever watches.
#[derive(Clone)]
pub(super) struct Watcher(pub(super) Arc<dyn Fn(&Report) + Send + Sync>);

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watcher(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_line_without_a_secret() {
        let line = |to: &'static str, outcome, again_in| {
            Report::new("cashlink.paid", &Uri::from_static(to), outcome, again_in).to_string()
        };
        let (to, status) =
            ("http://127.0.0.1:1/a", |code| Outcome::Answered(StatusCode::from_u16(code).unwrap()));
        assert_eq!(line(to, status(204), None), "cashlink.paid → http://127.0.0.1:1/a: 204");
        assert_eq!(line(to, status(401), None), "cashlink.paid → http://127.0.0.1:1/a: 401, not repeated");
        let wait = Some(Duration::from_millis(1500));
        assert_eq!(line(to, status(200), wait), "cashlink.paid → http://127.0.0.1:1/a: 200, again in 1.5s");
        assert_eq!(
            line("http://canary:canary@127.0.0.1:1/a?canary", Outcome::NotAnswered, wait),
            "cashlink.paid → http://127.0.0.1:1/a: no answer, again in 1.5s"
        );
        assert_eq!(
            line("https://example.com/a", Outcome::NotSent, None),
            "cashlink.paid → https://example.com/a: not sent, it is not http:// on this machine, not repeated"
        );
        assert_eq!(
            line("/", Outcome::NotSent, None),
            "cashlink.paid → an address that is none: not sent, it is not http:// on this machine, not repeated"
        );
    }
}
