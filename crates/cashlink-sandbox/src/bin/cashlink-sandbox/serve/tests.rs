use super::*;
use clap::Parser as _;

#[derive(Debug, clap::Parser)]
struct Only {
    #[command(flatten)]
    options: Options,
}

fn options(arguments: &[&str]) -> Options {
    Only::try_parse_from(std::iter::once(&"cashlink-sandbox").chain(arguments)).unwrap().options
}

#[test]
fn without_options_it_is_the_default_configuration() {
    assert_eq!(format!("{:?}", options(&[]).config()), format!("{:?}", Config::default()));
}

#[test]
fn webhooks_go_where_the_options_say() {
    let signed = options(&["--webhook-url", "http://127.0.0.1:1/a", "--webhook-secret", "canary"]).config();
    let hook = signed.webhooks.signed.unwrap();
    assert_eq!((&*hook.url, &*hook.secret), ("http://127.0.0.1:1/a", "canary"));
    let partner = ["--partner-webhook-url", "http://127.0.0.1:1/b"];
    let bearer = options(&[&partner[..], &["--partner-webhook-token", "t"]].concat()).config();
    assert!(matches!(bearer.webhooks.partner.unwrap().credential, Credential::Bearer(token) if token == "t"));
    let client = ["--partner-webhook-client", "id:s3cret", "--partner-token-url", "http://127.0.0.1:1/c"];
    let client = options(&[&partner[..], &client[..]].concat()).config().webhooks.partner.unwrap();
    let Credential::ClientCredentials { token_url, client_id, client_secret } = client.credential else {
        panic!("a client")
    };
    assert_eq!((&*token_url, &*client_id, &*client_secret), ("http://127.0.0.1:1/c", "id", "s3cret"));
    assert!(Only::try_parse_from([&["cashlink-sandbox"], &partner[..]].concat()).is_err(), "no credential");
    assert_eq!(options(&["--upload-limit", "9"]).config().upload_limit, Some(9));
    let waits = ["--webhook-timeout", "5", "--partner-webhook-timeout", "7", "--first-retry", "9"];
    let timing = options(&[&waits[..], &["--longest-retry", "11"]].concat()).config().webhooks.timing;
    let millis = [timing.signed_timeout, timing.partner_timeout, timing.first_retry, timing.longest_retry];
    assert_eq!(millis.map(|wait| wait.as_millis()), [5, 7, 9, 11]);
    let mischief =
        options(&["--repeat-every", "10", "--forge-every", "7", "--shuffle"]).config().webhooks.mischief;
    assert_eq!((mischief.repeat_every, mischief.forge_every, mischief.shuffle), (10, 7, true));
}

#[test]
fn what_could_never_be_delivered_is_refused_at_the_start() {
    let refused = |arguments: &[&str]| {
        let parsed = Only::try_parse_from(std::iter::once(&"cashlink-sandbox").chain(arguments));
        parsed.err().map(|error| error.to_string())
    };
    let (url, token) = ("http://127.0.0.1:1/a", ["--partner-webhook-token", "t"]);
    for wrong in ["https://127.0.0.1:1/a", "http://10.0.0.1/a", "not a url", ""] {
        for arguments in [
            &["--webhook-url", wrong][..],
            &[&["--partner-webhook-url", wrong], &token[..]].concat(),
            &["--partner-webhook-url", url, "--partner-webhook-client", "i:s", "--partner-token-url", wrong],
        ] {
            let said = refused(arguments).unwrap();
            assert!(said.contains("must be http:// on this machine"), "{said}");
        }
    }
    for token in ["a b", "", "\u{e9}", "a\n"] {
        let said = refused(&["--partner-webhook-url", url, "--partner-webhook-token", token]).unwrap();
        assert!(said.contains("without blanks"), "{said}");
    }
    assert!(refused(&["--webhook-url", url, "--webhook-secret", ""]).is_some(), "nothing to sign with");
    // What belongs to an address is nothing without it.
    for arguments in [
        &["--webhook-secret", "s"][..],
        &["--print-secret"],
        &token,
        &["--partner-webhook-client", "i:s", "--partner-token-url", url],
        &["--partner-token-url", url],
    ] {
        let said = refused(arguments).unwrap();
        assert!(said.contains("required arguments were not provided"), "{arguments:?}: {said}");
    }
    let both = [&["--partner-webhook-url", url, "--partner-token-url", url], &token[..]].concat();
    assert!(refused(&both).unwrap().contains("cannot be used with"), "a token needs no token URL");
}

#[test]
fn given_credentials_join_the_demo_ones_or_replace_them() {
    let given = ["--client", "me:s3cret:investors:read,investors:write", "--user-key", "u", "--app-key", "a"];
    let joined = options(&given).config();
    assert_eq!((joined.clients.len(), joined.user_keys.len(), joined.app_keys.len()), (3, 2, 2));
    let alone = options(&[&given[..], &["--no-demo"]].concat()).config();
    let me = OAuthClient::new("me").secret("s3cret").scope("investors:read").scope("investors:write");
    assert_eq!(
        (alone.clients, alone.user_keys, alone.app_keys),
        (vec![me], vec!["u".to_owned()], vec!["a".to_owned()])
    );
}

#[test]
fn a_client_without_scopes_may_have_all_known_ones_each_once() {
    let scopes = client("me:s3cret").unwrap().scopes;
    assert!(
        demo::DISTRIBUTOR_SCOPES
            .iter()
            .chain(demo::ISSUER_SCOPES)
            .all(|scope| scopes.iter().any(|own| own == scope))
    );
    assert_eq!(scopes.iter().collect::<std::collections::BTreeSet<_>>().len(), scopes.len());
    assert!(client("me").is_err());
}

#[test]
fn the_welcome_shows_the_published_secrets_and_no_others() {
    let given = ["--client", "me:canary-1", "--user-key", "canary-2", "--app-key", "canary-3"];
    let welcome = welcome(SocketAddr::from(([127, 0, 0, 1], 7878)), &options(&given).config());
    for published in
        [demo::DISTRIBUTOR_CLIENT_SECRET, demo::ISSUER_CLIENT_SECRET, demo::USER_KEY, demo::APP_KEY]
    {
        assert!(welcome.contains(published), "{published} in {welcome}");
    }
    assert!(!welcome.contains("canary"), "{welcome}");
    assert!(welcome.contains("http://127.0.0.1:7878/business/api/v1/"));
}

#[test]
fn the_welcome_says_where_webhooks_go() {
    let said = |arguments: &[&str]| {
        let welcome = welcome(SocketAddr::from(([127, 0, 0, 1], 7878)), &options(arguments).config());
        let lines = welcome.lines().filter(|line| line.contains("webhooks"));
        lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(
        said(&[]),
        ["Signed webhooks none (--webhook-url)", "Partner webhooks none (--partner-webhook-url)"]
    );
    let (signed, partner) = ("http://127.0.0.1:1/a?canary", "http://127.0.0.1:1/b");
    let urls = ["--webhook-url", signed, "--webhook-secret", "canary", "--partner-webhook-url", partner];
    let token = said(&[&urls[..], &["--partner-webhook-token", "canary"]].concat());
    assert_eq!(
        token,
        [
            "Signed webhooks http://127.0.0.1:1/a",
            "Partner webhooks http://127.0.0.1:1/b with a token as given"
        ]
    );
    let client = ["--partner-webhook-client", "me:canary", "--partner-token-url", "http://127.0.0.1:1/c"];
    assert_eq!(
        said(&[&urls[..], &client].concat())[1],
        "Partner webhooks http://127.0.0.1:1/b with tokens from http://127.0.0.1:1/c"
    );
}

#[test]
fn calls_to_try_are_shown_only_where_they_would_work() {
    let address = SocketAddr::from(([127, 0, 0, 1], 7878));
    assert!(welcome(address, &options(&[]).config()).contains("curl "));
    assert!(!welcome(address, &options(&["--no-demo"]).config()).contains("curl "));
}

#[test]
fn an_address_that_others_reach_is_warned_of() {
    let warned = |address: [u8; 4]| {
        welcome(SocketAddr::from((address, 7878)), &Config::default()).contains("control calls included")
    };
    assert!(warned([0, 0, 0, 0]));
    assert!(!warned([127, 0, 0, 1]));
}
