//! From faults to what they do to one exchange.

use super::{Delay, Disruption, Fault, Faults, RetryAfter, StatusFault};
use crate::drf;
use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;
use std::time::Duration;

/// The faults of one request, sorted by when they act.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) expire_token: bool,
    pub(crate) outcome: Outcome,
    cut: Option<usize>,
    delay: Option<Duration>,
}

/// What decides the answer.
#[derive(Debug, Default)]
pub(crate) enum Outcome {
    /// The API itself.
    #[default]
    Handled,
    /// Nothing: the request is never looked at.
    RequestDropped,
    /// The API itself, but nobody hears of it.
    ResponseDropped,
    /// This instead.
    Replaced(StatusFault),
}

impl From<Faults> for Plan {
    fn from(faults: Faults) -> Self {
        let mut plan = Self::default();
        for fault in faults.0 {
            match fault {
                Fault::ExpireToken => plan.expire_token = true,
                Fault::DropRequest | Fault::DropUpload(_) => plan.outcome = Outcome::RequestDropped,
                Fault::DropResponse => plan.outcome = Outcome::ResponseDropped,
                Fault::Status(status) => plan.outcome = Outcome::Replaced(status),
                Fault::CutBody(bytes) => plan.cut = Some(bytes),
                Fault::Delay(duration) => plan.delay = Some(duration),
            }
        }
        plan
    }
}

impl Plan {
    /// Marks the answer with how it is to be delivered.
    pub(crate) fn disrupt(&self, response: &mut Response<Bytes>) {
        if let Some(delay) = self.delay {
            response.extensions_mut().insert(Delay(delay));
        }
        let disruption = match (&self.outcome, self.cut) {
            (Outcome::RequestDropped | Outcome::ResponseDropped, _) => Disruption::Drop,
            (Outcome::Handled | Outcome::Replaced(_), Some(bytes)) => Disruption::Cut { bytes },
            (Outcome::Handled | Outcome::Replaced(_), None) => return,
        };
        response.extensions_mut().insert(disruption);
    }
}

impl StatusFault {
    /// The answer: the framework's own for 4xx, a proxy's page for 5xx.
    pub(crate) fn response(&self, now: Duration) -> Response<Bytes> {
        let Self { status, retry_after, .. } = self;
        let reason = status.canonical_reason().unwrap_or("Error");
        let mut response = if *status == StatusCode::TOO_MANY_REQUESTS {
            let seconds = match retry_after {
                Some(RetryAfter::Seconds(seconds) | RetryAfter::Date(seconds)) => {
                    format!(
                        " Expected available in {seconds} second{}.",
                        if *seconds == 1 { "" } else { "s" }
                    )
                }
                None => String::new(),
            };
            drf::json(*status, &json!({ "detail": format!("Request was throttled.{seconds}") }))
        } else if status.is_server_error() {
            drf::html(*status, &format!("{} {reason}", status.as_u16()), "")
        } else {
            drf::json(*status, &json!({ "detail": format!("{reason} (asked for by X-Sandbox-Fault).") }))
        };
        let retry_after = retry_after.map(|retry_after| match retry_after {
            RetryAfter::Seconds(seconds) => seconds.to_string(),
            RetryAfter::Date(seconds) => {
                crate::engine::http_date(now.saturating_add(Duration::from_secs(seconds)))
            }
        });
        if let Some(value) = retry_after.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().insert(RETRY_AFTER, value);
        }
        response
    }
}
