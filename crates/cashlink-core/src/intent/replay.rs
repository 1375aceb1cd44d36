//! For journals alone: what turns an intent under a lease into a call, and what was answered back into a reply.
//!
//! Nobody else has a use for this. Called without a lease, [`call`] is how a payment is made twice: the crate
//! `cashlink-journal` does so only from a claim, after its commit.

use alloc::string::ToString;
use alloc::sync::Arc;

use bytes::Bytes;
use http::Response;

use super::Intent;
use crate::answer::Received;
use crate::{Call, Client, Credential, InvalidValue, Reply};

/// The call that was meant, for a client that may make it.
///
/// # Errors
/// When the intent was made for another kind of credential or another base than the client has. Whether the credential is
/// the account's, only the caller can know.
pub fn call<C: Credential>(intent: &Intent, client: &Client<C>) -> Result<Call<Received, C>, InvalidValue> {
    if intent.kind != C::KIND {
        return Err(InvalidValue::new(
            "client",
            "must have the kind of credential that the intent was made for",
        ));
    }
    if intent.base != client.settings().base.to_string() {
        return Err(InvalidValue::new("client", "must have the base that the intent was made for"));
    }
    Ok(Call::stored(Arc::clone(&intent.encoded)))
}

/// A reply that an earlier process got to this call, to be decoded now.
#[must_use]
pub fn reply<C: Credential>(
    call: &Call<Received, C>,
    client: &Client<C>,
    response: Response<Bytes>,
    attempts: u32,
) -> Reply<Received> {
    Reply::new(Received::to(client.settings(), &call.encoded), response, attempts)
}
