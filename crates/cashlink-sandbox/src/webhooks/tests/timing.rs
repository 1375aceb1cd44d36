//! When it is tried again, and how long answers are waited for.

use super::*;

#[test]
fn a_token_endpoint_that_fails_is_asked_less_and_less_often_and_anew_after_a_success() {
    let mut scene = client_credentials();
    let mut timing = Timing::default();
    (timing.first_retry, timing.longest_retry) = (Duration::from_secs(3), Duration::from_secs(20));
    let mut webhooks = scene.sandbox.config().webhooks.clone();
    webhooks.timing = timing;
    scene.sandbox.set_webhooks(webhooks);
    let id = investment_of(&mut scene);
    scene.sandbox.advance(scene.now, &id, None).unwrap();
    for wait in [3, 6, 12, 20, 20] {
        let fetch = one(&mut scene);
        assert_eq!(fetch.request.uri(), "http://127.0.0.1:1/token");
        let again = scene.sandbox.delivered(scene.now, fetch.id, Some(&answer(500)));
        assert_eq!((fetch.what, again), ("token request", Some(scene.now + Duration::from_secs(wait))));
        scene.now += Duration::from_secs(wait - 1);
        assert!(scene.sandbox.due(scene.now).is_empty(), "before {wait} s");
        scene.now += Duration::from_secs(1);
    }
    grants(&mut scene, "t1");
    let refused = one(&mut scene);
    scene.sandbox.delivered(scene.now, refused.id, Some(&answer(401)));
    scene.now += Duration::from_secs(3);
    let fetch = one(&mut scene);
    scene.sandbox.delivered(scene.now, fetch.id, None);
    scene.now += Duration::from_secs(3);
    grants(&mut scene, "t2");
}

#[test]
fn how_long_answers_are_waited_for_is_a_setting() {
    let mut scene = bearer();
    let mut webhooks = scene.sandbox.config().webhooks.clone();
    webhooks.timing.signed_timeout = Duration::from_millis(5);
    webhooks.timing.partner_timeout = Duration::from_millis(7);
    webhooks.timing.first_retry = Duration::from_millis(9);
    scene.sandbox.set_webhooks(webhooks);
    let product = link(&mut scene, &json!({"type": "product", "amount": "5.00", "subject": "Shirt"}));
    scene.sandbox.pay(scene.now, &product, &Payer::default()).unwrap();
    let delivery = one(&mut scene);
    assert_eq!((delivery.what, delivery.timeout), ("cashlink.paid", Duration::from_millis(5)));
    assert_eq!(scene.sandbox.delivered(scene.now, delivery.id, Some(&answer(401))), None);
    scene.sandbox.advance(scene.now, demo::INVESTMENT_ID, None).unwrap();
    let delivery = one(&mut scene);
    assert_eq!((delivery.what, delivery.timeout), ("status change", Duration::from_millis(7)));
    let again = scene.sandbox.delivered(scene.now, delivery.id, None);
    assert_eq!(again, Some(scene.now + Duration::from_millis(9)));
    scene.now += Duration::from_millis(8);
    assert!(scene.sandbox.due(scene.now).is_empty());
    scene.now += Duration::from_millis(1);
    assert_eq!(one(&mut scene).id, delivery.id);
}

#[test]
fn at_the_end_of_time_nothing_overflows() {
    let mut scene = client_credentials();
    let id = investment_of(&mut scene);
    scene.now = Duration::MAX;
    scene.sandbox.advance(scene.now, &id, None).unwrap();
    let fetch = one(&mut scene);
    scene.sandbox.delivered(scene.now, fetch.id, None);
    scene.sandbox.set_webhooks({
        let mut webhooks = scene.sandbox.config().webhooks.clone();
        let credential = Credential::Bearer("t0k3n".to_owned());
        webhooks.partner = Some(PartnerHook { url: PARTNER.to_owned(), credential });
        webhooks
    });
    let delivery = one(&mut scene);
    scene.sandbox.delivered(scene.now, delivery.id, Some(&answer(503)));
    assert_eq!(scene.sandbox.waiting_webhooks(), 1);
}
