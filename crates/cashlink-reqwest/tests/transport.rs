//! What is this adapter's own: an address that reqwest would change goes nowhere, and nothing of the client is shown.
#![cfg(feature = "rustls")]

use std::time::Duration;

use cashlink_reqwest::core::body::Body;
use cashlink_reqwest::core::http::Request;
use cashlink_reqwest::core::{Failure, Timeouts};
use cashlink_reqwest::reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use cashlink_reqwest::{Limits, Outbound, Reqwest, Transport as _, builder, reqwest};

async fn send(target: &str) -> Failure {
    // Nobody listens on port 1: what is sent is refused.
    let request =
        Request::get(format!("http://127.0.0.1:1{target}")).body(Outbound::new(Body::empty(), None));
    let limits = Limits::new(Timeouts::new(Duration::from_secs(5), Duration::from_secs(5)), 0);
    Reqwest::new(client()).send(request.unwrap(), limits).await.unwrap_err()
}

fn client() -> reqwest::Client {
    let secret = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("s3cr3t"))]);
    builder().unwrap().default_headers(secret).build().unwrap()
}

#[tokio::test]
async fn t16_an_address_that_reqwest_would_change_is_not_sent() {
    for changed in ["/a/../b", "/a/./b", "/a/%2e%2E/b", "/a/.."] {
        assert_eq!(
            send(changed).await.to_string(),
            "not sent: reqwest would change the address",
            "{changed}"
        );
    }
    for kept in ["/", "/a//b/?x=%2F&y", "/%C3%BC", "/a..b/"] {
        assert_eq!(send(kept).await.to_string(), "not sent: no connection came about", "{kept}");
    }
}

#[test]
fn t11_a_client_of_the_users_own_is_not_shown() {
    assert_eq!(format!("{:?}", Reqwest::new(client())), "Reqwest { .. }");
}
