//! Documents that are gone, or others, or can't be had for now: nothing is sent, and the reason is kept.

use std::fs;
use std::path::PathBuf;

use cashlink_journal::State::{Dead, Done, NeedsReconciliation, Pending};
use cashlink_journal::core::body::PayloadRef;
use cashlink_journal::payloads::{asynchronous, blocking};
use cashlink_sandbox::Kind;

use crate::scene::{Either, Scene, World};

const DOCUMENT: &[u8] = b"%PDF-1.7";

/// In both worlds: a document that is kept, then this, then a worker.
fn after(change: impl Fn(&Scene, &PayloadRef), check: impl Fn(&Scene, i64, &str)) {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let payload = scene.documents().put(DOCUMENT).unwrap();
        let id = scene.stage_document(payload);
        change(&scene, &payload);
        scene.work();
        check(&scene, id, &format!("{world:?}"));
    }
}

fn dead(scene: &Scene, id: i64, at: &str) {
    let row = scene.row(id);
    assert_eq!(row.state, Dead, "{at}: {:?}", row.evidence);
    assert!(!row.maybe_sent, "{at}");
    assert_eq!((scene.outcomes(id), scene.api.requests()), (vec!["dead".to_owned()], 0), "{at}");
    assert!(scene.told.was_loud(), "{at}");
}

#[test]
fn a_document_that_is_missing_is_not_sent() {
    after(
        |scene, payload| fs::remove_file(scene.documents().path(payload).unwrap()).unwrap(),
        |scene, id, at| {
            dead(scene, id, at);
            assert!(scene.row(id).evidence.unwrap().note().contains("missing"), "{at}");
        },
    );
}

#[test]
fn a_document_of_another_length_is_not_sent() {
    after(
        |scene, payload| fs::write(scene.documents().path(payload).unwrap(), "%PDF").unwrap(),
        |scene, id, at| {
            dead(scene, id, at);
            assert!(scene.row(id).evidence.unwrap().note().contains("not the one that was meant"), "{at}");
        },
    );
}

#[test]
fn a_document_of_the_same_length_with_another_hash_never_arrives_whole() {
    after(
        |scene, payload| fs::write(scene.documents().path(payload).unwrap(), "%PDF-1.8").unwrap(),
        |scene, id, at| {
            dead(scene, id, at);
            assert_eq!(scene.api.count(Kind::Document), 0, "{at}");
        },
    );
}

#[test]
fn what_lies_in_a_documents_place_and_is_none_is_not_sent() {
    after(
        |scene, payload| {
            let path = scene.documents().path(payload).unwrap();
            fs::remove_file(&path).unwrap();
            fs::create_dir(path).unwrap();
        },
        dead,
    );
}

#[cfg(unix)]
#[test]
fn a_link_to_a_document_is_sent_as_that_and_a_link_to_another_one_is_not() {
    let link_to = |document: &'static [u8]| {
        move |scene: &Scene, payload: &PayloadRef| {
            let path = scene.documents().path(payload).unwrap();
            let elsewhere = path.with_extension("elsewhere");
            fs::remove_file(&path).unwrap();
            fs::write(&elsewhere, document).unwrap();
            std::os::unix::fs::symlink(elsewhere, path).unwrap();
        }
    };
    after(link_to(DOCUMENT), |scene, id, at| {
        assert_eq!((scene.row(id).state, scene.api.count(Kind::Document)), (Done, 1), "{at}");
    });
    after(link_to(b"%PDF-1.8"), dead);
}

/// The file is changed after it was found, while a token is fetched.
fn changed_after_it_was_found(change: fn(PathBuf)) {
    after(
        |scene, payload| {
            let path = scene.documents().path(payload).unwrap();
            scene.api.meanwhile_token(move || change(path));
        },
        |scene, id, at| {
            dead(scene, id, at);
            assert_eq!(scene.api.count(Kind::Document), 0, "{at}");
        },
    );
}

#[test]
fn a_document_that_is_cut_after_it_was_found_never_arrives_whole() {
    changed_after_it_was_found(|path| fs::write(path, "%PDF").unwrap());
}

#[test]
fn a_document_that_grows_after_it_was_found_never_arrives_whole() {
    changed_after_it_was_found(|path| fs::write(path, "%PDF-1.7%PDF-1.7").unwrap());
}

#[test]
fn a_document_that_goes_after_it_was_found_is_not_sent() {
    changed_after_it_was_found(|path| fs::remove_file(path).unwrap());
}

#[test]
fn a_document_of_many_pieces_arrives_as_it_was_put() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let document: Vec<u8> = (0..200_000_u32).map(|at| at.to_le_bytes()[at as usize % 3]).collect();
        let id = scene.stage_document(scene.documents().put(&*document).unwrap());
        scene.work();
        assert_eq!((scene.row(id).state, scene.api.count(Kind::Document)), (Done, 1), "{world:?}");
    }
}

#[test]
fn a_document_that_goes_after_it_may_have_been_sent_leaves_that_in_doubt() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let payload = scene.documents().put(DOCUMENT).unwrap();
        let id = scene.stage_document(payload);
        scene.api.arm("drop-response", 100);
        scene.work();
        assert!(scene.row(id).maybe_sent, "{world:?}");
        scene.api.sandbox().disarm();
        let requests = scene.api.requests();
        fs::remove_file(scene.documents().path(&payload).unwrap()).unwrap();
        scene.wait_for(id);
        scene.work();
        let state = scene.row(id).state;
        assert_eq!((state, scene.api.requests()), (NeedsReconciliation, requests), "{world:?}");
    }
}

#[test]
fn a_program_that_can_not_open_documents_puts_them_off_for_one_that_can() {
    for world in World::BOTH {
        let scene = Scene::new(world);
        let id = scene.stage_document(scene.documents().put(DOCUMENT).unwrap());
        match scene.worker() {
            Either::Blocking(worker) => worker.payloads(blocking::NoPayloads).run_until_idle(),
            Either::Asynchronous(worker) => {
                scene.clock.block_on(worker.payloads(asynchronous::NoPayloads).run_until_idle());
            }
        }
        assert_eq!((scene.row(id).state, scene.api.requests()), (Pending, 0), "{world:?}");
        assert!(scene.told.was_loud(), "{world:?}");
        scene.wait_for(id);
        scene.work();
        assert_eq!((scene.row(id).state, scene.api.count(Kind::Document)), (Done, 1), "{world:?}");
    }
}
