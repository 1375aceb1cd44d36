//! Where payments go.

use alloc::string::String;

use serde::Serialize;

use crate::Personal;
use crate::body::Extra;
use crate::fields::fields;

/// A bank account. One page names BIC, IBAN and currency as required.
#[derive(Clone, Debug, Default, Serialize)]
#[must_use]
pub struct BankAccount {
    #[serde(skip_serializing_if = "Option::is_none")]
    account_holder: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iban: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bic: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Personal<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Personal<String>>,
    #[serde(flatten)]
    extra: Extra,
}

impl BankAccount {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    fields! {
        /// Whose account it is.
        account_holder: Personal<String>,
        /// The IBAN.
        iban: Personal<String>,
        /// The BIC.
        bic: Personal<String>,
        /// The bank's name.
        bank: Personal<String>,
        /// The bank's country, three letters.
        country: Personal<String>,
        /// The account's currency.
        currency: Personal<String>,
    }
}
