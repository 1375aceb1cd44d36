//! Keeps each vector for whoever reads it a second time (`scripts/vectors`): one file per vector, in the folder that the
//! environment variable `CASHLINK_VECTORS` names. Without it, nothing is kept.
//!
//! A file's first line is JSON and says what the vector is of. Behind it stands the HTTP message, byte for byte; of a body that
//! is compared alone, the message has only the head that the operation itself determines.

use std::string::String;
use std::vec::Vec;
use std::{env, format, fs, path};

use http::Request;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::body::Body;
use crate::encoded::Encoded;
use crate::{Effect, Honoured, Operation};

/// A whole request.
pub(super) fn request<O: Operation>(operation: &O, request: &Request<Body>) {
    let about = about::<O>(Some(operation.effect()));
    message("request", O::NAME, about, head(request), &super::bytes(request.body()));
}

/// The request for a token, which is no [`Operation`].
pub(super) fn token_request(request: &Request<Body>) {
    let about = json!({ "type": "Bearer", "effect": "Idempotent" });
    message("request", "oauth.token", about, head(request), &super::bytes(request.body()));
}

/// A body, below the path that it belongs to.
pub(super) fn body<O: Operation>(operation: &O, body: &[u8]) {
    let encoded = Encoded::new(operation).unwrap();
    let mut request = Request::new(());
    *request.method_mut() = encoded.method.clone();
    *request.uri_mut() = format!("/{}", encoded.target()).parse().unwrap();
    *request.headers_mut() = encoded.headers.clone();
    message("body", O::NAME, about::<O>(Some(operation.effect())), head(&request), body);
}

/// An answer's body, and whether the operation takes it for one.
pub(super) fn answer<O: Operation>(body: &str, taken: bool) {
    let mut about = about::<O>(None);
    about["taken"] = taken.into();
    message("answer", O::NAME, about, String::from("HTTP/1.1 200 OK\r\n\r\n"), body.as_bytes());
}

fn about<O: Operation>(effect: Option<Effect<'_>>) -> serde_json::Value {
    let effect = effect.map(|effect| match effect {
        Effect::Safe => "Safe",
        Effect::Idempotent => "Idempotent",
        Effect::Keyed { honoured: Honoured::Documented, .. } => "Documented",
        Effect::Keyed { honoured: Honoured::Assumed, .. } => "Assumed",
        Effect::Once => "Once",
    });
    json!({ "type": core::any::type_name::<O>(), "effect": effect })
}

fn head<B>(request: &Request<B>) -> String {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        head += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    head + "\r\n"
}

fn message(kind: &str, operation: &str, mut about: serde_json::Value, head: String, body: &[u8]) {
    let Some(folder) = env::var_os("CASHLINK_VECTORS").map(path::PathBuf::from) else { return };
    about["kind"] = kind.into();
    about["operation"] = operation.into();
    let bytes: Vec<u8> = [format!("{about}\n").as_bytes(), head.as_bytes(), body].concat();
    let hash: String = Sha256::digest(&bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    fs::create_dir_all(&folder).unwrap();
    // The same vector of two tests is the same file: whichever comes last writes the same bytes.
    fs::write(folder.join(format!("{operation}.{hash}.{kind}")), bytes).unwrap();
}
