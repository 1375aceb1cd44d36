use crate::config::Config;
use crate::scene::{Ask, INVESTORS, Scene};
use serde_json::{Value, json};
use std::num::NonZeroUsize;

/// A scene with this many investors, three on a page, and their ids.
fn scene(investors: usize) -> (Scene, Vec<String>) {
    let config = Config {
        page_size: NonZeroUsize::new(3).unwrap(),
        origin: Some("https://sandbox.example".to_owned()),
        ..Config::default()
    };
    let mut scene = Scene::of(config);
    let ids = (0..investors).map(|number| scene.investor(&format!("key-{number}"))).collect();
    (scene, ids)
}

fn ids(page: &Value) -> Vec<String> {
    page["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|object| object["id"].as_str().unwrap().to_owned())
        .collect()
}

fn path(link: &Value) -> String {
    link.as_str().unwrap().strip_prefix("https://sandbox.example").unwrap().to_owned()
}

#[test]
fn an_empty_list_is_one_page_without_links() {
    scene(0)
        .0
        .distributor(Ask::get(INVESTORS))
        .is(200, json!({"count": 0, "next": null, "previous": null, "results": []}));
}

#[test]
fn following_next_shows_every_object_once_oldest_first() {
    let (mut scene, created) = scene(7);
    let (mut seen, mut at) = (Vec::new(), INVESTORS.to_owned());
    loop {
        let page = scene.distributor(Ask::get(&at)).json();
        assert_eq!(page["count"], 7);
        seen.extend(ids(&page));
        if page["next"].is_null() {
            break;
        }
        at = path(&page["next"]);
    }
    assert_eq!(seen, created);
}

#[test]
fn links_are_absolute_and_the_first_page_has_no_number() {
    let (mut scene, _) = scene(7);
    let first = scene.distributor(Ask::get(INVESTORS)).json();
    assert_eq!(first["next"], format!("https://sandbox.example{INVESTORS}?page=2"));
    assert_eq!(first["previous"], Value::Null);
    let second = scene.distributor(Ask::get(&path(&first["next"]))).json();
    assert_eq!(second["next"], format!("https://sandbox.example{INVESTORS}?page=3"));
    assert_eq!(second["previous"], format!("https://sandbox.example{INVESTORS}"));
    let third = scene.distributor(Ask::get(&path(&second["next"]))).json();
    assert_eq!(third["previous"], format!("https://sandbox.example{INVESTORS}?page=2"));
    assert_eq!(ids(&third).len(), 1);
}

#[test]
fn a_full_last_page_is_the_last() {
    let (mut scene, _) = scene(3);
    assert_eq!(scene.distributor(Ask::get(INVESTORS)).json()["next"], Value::Null);
}

#[test]
fn other_parameters_stay_in_the_links_sorted_as_the_framework_sorts_them() {
    let (mut scene, _) = scene(4);
    let page = scene.distributor(Ask::get(&format!("{INVESTORS}?z=%C3%A9+1&page=1&a=&a=2"))).json();
    assert_eq!(page["next"], format!("https://sandbox.example{INVESTORS}?a=&a=2&page=2&z=%C3%A9+1"));
}

#[test]
fn a_page_that_does_not_exist_is_404() {
    let (mut scene, _) = scene(4);
    for page in ["0", "3", "-1", "+1", "x", "", "1.0", "99999999999999999999"] {
        scene
            .distributor(Ask::get(&format!("{INVESTORS}?page={page}")))
            .is(404, json!({"detail": "Invalid page."}));
    }
    let of_several = scene.distributor(Ask::get(&format!("{INVESTORS}?page=9&page=2")));
    assert_eq!((of_several.status, ids(&of_several.json()).len()), (200, 1));
    assert_eq!(scene.distributor(Ask::get(&format!("{INVESTORS}?page=last"))).json()["next"], Value::Null);
}

#[test]
fn without_a_configured_origin_links_name_the_host_that_was_asked() {
    let config = Config { page_size: NonZeroUsize::MIN, ..Config::default() };
    let mut scene = Scene::of(config);
    for key in ["a", "b"] {
        scene.investor(key);
    }
    let mut next = |ask| scene.distributor(ask).json()["next"].as_str().unwrap().to_owned();
    assert_eq!(
        next(Ask::get(INVESTORS).header("host", "127.0.0.1:8080")),
        format!("http://127.0.0.1:8080{INVESTORS}?page=2")
    );
    assert_eq!(
        next(Ask::get(&format!("https://demo.cashlink.de{INVESTORS}"))),
        format!("https://demo.cashlink.de{INVESTORS}?page=2")
    );
    assert_eq!(next(Ask::get(INVESTORS)), format!("http://localhost{INVESTORS}?page=2"));
}
