//! The two APIs as configurations: what a client takes from each.

/// One of the two APIs: [`Payments`](crate::payments::Payments) or [`Partner`](crate::partner::Partner).
pub trait Api: sealed::IntoFields {}

pub(crate) mod sealed {
    use alloc::vec::Vec;

    use crate::{ApiVersion, Endpoint, LinkCheck};

    /// What a client takes from its API; not nameable outside, so that nobody adds a third one.
    pub trait IntoFields {
        fn into_fields(self) -> Fields;
    }

    pub struct Fields {
        pub(crate) base: Endpoint,
        pub(crate) token_endpoint: Option<Endpoint>,
        pub(crate) version: Option<ApiVersion>,
        pub(crate) links: LinkCheck,
        pub(crate) confirmed: Vec<&'static str>,
    }
}
