use super::*;
use bytes::Bytes;
use http::Response;

/// What is written when `steps` look at `values`; `null` when nothing is wrong.
fn errors(values: Value, steps: impl FnOnce(&mut Fields<'_>)) -> Value {
    let Value::Object(values) = values else { panic!("{values} is no object") };
    let mut fields = Fields::of(&values);
    steps(&mut fields);
    match fields.finish() {
        Ok(()) => Value::Null,
        Err(refusal) => serde_json::from_slice(Response::<Bytes>::from(refusal).body()).unwrap(),
    }
}

#[test]
fn a_missing_field_is_an_error_only_where_it_is_required() {
    let found = errors(json!({}), |fields| {
        fields.required("subject", text);
        fields.optional("label", text);
    });
    assert_eq!(found, json!({"subject": ["This field is required."]}));
}

#[test]
fn null_is_refused_where_a_field_is_optional_too() {
    let found = errors(json!({"a": null, "b": null}), |fields| {
        fields.required("a", text);
        fields.optional("b", text);
    });
    assert_eq!(found, json!({"a": ["This field may not be null."], "b": ["This field may not be null."]}));
}

#[test]
fn all_errors_are_reported_at_once_and_nested_ones_under_their_parent() {
    let given = json!({"natural_person": {"birth_date": "12.3.1980", "is_pep": "no"}, "is_beneficiary": 1});
    let found = errors(given, |fields| {
        fields.required("is_beneficiary", boolean);
        fields.optional("natural_person", |value| {
            object(value, |person| {
                person.optional("birth_date", date);
                person.optional("is_pep", boolean);
            })
        });
    });
    assert_eq!(
        found,
        json!({
            "is_beneficiary": ["Must be a valid boolean."],
            "natural_person": {
                "birth_date": ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."],
                "is_pep": ["Must be a valid boolean."],
            },
        })
    );
}

#[test]
fn a_nested_object_that_is_none_says_so_under_its_name() {
    let found = errors(json!({"bank_account": "x"}), |fields| {
        fields.optional("bank_account", |value| object(value, |_| {}));
    });
    assert_eq!(
        found,
        json!({"bank_account": {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}})
    );
}

#[test]
fn a_blank_string_is_not_filled() {
    assert_eq!(filled(&json!(" \t")), Err(json!(["This field may not be blank."])));
    assert_eq!(filled(&json!("x")), Ok("x"));
    assert_eq!(filled(&json!(7)), Err(json!(["Not a valid string."])));
}

#[test]
fn a_count_is_a_whole_number_from_one_on() {
    assert_eq!(count(&json!(1)), Ok(1));
    assert_eq!(count(&json!(0)), Err(json!(["Ensure this value is greater than or equal to 1."])));
    assert_eq!(count(&json!(-3)), Err(json!(["Ensure this value is greater than or equal to 1."])));
    for wrong in [json!("5"), json!(1.0), json!(true)] {
        assert_eq!(count(&wrong), Err(json!(["A valid integer is required."])), "{wrong}");
    }
}

#[test]
fn a_date_is_a_day_of_the_calendar() {
    for day in ["1980-03-12", "2024-02-29", "2000-02-29"] {
        assert_eq!(date(&json!(day)), Ok(day));
    }
    for day in [
        "1900-02-29",
        "2023-02-30",
        "1980-3-12",
        "1980-13-01",
        "1980-00-10",
        "12.3.1980",
        "0000-01-01",
        "1980-03-12T",
        "",
    ] {
        assert!(date(&json!(day)).is_err(), "{day}");
    }
    assert!(date(&json!(19800312)).is_err());
}

#[test]
fn a_datetime_has_an_offset() {
    for moment in [
        "2020-12-11T14:59:46.716Z",
        "2020-12-11T14:59:46Z",
        "2020-12-11T14:59+01:00",
        "2020-12-11T14:59:46.661620-05:30",
    ] {
        assert_eq!(datetime(&json!(moment)), Ok(moment));
    }
    for moment in [
        "2020-12-11T14:59:46",
        "2020-12-11",
        "2020-12-11 14:59:46Z",
        "2020-12-11T24:00:00Z",
        "2020-12-11T14:60Z",
        "2020-12-11T14:59:46.Z",
        "2020-12-11T14:59:46+1",
        "2020-02-30T14:59:46Z",
        "2020-12-11T14é9Z",
        "",
    ] {
        assert!(datetime(&json!(moment)).is_err(), "{moment}");
    }
}

#[test]
fn an_amount_is_a_decimal_string_with_at_most_two_places() {
    for number in ["12.34", "12", "0.5"] {
        assert_eq!(amount(&json!(number)), Ok(number));
    }
    assert_eq!(
        amount(&json!("12.345")),
        Err(json!(["Ensure that there are no more than 2 decimal places."]))
    );
    for wrong in [
        json!(12.34),
        json!("12,34"),
        json!(""),
        json!("."),
        json!("1."),
        json!("+1"),
        json!("1e3"),
        json!("١"),
    ] {
        assert_eq!(amount(&wrong), Err(json!(["A valid number is required."])), "{wrong}");
    }
}

#[test]
fn a_key_names_something_that_exists() {
    let id = "5eed0000-0000-4000-8000-000000000001";
    assert_eq!(existing(|given| given == id)(&json!(id)), Ok(id));
    assert_eq!(
        existing(|_| false)(&json!(id)),
        Err(json!([format!("Invalid pk \"{id}\" - object does not exist.")]))
    );
    assert_eq!(existing(|_| true)(&json!("12")), Err(json!(["Must be a valid UUID."])));
}

#[test]
fn a_url_is_absolute_and_has_a_host() {
    for right in ["https://example.org/hooks?a=b", "http://127.0.0.1:8080"] {
        assert_eq!(url(&json!(right)), Ok(right));
    }
    for wrong in ["not a url", "example.org", "/hooks", "ftp://example.org/", "http://"] {
        assert_eq!(url(&json!(wrong)), Err(json!(["Enter a valid URL."])), "{wrong}");
    }
}

#[test]
fn choices_codes_and_addresses_are_checked() {
    let kind = choice(&["invoice", "product"]);
    assert_eq!(kind(&json!("product")), Ok("product"));
    assert_eq!(kind(&json!("Product")), Err(json!(["\"Product\" is not a valid choice."])));
    assert_eq!(three_letters(&json!("DEU")), Ok("DEU"));
    assert_eq!(three_letters(&json!("DE")), Err(json!(["\"DE\" is not a valid choice."])));
    assert_eq!(email(&json!("erika@example.org")), Ok("erika@example.org"));
    for wrong in ["erika", "@example.org", "a@b@c", "a b@c"] {
        assert_eq!(email(&json!(wrong)), Err(json!(["Enter a valid email address."])), "{wrong}");
    }
}
