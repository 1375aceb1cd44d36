//! What every flow of a client shares.

use alloc::sync::Arc;
use alloc::vec::Vec;

use http::HeaderValue;

use crate::budget::Budget;
use crate::credential::sealed::Authentication;
use crate::observe::Observer;
use crate::{ApiVersion, Endpoint, LinkCheck, Policy};

/// Where requests go, who sends them, how patiently; not generic, so that flows aren't either.
pub(crate) struct Settings {
    pub(crate) base: Endpoint,
    pub(crate) token_endpoint: Endpoint,
    pub(crate) authentication: Authentication,
    pub(crate) links: LinkCheck,
    pub(crate) version: Option<ApiVersion>,
    pub(crate) confirmed: Vec<&'static str>,
    pub(crate) policy: Policy,
    pub(crate) user_agent: HeaderValue,
    pub(crate) budget: Budget,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}
