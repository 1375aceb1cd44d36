//! What is said of a value that can't be used: which one, and what the rule is. Never the value itself, which may be
//! secret or personal (T11–T12).

use core::fmt;

/// A value that breaks a rule of the protocol. It names the value's role and the rule, never the value.
///
/// ```
/// use cashlink_core::IdempotencyKey;
///
/// let refused = IdempotencyKey::new("two words").unwrap_err();
/// assert_eq!(refused.to_string(), "idempotency key: must be 1 to 255 visible ASCII characters without spaces");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    what: &'static str,
    rule: &'static str,
}

impl InvalidValue {
    /// `what` is the role of the refused value (`"idempotency key"`), `rule` what it has to be.
    #[must_use]
    pub const fn new(what: &'static str, rule: &'static str) -> Self {
        Self { what, rule }
    }

    /// The role of the refused value, for example `idempotency key`.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        self.what
    }

    /// The rule that it broke.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        self.rule
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.rule)
    }
}

impl core::error::Error for InvalidValue {}
