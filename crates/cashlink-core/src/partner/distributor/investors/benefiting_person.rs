//! `POST distributor/v2/investors/{id}/benefiting-persons/`: say who stands behind a legal person.

use serde::{Deserialize, Serialize};

use super::InvestorId;
use crate::body::Extra;
use crate::fields::extra;
use crate::partner::writing::operation;
use crate::{Id, IdempotencyKey};

/// The id of a benefiting person.
pub type BenefitingPersonId = Id<BenefitingPerson>;

/// Adds a benefiting person to a legal person, which needs at least one, or its investments stay
/// [`KycPending`](crate::partner::InvestmentStatus::KycPending). Benefiting persons must not be politically exposed
/// (documented).
///
/// The path is documented; that it is a POST and honours the key is inferred, and **none of its fields is known**: all of them
/// go through [`extra`](Self::extra), by the names that Cashlink gives you.
///
/// ```
/// use cashlink_core::IdempotencyKey;
/// use cashlink_core::partner::distributor::AddBenefitingPerson;
///
/// let key = IdempotencyKey::new("beneficiary-3")?;
/// let add = AddBenefitingPerson::new(key, "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?)
///     .extra("a_field_that_cashlink_named", "Ada");
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct AddBenefitingPerson {
    key: IdempotencyKey,
    investor: InvestorId,
    fields: Fields,
    extra: Extra,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Fields {}

impl AddBenefitingPerson {
    /// A benefiting person of this investor, of whom nothing is said yet.
    pub fn new(key: IdempotencyKey, investor: InvestorId) -> Self {
        Self { key, investor, fields: Fields {}, extra: Extra::default() }
    }

    extra!();
}

operation! {
    AddBenefitingPerson -> BenefitingPerson, "benefiting_persons.add", POST, Assumed,
    |add, path| path.literal("distributor/v2/investors/").id(&add.investor).literal("/benefiting-persons/")
}

/// A benefiting person, as the API returns it. That it has an id is inferred.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct BenefitingPerson {
    /// Its id.
    pub id: BenefitingPersonId,
}

impl BenefitingPerson {
    /// A benefiting person for tests.
    #[must_use]
    pub fn fixture(id: BenefitingPersonId) -> Self {
        Self { id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn whatever_the_caller_knows_goes_out() {
        let key = IdempotencyKey::new("k").unwrap();
        let add = AddBenefitingPerson::new(key, "i-1".parse().unwrap()).extra("x", "Ada").extra("y", [1]);
        vectors::request(
            &BEARER,
            &add,
            &expect![[r#"
            POST https://demo.cashlink.de/api/external/distributor/v2/investors/i-1/benefiting-persons/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: application/json
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: k

            {"x":"Ada","y":[1]}"#]],
        );
        assert!(!alloc::format!("{add:?}").contains("Ada"));
        vectors::t29_cut_everywhere::<AddBenefitingPerson>(r#"{"id":"b-1"}"#);
    }
}
