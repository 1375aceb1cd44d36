//! Who a program is: its environment says it.

use std::error::Error;

use cashlink_ureq::core::partner::scope;
use cashlink_ureq::core::{Bearer, Secret};

/// `CASHLINK_CLIENT_ID` and `CASHLINK_CLIENT_SECRET`, for somebody who reads investors.
///
/// # Errors
/// When one of them is missing, or can't be a credential.
#[expect(clippy::disallowed_methods, reason = "programs ask for it, and their users say who they are")]
pub fn from_environment() -> Result<Bearer, Box<dyn Error>> {
    let secret = Secret::new(std::env::var("CASHLINK_CLIENT_SECRET")?);
    let bearer = Bearer::client_credentials(std::env::var("CASHLINK_CLIENT_ID")?, secret)?;
    Ok(bearer.scopes([scope::INVESTORS_READ]))
}
