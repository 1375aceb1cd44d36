//! A server, and the network before it, that do what the bytes say, and the truth about what they did.

use std::collections::{BTreeMap, BTreeSet};

use cashlink_core::body::PayloadFault;
use cashlink_core::bytes::Bytes;
use cashlink_core::http::{HeaderValue, Response, header};
use cashlink_core::{Certainty, Failure};

use super::account::Deed;
use crate::choices::Choices;

/// The first is an innocent one.
const STATUSES: [u16; 30] = [
    200, 201, 204, 299, 400, 401, 403, 404, 408, 409, 410, 415, 422, 425, 429, 500, 501, 502, 503, 504, 599,
    300, 301, 302, 307, 100, 199, 600, 999, 307,
];

pub(super) type Outcome = Result<Response<Bytes>, Failure>;

/// How an attempt ended, as its caller sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    NotSent,
    Silence,
    Payload,
    /// An answer, in full or not.
    Status {
        status: u16,
        whole: bool,
        json: bool,
    },
}

impl End {
    /// What this attempt did, as far as its end tells, whatever came before it.
    pub(super) fn tells(self, deed: Deed) -> Certainty {
        match self {
            Self::NotSent | Self::Payload => Certainty::NotApplied,
            Self::Status { status: 200..=299, .. } => Certainty::Applied,
            // It may come from a proxy; and another call with the same key may be under way.
            Self::Status { status: 408, .. } => Certainty::Unknown,
            Self::Status { status: 409, .. } if deed.is_keyed() => Certainty::Unknown,
            Self::Status { status: 400..=499, .. } => Certainty::NotApplied,
            Self::Silence | Self::Status { .. } => Certainty::Unknown,
        }
    }

    /// The server, and nobody before it, has judged the content.
    pub(super) fn refuses_content(self) -> bool {
        matches!(self, Self::Status { status: 400 | 422, whole: true, json: true })
    }
}

/// What the server knows.
#[derive(Default)]
pub(super) struct Server {
    /// How often each call took effect, by its number.
    effects: BTreeMap<usize, u32>,
    /// Keys that it has seen, if it honours them.
    seen: BTreeSet<String>,
    /// Whether it honours keys of which that is not documented.
    honours_assumed: bool,
    /// How many tokens it has granted, and which is the newest.
    granted: u32,
}

impl Server {
    pub(super) fn new(honours_assumed: bool) -> Self {
        Self { honours_assumed, ..Self::default() }
    }

    pub(super) fn effects(&self, call: usize) -> u32 {
        self.effects.get(&call).copied().unwrap_or_default()
    }

    /// What a call does that arrives. A key that was seen before does nothing again.
    pub(super) fn apply(&mut self, call: usize, deed: Deed, key: Option<&str>) {
        let honoured = key.filter(|_| deed.is_relied_upon() || self.honours_assumed);
        if honoured.is_none_or(|key| self.seen.insert(key.to_owned())) {
            *self.effects.entry(call).or_default() += 1;
        }
    }

    /// A request of a call arrives, or not, and is answered, or not.
    pub(super) fn handle(
        &mut self,
        choices: &mut Choices<'_>,
        call: usize,
        deed: Deed,
        key: Option<&str>,
    ) -> (End, Outcome) {
        let way = Way::chosen(choices);
        match way {
            Way::NotSent => return (End::NotSent, Err(Failure::not_sent("no way there"))),
            Way::Payload => return (End::Payload, Err(Failure::payload(PayloadFault::TooShort))),
            Way::Silence => {
                if choices.yes() {
                    self.apply(call, deed, key);
                }
                return (End::Silence, Err(Failure::maybe_sent("no answer")));
            }
            _ => {}
        }
        let mut status = choices.of(&STATUSES);
        let json = !matches!(status, 400..=499) || !choices.yes();
        // A server that honours a key has no other answer to what took effect than its success.
        if matches!(status, 400 | 422)
            && json
            && way.is_whole()
            && deed.is_relied_upon()
            && self.effects(call) > 0
        {
            status = 201;
        }
        let end = End::Status { status, whole: way.is_whole(), json: json && way != Way::Empty };
        match end.tells(deed) {
            Certainty::Applied => self.apply(call, deed, key),
            Certainty::Unknown if choices.yes() => self.apply(call, deed, key),
            _ => {}
        }
        let body = if json { r#"{"detail":"thing"}"# } else { "<html>proxy</html>" };
        (end, way.deliver(answer(choices, status, body)))
    }

    /// The token endpoint is asked.
    pub(super) fn grant(&mut self, choices: &mut Choices<'_>) -> Outcome {
        let way = Way::chosen(choices);
        match way {
            Way::NotSent => return Err(Failure::not_sent("no way there")),
            Way::Silence | Way::Payload => return Err(Failure::maybe_sent("no answer")),
            _ => {}
        }
        let status = choices.of(&STATUSES);
        let form = choices.below(5);
        // Some servers hand out the same token again for as long as it lives.
        self.granted += u32::from(form != 1 || self.granted == 0);
        let token = self.granted;
        let body = match form {
            2 => format!(r#"{{"access_token":"t0k3n-{token}","expires_in":1}}"#),
            3 => format!(r#"{{"access_token":"t0k3n-{token}"}}"#),
            4 => r#"{"error":"invalid_client"}"#.to_owned(),
            _ => format!(r#"{{"access_token":"t0k3n-{token}","expires_in":3600}}"#),
        };
        way.deliver(answer(choices, status, body))
    }
}

/// How an answer comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Whole,
    NotSent,
    Silence,
    Cut,
    TooLarge,
    Payload,
    Empty,
}

impl Way {
    fn chosen(choices: &mut Choices<'_>) -> Self {
        use Way::{Cut, Empty, NotSent, Payload, Silence, TooLarge, Whole};
        choices.of(&[Whole, NotSent, Silence, Cut, TooLarge, Payload, Empty, Whole, Whole, Whole])
    }

    fn is_whole(self) -> bool {
        matches!(self, Self::Whole | Self::Empty)
    }

    fn deliver(self, answer: Response<Bytes>) -> Outcome {
        match self {
            Self::Cut => Err(Failure::cut(answer.into_parts().0, "it broke off")),
            Self::TooLarge => Err(Failure::too_large(answer.into_parts().0)),
            Self::Empty => Ok(answer.map(|_| Bytes::new())),
            _ => Ok(answer),
        }
    }
}

/// An answer with what tempts a client: to follow it, to wait for it, to unpack it, to ask for another token.
fn answer(choices: &mut Choices<'_>, status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status.try_into().expect("a status");
    let headers = answer.headers_mut();
    let name = match choices.below(5) {
        0 => return answer,
        1 => header::RETRY_AFTER,
        2 => header::WWW_AUTHENTICATE,
        3 => header::LOCATION,
        _ => header::CONTENT_ENCODING,
    };
    let value = match name {
        header::RETRY_AFTER => {
            choices.of(&["1", "59", "61", "86400", "Wed, 21 Oct 2037 07:28:00 GMT", "soon", "-1"])
        }
        header::WWW_AUTHENTICATE => choices.of(&[
            "Bearer error=\"invalid_token\"",
            "Bearer error=\"insufficient_scope\"",
            "Basic realm=\"https://evil.example\"",
            "Bearer realm=\"https://evil.example/token\"",
        ]),
        header::LOCATION => {
            choices.of(&["https://evil.example/", "//evil.example/", "/elsewhere", "oauth/token"])
        }
        _ => choices.of(&["gzip", "identity", "br"]),
    };
    headers.insert(name, HeaderValue::from_static(value));
    answer
}
