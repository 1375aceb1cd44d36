//! A fourth HTTP stack, attohttpc, as a `Transport`: where `docs/your-own-stack.md` leads. It is held against the same suite as
//! ours in `tests/another_stack.rs`, where what this client can't do is listed.

use std::io::{self, ErrorKind::ConnectionRefused, Read as _, Write};

use attohttpc::body::{Body, BodyKind};
use attohttpc::{ErrorKind, ProxySettings, RequestBuilder};
use cashlink_client::Limits;
use cashlink_client::blocking::{Outbound, Transport};
use cashlink_client::core::Failure;
use cashlink_client::core::bytes::Bytes;
use cashlink_client::core::http::{Method, Request, Response, StatusCode, header};

pub(crate) struct Attohttpc;

impl Transport for Attohttpc {
    fn send(&self, request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        let (head, body) = request.into_parts();
        let (trace, length, timeouts) = (body.trace(), body.len(), limits.timeouts);
        let kind = if head.method == Method::GET { BodyKind::Empty } else { BodyKind::KnownLength(length) };
        let answer = RequestBuilder::try_new(head.method, head.uri.to_string()).and_then(|mut builder| {
            *builder.headers_mut() = head.headers;
            builder = builder.follow_redirects(false).proxy_settings(ProxySettings::builder().build());
            builder = builder.connect_timeout(timeouts.connect).timeout(timeouts.total);
            builder.read_timeout(timeouts.idle.unwrap_or(timeouts.total)).body(Payload(kind, body)).send()
        });
        let (status, headers, reader) = answer
            .map_err(|error| match error.kind() {
                _ if length > 0 && !trace.was_asked_for() => Failure::not_sent("no connection came about"),
                ErrorKind::Io(error) if error.kind() == ConnectionRefused => Failure::not_sent("refused"),
                _ => Failure::maybe_sent("the exchange failed"),
            })?
            .split();
        let announced =
            headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        let (mut response, mut bytes) = (Response::new(()), Vec::new());
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        let head = response.into_parts().0;
        let empty = status == StatusCode::NO_CONTENT;
        let most = if empty { 0 } else { limits.largest_answer.saturating_add(1) };
        match reader.take(most).read_to_end(&mut bytes).map(|count| count as u64) {
            Ok(count) if count > limits.largest_answer => Err(Failure::too_large(head)),
            // attohttpc takes a connection that closes for an end, however much was announced.
            Ok(count) if empty || announced.is_none_or(|length| length == count) => {
                Ok(Response::from_parts(head, bytes.into()))
            }
            _ => Err(Failure::cut(head, "the answer broke off")),
        }
    }
}

struct Payload(BodyKind, Outbound);

impl Body for Payload {
    fn kind(&mut self) -> io::Result<BodyKind> {
        Ok(self.0)
    }

    fn write<W: Write>(&mut self, mut writer: W) -> io::Result<()> {
        io::copy(&mut self.1, &mut writer).map(drop)
    }
}
