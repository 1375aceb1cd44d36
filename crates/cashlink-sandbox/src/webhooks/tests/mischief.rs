//! What goes wrong on purpose.

use super::*;

#[test]
fn mischief_repeats_forges_and_shuffles_and_the_seed_decides_how() {
    let mischief = Mischief { repeat_every: 2, forge_every: 3, shuffle: true };
    let run = || {
        let mut scene = scene(Credential::Bearer("t0k3n".to_owned()), mischief);
        let product = link(&mut scene, &json!({"type": "product", "amount": "5.00", "subject": "Shirt"}));
        for n in 0..6 {
            scene.sandbox.pay(NOW + Duration::from_millis(n), &product, &Payer::default()).unwrap();
        }
        // In steps, so that nothing is due together that happened apart.
        (0..=1005).flat_map(|n| scene.sandbox.due(NOW + Duration::from_millis(n))).collect::<Vec<_>>()
    };
    let due = run();
    assert_eq!(due.len(), 6 + 3 + 2);
    let ids: Vec<u64> = due.iter().map(|delivery| delivery.id).collect();
    assert!(!ids.is_sorted());
    assert_eq!(ids, run().iter().map(|delivery| delivery.id).collect::<Vec<_>>());
    let amounts = due.iter().filter(|delivery| body(delivery)["data"]["cashlink"]["amount"] == "0.01");
    assert_eq!(amounts.count(), 2, "the lies");
    let requests: std::collections::BTreeSet<&str> =
        due.iter().map(|delivery| header(delivery, "x-request-id")).collect();
    assert_eq!(requests.len(), 6 + 1 + 2, "of three repetitions one has another X-Request-Id");
}

#[test]
fn a_forged_status_is_no_real_one_and_would_outlast_them_all() {
    let mischief = Mischief { forge_every: 1, ..Mischief::default() };
    let mut scene = scene(Credential::Bearer("t0k3n".to_owned()), mischief);
    scene.sandbox.advance(NOW, demo::INVESTMENT_ID, Some("DELIVERED")).unwrap();
    let due = scene.sandbox.due(NOW);
    let lie = due.iter().find(|delivery| header(delivery, "authorization") != "Bearer t0k3n").unwrap();
    assert_eq!(lie.what, "forged status change");
    assert_eq!(
        body(lie),
        json!({
            "investment_id": demo::INVESTMENT_ID, "status": "FORGED", "changed_at": "2023-11-15T22:13:20.000Z",
        })
    );
}

#[test]
fn mischief_meets_both_kinds_however_they_take_turns() {
    let mischief = Mischief { repeat_every: 2, forge_every: 2, shuffle: false };
    let mut scene = scene(Credential::Bearer("t0k3n".to_owned()), mischief);
    let id = investment_of(&mut scene);
    let product = link(&mut scene, &json!({"type": "product", "amount": "5.00", "subject": "Shirt"}));
    for _ in 0..4 {
        scene.sandbox.pay(NOW, &product, &Payer::default()).unwrap();
        scene.sandbox.advance(NOW, &id, None).unwrap();
    }
    let due = scene.sandbox.due(NOW);
    let sent = |url| due.iter().filter(|delivery| delivery.request.uri() == url).count();
    assert_eq!((sent(SIGNED), sent(PARTNER)), (4 + 2 + 2, 4 + 2 + 2));
}
