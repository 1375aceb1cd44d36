//! ureq, by the library and by hand.

use std::fs::File;
use std::hint::black_box;
use std::io::{Cursor, Read as _};
use std::path::Path;

use cashlink_ureq::ureq::{self, Agent, SendBody};
use cashlink_ureq::{Source, Ureq};

use crate::by_hand::{self, Framed, Token};
use crate::{bear, work};

pub(crate) fn post_ours(base: &str, calls: u64) {
    let client = cashlink_ureq::Client::new(work::protocol(base), Ureq::default());
    for call in 0..calls {
        black_box(client.call(&work::create(call)).expect("an investor").value);
    }
}

pub(crate) fn post_bare(base: &str, calls: u64, burden: u64) {
    let agent = Agent::new_with_config(settings().timeout_global(Some(by_hand::TOTAL)).build());
    let token = Token::new();
    for call in 0..calls {
        let mut response = agent
            .post(by_hand::url(base))
            .header("authorization", token.header())
            .header("accept", by_hand::JSON)
            .header("content-type", by_hand::JSON)
            .header(by_hand::KEY, work::key(call))
            .send(by_hand::body())
            .expect("an answer");
        let body =
            response.body_mut().with_config().limit(by_hand::LARGEST as u64).read_to_vec().expect("a body");
        black_box(by_hand::read(response.status(), &body));
        bear(burden);
    }
}

pub(crate) fn upload_ours(base: &str, file: &Path) -> impl FnMut() {
    let client = cashlink_ureq::Client::new(work::protocol(base), Ureq::default());
    let call = work::upload(file);
    let (source, _) = Source::file(file).expect("a file");
    move || {
        black_box(client.upload(&call, &source).expect("a document").value);
    }
}

pub(crate) fn upload_bare(base: &str, file: &Path) -> impl FnMut() {
    let settings = settings()
        .timeout_global(Some(by_hand::UPLOAD_TOTAL))
        .timeout_per_read(Some(by_hand::UPLOAD_SILENCE))
        .timeout_per_write(Some(by_hand::UPLOAD_SILENCE));
    let agent = Agent::new_with_config(settings.build());
    let (token, framed, file) = (Token::new(), Framed::new(base, file), file.to_owned());
    move || {
        let document = File::open(&file).expect("a file");
        let body = Cursor::new(framed.head.clone()).chain(document).chain(Cursor::new(framed.tail.clone()));
        let mut response = agent
            .post(&framed.url)
            .header("authorization", token.header())
            .header("accept", by_hand::JSON)
            .header("content-type", &framed.content_type)
            .header("content-length", framed.length)
            .header(by_hand::KEY, work::UPLOAD_KEY)
            .send(SendBody::from_owned_reader(body))
            .expect("an answer");
        let body =
            response.body_mut().with_config().limit(by_hand::LARGEST as u64).read_to_vec().expect("a body");
        black_box(by_hand::read(response.status(), &body));
    }
}

fn settings() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    Agent::config_builder()
        .user_agent(by_hand::USER_AGENT)
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_resolve(Some(by_hand::CONNECT))
        .timeout_connect(Some(by_hand::CONNECT))
}
