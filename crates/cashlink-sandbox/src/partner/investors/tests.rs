use crate::config::Config;
use crate::scene::{Ask, DOCUMENTS, INVESTORS, Scene, Told, golden, investor};
use crate::store::Kind;
use expect_test::expect;
use serde_json::{Value, json};

fn create(scene: &mut Scene, body: &Value) -> Told {
    scene.distributor(Ask::post(INVESTORS).key("k").json(body))
}

/// The errors of an investor that is changed by `change`.
fn refused(change: impl FnOnce(&mut Value)) -> Value {
    let mut scene = Scene::new();
    let mut body = investor();
    change(&mut body);
    let told = create(&mut scene, &body);
    assert_eq!(told.status, 400, "{}", told.text);
    assert_eq!(scene.sandbox.count(Kind::Investor), 0);
    told.json()
}

#[test]
fn a_created_investor_is_kept_whole_and_read_back_the_same() {
    let mut scene = Scene::new();
    let mut body = investor();
    body["a_field_of_tomorrow"] = json!({"deep": [1, null]});
    let told = create(&mut scene, &body);
    assert_eq!(told.status, 201);
    golden(
        &told.json(),
        &expect![[r#"
            {
              "a_field_of_tomorrow": {
                "deep": [
                  1,
                  null
                ]
              },
              "id": "8057ebc8-5cf0-4fa8-ad22-c1c5eb94fdac",
              "is_beneficiary": true,
              "natural_person": {
                "birth_date": "1980-03-12",
                "birth_place": "Frankfurt",
                "citizenship": "DEU",
                "city": "Frankfurt",
                "country": "DEU",
                "forename": "Max",
                "is_pep": false,
                "is_subject_to_us_tax": false,
                "phone": "+49691234",
                "salutation": "MR",
                "street": "Hauptstr. 1",
                "surname": "Mustermann",
                "zip": "60311"
              }
            }"#]],
    );
    let read = scene.distributor(Ask::get(&format!("{INVESTORS}{}/", told.id())));
    assert_eq!((read.status, read.text), (200, told.text));
}

#[test]
fn an_investor_that_does_not_exist_is_not_found() {
    for id in ["5eed0000-0000-4000-8000-00000000ffff", "x", "%2e%2e"] {
        Scene::new()
            .distributor(Ask::get(&format!("{INVESTORS}{id}/")))
            .is(404, json!({"detail": "Not found."}));
    }
}

#[test]
fn an_invalid_investor_is_refused_field_by_field() {
    let errors = refused(|body| {
        *body = json!({
            "natural_person": {
                "forename": 7, "birth_date": "12.03.1980", "citizenship": "DE", "is_subject_to_us_tax": true, "phone": null,
            },
            "bank_account": {"iban": "DE89370400440532013000", "currency": "euro"},
            "communication": {"email": "max", "email_confirmed": 1},
            "tax_information": [],
            "account_setup_accepted_at": "yesterday",
        });
    });
    golden(
        &errors,
        &expect![[r#"
        {
          "account_setup_accepted_at": [
            "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
          ],
          "bank_account": {
            "bic": [
              "This field is required."
            ],
            "currency": [
              "\"euro\" is not a valid choice."
            ]
          },
          "communication": {
            "email": [
              "Enter a valid email address."
            ],
            "email_confirmed": [
              "Must be a valid boolean."
            ]
          },
          "is_beneficiary": [
            "This field is required."
          ],
          "natural_person": {
            "birth_date": [
              "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
            ],
            "citizenship": [
              "\"DE\" is not a valid choice."
            ],
            "forename": [
              "Not a valid string."
            ],
            "is_subject_to_us_tax": [
              "Investors subject to US tax are not accepted."
            ],
            "phone": [
              "This field may not be null."
            ]
          },
          "tax_information": {
            "non_field_errors": [
              "Invalid data. Expected a dictionary, but got list."
            ]
          }
        }"#]],
    );
}

#[test]
fn an_investor_is_one_of_natural_and_legal_person() {
    let message =
        json!({"non_field_errors": ["Exactly one of natural_person and legal_person is required."]});
    assert_eq!(refused(|body| drop(body.as_object_mut().unwrap().remove("natural_person"))), message);
    assert_eq!(refused(|body| body["legal_person"] = json!({"company_name": "Muster GmbH"})), message);
}

#[test]
fn what_concerns_no_field_is_said_only_when_every_field_is_right() {
    assert_eq!(refused(|body| *body = json!({})), json!({"is_beneficiary": ["This field is required."]}));
}

#[test]
fn a_us_tax_flag_is_refused_in_the_person_and_beside_it() {
    let message = json!(["Investors subject to US tax are not accepted."]);
    assert_eq!(
        refused(|body| body["natural_person"]["is_subject_to_us_tax"] = json!(true)),
        json!({"natural_person": {"is_subject_to_us_tax": message}})
    );
    assert_eq!(
        refused(|body| body["is_subject_to_us_tax"] = json!(true)),
        json!({"is_subject_to_us_tax": message})
    );
}

#[test]
fn a_legal_person_names_documents_that_were_uploaded() {
    let mut scene = Scene::new();
    let document = scene
        .distributor(Ask::post(DOCUMENTS).key("d").file("name=\"file\"; filename=\"id.pdf\"", "abc"))
        .id();
    let company = |proof: &str| json!({"legal_person": {"company_name": "Muster GmbH", "company_identity_proof_id": proof}, "is_beneficiary": true});
    let unknown = "5eed0000-0000-4000-8000-00000000ffff";
    let told = scene.distributor(Ask::post(INVESTORS).key("a").json(&company(unknown)));
    told.is(
        400,
        json!({"legal_person": {"company_identity_proof_id": [format!("Invalid pk \"{unknown}\" - object does not exist.")]}}),
    );
    assert_eq!(scene.distributor(Ask::post(INVESTORS).key("b").json(&company(&document))).status, 201);
}

#[test]
fn the_newer_pages_required_fields_are_required_only_when_configured() {
    let config = Config { strict_investors: true, ..Config::default() };
    let mut scene = Scene::of(config);
    let required = json!(["This field is required."]);
    create(&mut scene, &investor())
        .is(400, json!({"tax_information": required, "bank_account": required, "communication": required}));
}

#[test]
fn an_investor_must_be_json() {
    let mut scene = Scene::new();
    let told = scene.distributor(Ask::post(INVESTORS).key("a").body("text/plain", "{}"));
    told.is(415, json!({"detail": "Unsupported media type \"text/plain\" in request."}));
    let told = scene.distributor(Ask::post(INVESTORS).key("b").body("application/json", "{"));
    assert_eq!(told.status, 400);
    assert!(told.json()["detail"].as_str().unwrap().starts_with("JSON parse error - "));
}
