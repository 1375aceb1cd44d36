//! Connections that are kept for the next request, and end instead. HTTP clients like to send a request again on another
//! connection then; a POST must not be, unless the core says so.

use cashlink_client::core::{Effect, UserKey};

use crate::case::equal;
use crate::scene::{Caller, Ended, Scene, answer, created, impatient, post, quick};
use crate::server::{Script, Server, Step};
use crate::{Case, Finding};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "kept-connection-closed",
        reason: "a kept connection that was closed meanwhile takes no request with it: there is one, on another, or a doubt",
        rows: &["T38"],
        http2: false,
        run: kept_connection_closed,
    },
    Case {
        name: "kept-connection-lost",
        reason: "a kept connection that closes under a request leaves a doubt: the POST isn't sent again below the core",
        rows: &["T37", "T38"],
        http2: false,
        run: kept_connection_lost,
    },
    Case {
        name: "kept-connection-reset",
        reason: "a kept connection that is reset at a request's first byte leaves a doubt: the POST isn't sent again below the core",
        rows: &["T37", "T38"],
        http2: false,
        run: kept_connection_reset,
    },
    Case {
        name: "late-answer",
        reason: "a connection whose answer came too late carries no other request: that answer would be taken for the next one's",
        rows: &["T37"],
        http2: false,
        run: late_answer,
    },
];

/// A server whose first connection goes on like this after a first request and its answer, and whose others are well; and
/// a client that has had that answer.
fn after_one<'s>(scene: &'s Scene<'_>, rest: Script) -> Result<(Caller<'s, UserKey>, Server), Finding> {
    let mut first = vec![Step::Request, Step::Say(created())];
    first.extend(rest);
    let well = || vec![Step::Request, Step::Say(created())];
    let server = scene.server(vec![first, well(), well()])?;
    let client = scene.user(&server.origin(), quick())?;
    Ended(client.call(&post(Effect::Once))).reply()?;
    Ok((client, server))
}

fn kept_connection_closed(scene: &Scene<'_>) -> Result<(), Finding> {
    let (client, server) = after_one(scene, vec![])?;
    server.settle(1);
    // A client that had noticed says *not sent* at most, and that is true: this server reads nothing anymore.
    let ended = Ended(client.call(&post(Effect::Once)));
    let requests = server.requests().len();
    match ended.0 {
        Ok(_) => equal("requests for two calls", requests, 2),
        Err(_) => ended.ambiguous(),
    }
}

/// A client may need a moment until it has put a connection back, in which it makes another one: then the case is set up
/// anew.
const TRIES: usize = 50;

/// The second request comes on the first one's connection, and ends with it.
fn ends_in_doubt(scene: &Scene<'_>, rest: Script) -> Result<(), Finding> {
    for _ in 0..TRIES {
        let (client, server) = after_one(scene, rest.clone())?;
        let ended = Ended(client.call(&post(Effect::Once)));
        let requests = server.requests();
        let (same, others): (Vec<_>, Vec<_>) = requests.iter().partition(|seen| seen.connection == 0);
        match (same.len() > 1 || server.log().is_touched(), others.is_empty()) {
            (true, false) => return Err(Finding::new("the request was sent again on another connection")),
            (_, true) => return ended.ambiguous(),
            (false, false) => {}
        }
    }
    Err(Finding::new("every request came on a connection of its own: none is kept"))
}

fn kept_connection_lost(scene: &Scene<'_>) -> Result<(), Finding> {
    ends_in_doubt(scene, vec![Step::Request])
}

fn kept_connection_reset(scene: &Scene<'_>) -> Result<(), Finding> {
    ends_in_doubt(scene, vec![Step::Byte])
}

fn late_answer(scene: &Scene<'_>) -> Result<(), Finding> {
    // The first answer is held back until something more comes on the same connection.
    let late = vec![Step::Request, Step::Byte, Step::Say(answer("200 OK", "{}")), Step::Hold];
    let server = scene.server(vec![late, vec![Step::Request, Step::Say(created())]])?;
    let client = scene.user(&server.origin(), impatient())?;
    Ended(client.call(&post(Effect::Once))).ambiguous()?;
    let reply = Ended(client.call(&post(Effect::Once))).reply()?;
    equal("the second call's status", reply.meta.status().as_u16(), 201)
}
