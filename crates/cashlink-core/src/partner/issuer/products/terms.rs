//! The terms of a product: what is issued, at which price, how much of it, and where.

use alloc::string::String;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::fields::setters;
use crate::open_enum::open_enum;
use crate::partner::Figure;

open_enum! {
    /// The kind of security.
    pub enum ProductType {
        /// A digital company share.
        DigitalCompanyShare = "DIGITAL_COMPANY_SHARE",
        /// A bond.
        Bond = "BOND",
        /// A subordinated loan.
        SubordinatedLoan = "SUBORDINATED_LOAN",
        /// A participation paper.
        ParticipationPaper = "PARTICIPATION_PAPER",
        /// A participation right.
        ParticipationRight = "PARTICIPATION_RIGHT",
        /// An alternative investment fund.
        Aif = "AIF",
        /// A debt security.
        DebtSecurity = "DEBT_SECURITY",
        /// A convertible bond.
        ConvertibleBond = "CONVERTIBLE_BOND",
        /// A share of a fund.
        FundShare = "FUND_SHARE",
    }
}

open_enum! {
    /// The ledger that a product is issued on. The networks for tests are not known.
    pub enum Network {
        /// Ethereum.
        EthMainnet = "ETH-MAINNET",
        /// Polygon.
        PolygonMainnet = "POLYGON-MAINNET",
        /// Stellar.
        StellarPubnet = "STELLAR-PUBNET",
    }
}

/// The price of a unit. A product has one of the two, and needs it (documented).
#[derive(Clone, Debug)]
pub enum ProductPrice {
    /// A nominal value: `provide_nominal_value` is true, and `nominal_value` this.
    NominalValue(Figure),
    /// None, but an initial price: `provide_nominal_value` is false, and `issuance_price` this.
    IssuancePrice(Figure),
}

impl Serialize for ProductPrice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (provided, name, figure) = match self {
            Self::NominalValue(value) => (true, "nominal_value", value),
            Self::IssuancePrice(price) => (false, "issuance_price", price),
        };
        let mut written = serializer.serialize_struct("ProductPrice", 2)?;
        written.serialize_field("provide_nominal_value", &provided)?;
        written.serialize_field(name, figure)?;
        written.end()
    }
}

/// The terms of a product, beside its [price](ProductPrice). All names are documented; which terms are required isn't, and of
/// percentages and the like no JSON type: see [`Figure`].
///
/// ```
/// use cashlink_core::partner::issuer::{Network, ProductTerms, ProductType};
///
/// let terms = ProductTerms::new()
///     .name("Example Bond 2027")
///     .product_type(ProductType::Bond)
///     .ewpg(true)
///     .network(Network::PolygonMainnet);
/// ```
#[derive(Clone, Debug, Default, Serialize)]
#[must_use]
pub struct ProductTerms {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_type: Option<ProductType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ewpg: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    isin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_issuable_amount: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agio_percent: Option<Figure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_deadline: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation_deadline: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<Network>,
}

impl ProductTerms {
    /// For the vectors of whoever sends them.
    #[cfg(test)]
    pub(super) fn with_every_term() -> Self {
        Self::new()
            .name("Example Bond")
            .product_type(ProductType::Bond)
            .ewpg(true)
            .isin("DE000A0TEST0")
            .max_issuable_amount(5_000_u64)
            .step_size(10_u64)
            .agio_percent(Figure::decimal("2.5").unwrap())
            .payment_deadline(14_u32)
            .cancellation_deadline(14_u32)
            .network(Network::PolygonMainnet)
    }

    /// Terms that say nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// The name, shown in Cashlink Connect and in the token's contract.
        name: String,
        /// The kind of security.
        product_type: ProductType,
        /// True for a crypto security under the eWpG, false for a digital one. An older page says that it is always false.
        ewpg: bool,
        /// The ISIN.
        isin: String,
        /// The most units for sale.
        max_issuable_amount: u64,
        /// How many units an investment has to be a multiple of.
        step_size: u64,
        /// The agio in percent.
        agio_percent: Figure,
        /// How many days there are to pay.
        payment_deadline: u32,
        /// How many days there are to cancel.
        cancellation_deadline: u32,
        /// The ledger.
        network: Network,
    }
}
