//! reqwest, by the library and by hand.

use std::hint::black_box;
use std::path::Path;

use cashlink_reqwest::reqwest::{Body, Client, Response, redirect, retry};
use tokio::fs::File;

use crate::by_hand::{self, Framed, Token};
use crate::over_hyper::{read_on_disk, runtime, streamed};
use crate::{bear, work};

pub(crate) fn post_ours(base: &str, calls: u64) {
    runtime().block_on(async {
        let client = cashlink_reqwest::client_over(work::protocol(base), settled());
        for call in 0..calls {
            black_box(client.call(&work::create(call)).await.expect("an investor").value);
        }
    });
}

pub(crate) fn post_bare(base: &str, calls: u64, burden: u64) {
    runtime().block_on(async {
        let (client, token) = (by_hand_settled(), Token::new());
        for call in 0..calls {
            let response = client
                .post(by_hand::url(base))
                .timeout(by_hand::TOTAL)
                .header("authorization", token.header())
                .header("accept", by_hand::JSON)
                .header("content-type", by_hand::JSON)
                .header(by_hand::KEY, work::key(call))
                .body(by_hand::body())
                .send()
                .await
                .expect("an answer");
            let (status, body) = (response.status(), read(response).await);
            black_box(by_hand::read(status, &body));
            bear(burden);
        }
    });
}

pub(crate) fn upload_ours(base: &str, file: &Path) -> impl FnMut() {
    let runtime = runtime();
    let client = cashlink_reqwest::client_over(work::protocol(base), settled());
    let (call, source) = (work::upload(file), read_on_disk(file));
    move || {
        black_box(runtime.block_on(client.upload(&call, &source)).expect("a document").value);
    }
}

pub(crate) fn upload_bare(base: &str, file: &Path) -> impl FnMut() {
    let (runtime, client, token) = (runtime(), by_hand_settled(), Token::new());
    let (framed, file) = (Framed::new(base, file), file.to_owned());
    move || {
        runtime.block_on(async {
            let response = client
                .post(&framed.url)
                .timeout(by_hand::UPLOAD_TOTAL)
                .header("authorization", token.header())
                .header("accept", by_hand::JSON)
                .header("content-type", &framed.content_type)
                .header("content-length", framed.length)
                .header(by_hand::KEY, work::UPLOAD_KEY)
                .body(Body::wrap(streamed(&framed, File::open(&file).await.expect("a file"))))
                .send()
                .await
                .expect("an answer");
            let (status, body) = (response.status(), read(response).await);
            black_box(by_hand::read(status, &body));
        });
    }
}

async fn read(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.expect("a body") {
        assert!(body.len() + piece.len() <= by_hand::LARGEST);
        body.extend_from_slice(&piece);
    }
    body
}

fn settled() -> Client {
    cashlink_reqwest::settle(Client::builder()).build().expect("a client")
}

fn by_hand_settled() -> Client {
    Client::builder()
        .user_agent(by_hand::USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(by_hand::CONNECT)
        .build()
        .expect("a client")
}
