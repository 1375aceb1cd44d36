//! Tokens over a real connection: one that is refused is renewed once, and without one nothing is sent.

use cashlink_client::core::http::Method;
use cashlink_client::core::{Bearer, Certainty, Effect, ErrorKind, Raw};

use crate::case::equal;
use crate::scene::{Ended, Scene, answer, created, quick, token};
use crate::server::Step;
use crate::{Case, Finding};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "token-renewed",
        reason: "a 401 brings a new token and the same request with it, once",
        rows: &["T32", "T35"],
        http2: false,
        run: token_renewed,
    },
    Case {
        name: "token-endpoint-down",
        reason: "where no token is to be had, the resource sees no request, and nothing happened",
        rows: &["T14", "T36"],
        http2: false,
        run: token_endpoint_down,
    },
];

fn things() -> Raw<Bearer> {
    Raw::new(Method::GET, "things/", Effect::Safe)
}

/// One script that fits however the transport spreads requests over connections: each on one of its own.
fn one(answer: Vec<u8>) -> Vec<Step> {
    let text = String::from_utf8_lossy(&answer).replacen("\r\n", "\r\nConnection: close\r\n", 1);
    vec![Step::Request, Step::Say(text.into_bytes())]
}

fn token_renewed(scene: &Scene<'_>) -> Result<(), Finding> {
    let server = scene.server(vec![
        one(token("first")),
        one(answer("401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"", "")),
        one(token("second")),
        one(created()),
    ])?;
    let reply = Ended(scene.bearer(&server.origin(), quick())?.call(&things())).reply()?;
    equal("status", reply.meta.status().as_u16(), 201)?;
    let requests = server.requests();
    let shown: Vec<String> = requests.iter().flat_map(|seen| seen.values("authorization")).collect();
    equal("authorization", shown, vec!["Bearer first".to_owned(), "Bearer second".to_owned()])?;
    let order: Vec<bool> = requests.iter().map(crate::server::Seen::is_for_a_token).collect();
    equal("which requests were for a token", order, vec![true, false, true, false])
}

fn token_endpoint_down(scene: &Scene<'_>) -> Result<(), Finding> {
    for (name, script) in
        [("503", || one(answer("503 Unavailable", ""))), ("closed", || vec![Step::Request] as Vec<Step>)]
            as [(&str, fn() -> Vec<Step>); 2]
    {
        let server = scene.server(vec![script(), script()])?;
        let error = Ended(scene.bearer(&server.origin(), quick())?.call(&things())).error()?;
        let wanted = (ErrorKind::Token, Certainty::NotApplied, 0);
        let outcome = (error.kind(), error.certainty(), error.attempts());
        equal(&format!("{name}: kind, certainty, attempts"), outcome, wanted)?;
        let requests = server.requests();
        equal("requests", requests.len(), 2)?;
        equal("all for a token", requests.iter().all(crate::server::Seen::is_for_a_token), true)?;
    }
    Ok(())
}
