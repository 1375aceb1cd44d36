//! The published demo credentials and the ids of what a new sandbox already holds. They open nothing but a sandbox.

use crate::config::OAuthClient;

/// `client_id` of the demo distribution platform.
pub const DISTRIBUTOR_CLIENT_ID: &str = "sandbox-distributor";
/// `client_secret` of the demo distribution platform.
pub const DISTRIBUTOR_CLIENT_SECRET: &str = "sandbox-distributor-secret";
/// The scopes of the demo distribution platform: those that the vendor's distributor samples request.
pub const DISTRIBUTOR_SCOPES: &[&str] =
    &["documents:write", "investors:read", "investors:write", "investments:read", "investments:write"];

/// `client_id` of the demo issuer.
pub const ISSUER_CLIENT_ID: &str = "sandbox-issuer";
/// `client_secret` of the demo issuer.
pub const ISSUER_CLIENT_SECRET: &str = "sandbox-issuer-secret";
/// The scopes of the demo issuer: the vendor's issuer scope table.
pub const ISSUER_SCOPES: &[&str] = &[
    "documents:write",
    "issuers:read",
    "issuers:write",
    "products:read",
    "products:write",
    "investments:read",
];

/// A USERKEY of the payments API: it creates payment links.
pub const USER_KEY: &str = "sandbox-userkey";
/// An APPKEY of the payments API: it registers businesses.
pub const APP_KEY: &str = "sandbox-appkey";

/// What signs the webhooks of the payments API, unless told otherwise.
pub const WEBHOOK_SECRET: &str = "sandbox-webhook-secret";
/// The business that the configured USERKEYs belong to: the `business` of its events.
pub const BUSINESS_ID: &str = "utqztAwTcQKB";

/// The one campaign that investments can name as `campaign_id`.
pub const CAMPAIGN_ID: &str = "5eed0000-0000-4000-8000-000000000001";
/// An investment that every sandbox starts with. Its `investment_amount` is
/// `{"amount": "40000000", "decimals": 3, "currency": "EUR"}`, which means EUR 40,000.000.
pub const INVESTMENT_ID: &str = "5eed0000-0000-4000-8000-000000000002";

/// The product whose campaign that is.
pub const PRODUCT_ID: &str = "5eed0000-0000-4000-8000-000000000003";
/// A distribution platform on which products can be listed.
pub const PLATFORM_ID: &str = "5eed0000-0000-4000-8000-000000000004";
/// One on which they can't: it isn't allowed.
pub const OTHER_PLATFORM_ID: &str = "5eed0000-0000-4000-8000-000000000005";

/// The demo distribution platform as a client.
#[must_use]
pub fn distributor() -> OAuthClient {
    client(OAuthClient::new(DISTRIBUTOR_CLIENT_ID).secret(DISTRIBUTOR_CLIENT_SECRET), DISTRIBUTOR_SCOPES)
}

/// The demo issuer as a client.
#[must_use]
pub fn issuer() -> OAuthClient {
    client(OAuthClient::new(ISSUER_CLIENT_ID).secret(ISSUER_CLIENT_SECRET), ISSUER_SCOPES)
}

fn client(client: OAuthClient, scopes: &[&str]) -> OAuthClient {
    scopes.iter().fold(client, |client, scope| client.scope(*scope))
}
