//! Connections that are kept for the next request, and end instead. HTTP clients like to send a request again on another
//! connection then; a POST must not be, unless the core says so.

use cashlink_client::core::{Effect, UserKey};

use crate::case::equal;
use crate::scene::{Caller, Ended, Scene, created, post, quick};
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
];

/// A server whose first connection goes on like this after a first request and its answer, and whose others are well.
fn after_one(
    scene: &Scene<'_>,
    rest: Script,
    check: impl FnOnce(&Caller<'_, UserKey>, &Server) -> Result<(), Finding>,
) -> Result<(), Finding> {
    let mut first = vec![Step::Request, Step::Say(created())];
    first.extend(rest);
    let well = || vec![Step::Request, Step::Say(created())];
    let server = scene.server(vec![first, well(), well()])?;
    let client = scene.user(&server.origin(), quick())?;
    Ended(client.call(&post(Effect::Once))).reply()?;
    check(&client, &server)
}

fn kept_connection_closed(scene: &Scene<'_>) -> Result<(), Finding> {
    after_one(scene, vec![], |client, server| {
        server.settle(1);
        // A client that had noticed says *not sent* at most, and that is true: this server reads nothing anymore.
        let ended = Ended(client.call(&post(Effect::Once)));
        let requests = server.requests().len();
        match ended.0 {
            Ok(_) => equal("requests for two calls", requests, 2),
            Err(_) => ended.ambiguous(),
        }
    })
}

/// The second request of a client that keeps connections comes on the first one's connection, and ends with it.
fn ends_in_doubt(client: &Caller<'_, UserKey>, server: &Server) -> Result<(), Finding> {
    let ended = Ended(client.call(&post(Effect::Once)));
    let connections = server.requests().iter().filter(|seen| seen.connection > 0).count();
    match &ended.0 {
        Ok(_) if connections == 1 => {
            Err(Finding::new("the connection isn't kept, or the request was sent again on another one"))
        }
        _ => ended.ambiguous(),
    }
}

fn kept_connection_lost(scene: &Scene<'_>) -> Result<(), Finding> {
    after_one(scene, vec![Step::Request], ends_in_doubt)
}

fn kept_connection_reset(scene: &Scene<'_>) -> Result<(), Finding> {
    after_one(scene, vec![Step::Byte], ends_in_doubt)
}
