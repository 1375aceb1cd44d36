//! A token request: OAuth 2.0 client credentials with one scope, in the body.

use std::hint::black_box;

use bytes::Bytes;
use cashlink_core::body::Body;
use cashlink_core::partner::{Partner, scope};
use cashlink_core::{Bearer, Client, Secret, Step};
use http::{Method, Request};

use super::Row;
use super::post::{NOW, whole};
use super::work;

const URL: &str = "https://demo.cashlink.de/api/external/oauth/token";
const ID: &str = "my-client";
const SECRET: &str = "s3cr3t&more";
const SCOPE: &str = "investors:write";

fn by_hand() -> Request<Bytes> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials")
        .append_pair("scope", black_box(SCOPE))
        .append_pair("client_id", black_box(ID))
        .append_pair("client_secret", black_box(SECRET));
    Request::builder()
        .method(Method::POST)
        .uri(black_box(URL))
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("user-agent", "cashlink-rust/0.1.0")
        .body(form.finish().into())
        .expect("a request")
}

pub fn row() -> Row {
    let bearer = Bearer::client_credentials(ID, Secret::new(SECRET))
        .expect("credentials")
        .scopes([scope::INVESTORS_WRITE]);
    let client = Client::new(Partner::demo(), bearer);
    let Step::Authorize(mut need) = client.start(&work::create(17), NOW, [0; 16]) else {
        panic!("a token is needed")
    };
    let mut by_us = move || -> Request<Body> {
        let Step::Send(outgoing) = need.request(NOW) else { panic!("a request") };
        outgoing.into_parts().0
    };
    let (ours, floor) = (by_us(), by_hand());
    assert_eq!((ours.method(), ours.uri(), ours.headers()), (floor.method(), floor.uri(), floor.headers()));
    assert_eq!(whole(ours.body()), **floor.body());
    let row = Row::new("a token request").side("ours", by_us).side("floor", by_hand);
    #[cfg(feature = "peers")]
    let row = peers::token(row);
    row
}

#[cfg(feature = "peers")]
mod peers {
    use std::fmt;

    use oauth2::basic::BasicClient;
    use oauth2::{AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, Scope, TokenUrl};
    use tame_oauth::gcp::end_user::{EndUserCredentialsInfo, EndUserCredentialsInner};
    use tame_oauth::gcp::{TokenOrRequest, TokenProvider as _};

    use super::*;

    /// Nothing is sent: oauth2 has no request without a client that answers it.
    #[derive(Debug)]
    struct Unsent;

    impl fmt::Display for Unsent {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("not sent")
        }
    }

    impl std::error::Error for Unsent {}

    /// tame-oauth knows no client credentials; its nearest is a refresh token, which is a form of four fields, too.
    pub fn token(row: Row) -> Row {
        let client = BasicClient::new(ClientId::new(ID.to_owned()))
            .set_client_secret(ClientSecret::new(SECRET.to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::new(URL.to_owned()).expect("a URL"));
        let by_oauth2 = move || {
            let unsent = |request: HttpRequest| -> Result<HttpResponse, Unsent> {
                black_box(request);
                Err(Unsent)
            };
            client
                .exchange_client_credentials()
                .add_scope(Scope::new(SCOPE.to_owned()))
                .request(&unsent)
                .is_err()
        };
        let tame = EndUserCredentialsInner::new(EndUserCredentialsInfo {
            client_id: ID.to_owned(),
            client_secret: SECRET.to_owned(),
            refresh_token: SCOPE.to_owned(),
            client_type: "authorized_user".to_owned(),
        });
        let by_tame = move || {
            let asked = tame.get_token::<&str, &[&str; 0]>(&[]).expect("a request");
            matches!(asked, TokenOrRequest::Request { .. })
        };
        assert!(by_oauth2() && by_tame());
        row.side("oauth2", by_oauth2).side("tame-oauth", by_tame)
    }
}
