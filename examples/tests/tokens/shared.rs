use std::path::PathBuf;
use std::process::Command;
use std::{env, fs, thread};

use cashlink_sandbox::server::{Running, Server};
use cashlink_sandbox::{Config, demo};
use cashlink_ureq::core::ErrorKind;
use cashlink_ureq::core::partner::distributor::ListInvestors;
use cashlink_ureq::{SystemTimer, Timer as _};
use serde_json::{Value, json};

use crate::shared_tokens::{Client, TokenFile, TokenStore as _, client};

/// A sandbox, and a folder for the file that is gone afterwards.
struct Scene {
    sandbox: Running,
    folder: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let folder = env::temp_dir().join(cashlink_ureq::random_key().unwrap().as_str());
        fs::create_dir(&folder).unwrap();
        Self { sandbox: Server::start(Config::default()).unwrap(), folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("token")
    }

    /// A client like that of another process: it shares nothing with others but the file.
    fn client(&self) -> Client {
        client(&self.sandbox.partner_base(), demo::DISTRIBUTOR_CLIENT_SECRET, self.file()).unwrap()
    }

    fn stored(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file()).unwrap()).unwrap()
    }

    fn token_requests(&self) -> u64 {
        self.sandbox.with(|server| server.statistics().token_requests())
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn call(client: &Client) {
    client.call(&ListInvestors::new()).unwrap();
}

/// What this test says to a process of its own, which then is the one that calls.
const ELSEWHERE: &str = "CASHLINK_TEST_SHARED";

#[test]
fn two_processes_make_one_token_request() {
    #[expect(clippy::disallowed_methods, reason = "so this process learns that it is the other one")]
    if let Ok(told) = env::var(ELSEWHERE) {
        let (base, file) = told.split_once(' ').unwrap();
        call(&client(base, demo::DISTRIBUTOR_CLIENT_SECRET, file.into()).unwrap());
        return;
    }
    let scene = Scene::new();
    call(&scene.client());
    call(&scene.client());
    let told = format!("{} {}", scene.sandbox.partner_base(), scene.file().display());
    let child = Command::new(env::current_exe().unwrap())
        .env(ELSEWHERE, told)
        .args(["--exact", "shared::two_processes_make_one_token_request"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(scene.token_requests(), 1);
    assert_eq!(scene.sandbox.with(|server| server.statistics().total()), 4, "and each made its call");
}

#[test]
fn a_stored_token_that_is_refused_is_forgotten_and_a_newer_one_is_not() {
    let scene = Scene::new();
    let (one, other) = (scene.client(), scene.client());
    call(&one);
    call(&other);
    scene.sandbox.with(|server| server.expire_tokens());
    call(&one);
    let renewed = scene.stored();
    // The other still holds the old one, is refused, and finds what the first has put there since.
    call(&other);
    assert_eq!((scene.token_requests(), scene.stored()), (2, renewed));
}

#[test]
fn a_stored_token_comes_with_the_life_that_is_left_and_not_at_all_near_its_end() {
    let scene = Scene::new();
    call(&scene.client());
    let (mut stored, now) = (scene.stored(), SystemTimer.now().wall);
    assert!(stored["ends_at"].as_u64().unwrap().abs_diff(now + 3_600) < 60, "{stored}");
    for (left, requests) in [(1_000, 1), (30, 2), (0, 3)] {
        stored["ends_at"] = json!(now + left);
        TokenFile(scene.file()).save(stored.to_string().as_bytes());
        call(&scene.client());
        assert_eq!(scene.token_requests(), requests, "{left} s before its end");
    }
}

#[test]
fn what_is_no_token_is_passed_over_and_replaced() {
    let scene = Scene::new();
    let useless = [
        "",
        "[]",
        r#"{"ends_at":-1}"#,
        r#"{"access_tok"#,
        r#"{"ends_at":4102444800}"#,
        r#"{"ends_at":4102444800,"access_token":"a\r\nb"}"#,
        r#"{"ends_at":4102444800,"access_token":"a","token_type":"mac"}"#,
    ];
    for (requests, broken) in (1..).zip(useless) {
        fs::write(scene.file(), broken).unwrap();
        call(&scene.client());
        assert_eq!(scene.token_requests(), requests);
        assert_eq!(scene.stored()["expires_in"], 3_600);
    }
}

#[test]
fn without_a_place_to_write_each_client_has_a_token_of_its_own() {
    let scene = Scene::new();
    let nowhere = scene.folder.join("nowhere").join("token");
    for requests in [1, 2] {
        let base = scene.sandbox.partner_base();
        let client = client(&base, demo::DISTRIBUTOR_CLIENT_SECRET, nowhere.clone()).unwrap();
        call(&client);
        call(&client);
        assert_eq!(scene.token_requests(), requests);
    }
}

#[test]
fn a_refused_secret_is_not_stored() {
    let scene = Scene::new();
    let client = client(&scene.sandbox.partner_base(), "another secret", scene.file()).unwrap();
    assert_eq!(client.call(&ListInvestors::new()).unwrap_err().kind(), ErrorKind::Token);
    assert!(!scene.file().exists());
}

#[test]
fn t11_the_file_is_its_owners_alone_holds_no_secret_and_nothing_shows_its_token() {
    let scene = Scene::new();
    let client = scene.client();
    call(&client);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(scene.file()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{mode:o}");
    }
    let stored = scene.stored();
    assert!(!stored.to_string().contains(demo::DISTRIBUTOR_CLIENT_SECRET));
    let token = stored["access_token"].as_str().unwrap();
    for shown in [format!("{client:?}"), format!("{:#?}", client.transport())] {
        assert!(!shown.contains(token) && !shown.contains(demo::DISTRIBUTOR_CLIENT_SECRET), "{shown}");
    }
    assert_eq!(fs::read_dir(&scene.folder).unwrap().count(), 1, "no piece of it is left behind");
}

#[test]
fn whoever_reads_while_others_write_reads_a_whole_token() {
    let scene = Scene::new();
    let token = |number: u32| json!({ "access_token": number.to_string().repeat(10_000) }).to_string();
    TokenFile(scene.file()).save(token(0).as_bytes());
    thread::scope(|scope| {
        for number in 1..=2 {
            let (file, token) = (TokenFile(scene.file()), token(number));
            scope.spawn(move || (0..50).for_each(|_| file.save(token.as_bytes())));
        }
        scope.spawn(|| {
            for _ in 0..200 {
                let read = TokenFile(scene.file()).load().unwrap();
                assert!((0..=2).any(|number| read == token(number).as_bytes()));
            }
        });
    });
}
