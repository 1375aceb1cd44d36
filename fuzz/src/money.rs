//! Money in its three forms.

use cashlink_core::money::{Currency, Money};

/// What is read prints as what it is, and reads back as the same amount at the same scale.
///
/// The input is an amount: JSON of the newer API, decimals of the older one, or as it is shown.
pub fn money(input: &[u8]) -> bool {
    let text = std::str::from_utf8(input).ok();

    let wire = serde_json::from_slice::<Money>(input).ok();
    let shown = text.and_then(|text| text.parse::<Money>().ok());
    if let Some(money) = &shown {
        assert_eq!(Some(money.to_string().as_str()), text, "what is shown has one spelling only");
    }
    let decimal = text.and_then(|text| Money::from_decimal(text, Currency::EUR).ok());

    let read: Vec<Money> = [wire, shown, decimal].into_iter().flatten().collect();
    for money in &read {
        let json = serde_json::to_vec(money).expect("money can be written");
        assert_same(money, &serde_json::from_slice(&json).expect("what was written can be read"));
        assert_same(money, &money.to_string().parse().expect("what was shown can be read"));
        let older = Money::from_decimal(&money.decimal().to_string(), money.currency().clone());
        assert_same(money, &older.expect("the older form can be read"));
    }
    !read.is_empty()
}

/// Equality of money leaves the scale out, which a round trip must not.
fn assert_same(left: &Money, right: &Money) {
    assert_eq!(left, right);
    assert_eq!((left.amount(), left.decimals()), (right.amount(), right.decimals()));
}
