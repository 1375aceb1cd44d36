use crate::demo;
use crate::scene::{Ask, INVESTMENTS, Scene, golden, investment};
use crate::store::{Kind, Object};
use expect_test::expect;
use serde_json::json;

#[test]
fn the_seeded_investment_carries_money_and_both_sides_read_it() {
    let mut scene = Scene::new();
    let told = scene.distributor(Ask::get(&format!("{INVESTMENTS}{}/", demo::INVESTMENT_ID)));
    golden(
        &told.json(),
        &expect![[r#"
        {
          "accepted_at": "2020-12-11T14:59:46.716Z",
          "campaign_id": "5eed0000-0000-4000-8000-000000000001",
          "id": "5eed0000-0000-4000-8000-000000000002",
          "investment_amount": {
            "amount": "40000000",
            "currency": "EUR",
            "decimals": 3
          },
          "natural_person": {
            "forename": "Erika",
            "surname": "Mustermann"
          },
          "signed_at": "2020-12-10T09:30:00Z",
          "status": "ACCEPTED",
          "units": 40
        }"#]],
    );
    let issuer = scene.token_for(demo::ISSUER_CLIENT_ID, demo::ISSUER_CLIENT_SECRET, "investments:read");
    let path = format!("/api/external/issuer/v2/investments/{}/", demo::INVESTMENT_ID);
    assert_eq!(scene.ask(Ask::get(&path).bearer(&issuer)).text, told.text);
    assert_eq!(scene.distributor(Ask::get(INVESTMENTS)).json()["results"][0], told.json());
}

#[test]
fn a_created_investment_starts_with_its_status() {
    let mut scene = Scene::new();
    let investor = scene.investor("k");
    let mut body = investment(&investor);
    body["status"] = json!("DELIVERED");
    let told = scene.distributor(Ask::post(INVESTMENTS).key("i").json(&body));
    body["id"] = told.id().into();
    body["status"] = json!("KYC_PENDING");
    told.is(201, body);
    let read = scene.distributor(Ask::get(&format!("{INVESTMENTS}{}/", told.id())));
    assert_eq!((read.status, read.text), (200, told.text.clone()));
    let list = scene.sandbox.objects(Kind::Investment);
    assert_eq!(list.iter().map(Object::id).collect::<Vec<_>>(), [demo::INVESTMENT_ID, &told.id()]);
}

#[test]
fn an_investment_needs_its_four_fields() {
    let required = json!(["This field is required."]);
    Scene::new().distributor(Ask::post(INVESTMENTS).json(&json!({}))).is(
        400,
        json!({"investor_id": required, "campaign_id": required, "units": required, "signed_at": required}),
    );
}

#[test]
fn an_investment_names_an_investor_and_a_campaign_that_exist() {
    let unknown = "5eed0000-0000-4000-8000-00000000ffff";
    let mut body = investment(unknown);
    body["campaign_id"] = json!("campaign");
    body["units"] = json!(0);
    body["paid_at"] = json!("2020-12-11");
    let told = Scene::new().distributor(Ask::post(INVESTMENTS).json(&body));
    assert_eq!(told.status, 400);
    golden(
        &told.json(),
        &expect![[r#"
        {
          "campaign_id": [
            "Must be a valid UUID."
          ],
          "investor_id": [
            "Invalid pk \"5eed0000-0000-4000-8000-00000000ffff\" - object does not exist."
          ],
          "paid_at": [
            "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
          ],
          "units": [
            "Ensure this value is greater than or equal to 1."
          ]
        }"#]],
    );
}
