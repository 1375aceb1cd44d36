//! hyper, by hyper-util's client: by the library and by hand.

use std::hint::black_box;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use cashlink_hyper::hyper_util::client::legacy::connect::HttpConnector;
use cashlink_hyper::hyper_util::client::legacy::{self, Client};
use cashlink_hyper::{ReadPayload, Source};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http::Request;
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_util::io::ReaderStream;

use crate::by_hand::{self, Framed, Token};
use crate::{bear, work};

/// One thread, so that the same instructions run each time.
pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

pub(crate) fn post_ours(base: &str, calls: u64) {
    runtime().block_on(async {
        let client =
            cashlink_hyper::client_over(work::protocol(base), cashlink_hyper::builder().build(connector()));
        for call in 0..calls {
            black_box(client.call(&work::create(call)).await.expect("an investor").value);
        }
    });
}

pub(crate) fn post_bare(base: &str, calls: u64, burden: u64) {
    runtime().block_on(async {
        let (client, token) = (by_hand_settled::<Full<Bytes>>(), Token::new());
        for call in 0..calls {
            let request = Request::post(by_hand::url(base))
                .header("user-agent", by_hand::USER_AGENT)
                .header("authorization", token.header())
                .header("accept", by_hand::JSON)
                .header("content-type", by_hand::JSON)
                .header(by_hand::KEY, work::key(call))
                .body(Full::from(by_hand::body()))
                .expect("a request");
            let exchange = exchange(&client, request);
            black_box(timeout(by_hand::TOTAL, exchange).await.expect("in time"));
            bear(burden);
        }
    });
}

pub(crate) fn upload_ours(base: &str, file: &Path) -> impl FnMut() {
    let runtime = runtime();
    let client =
        cashlink_hyper::client_over(work::protocol(base), cashlink_hyper::builder().build(connector()));
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
            let request = Request::post(&framed.url)
                .header("user-agent", by_hand::USER_AGENT)
                .header("authorization", token.header())
                .header("accept", by_hand::JSON)
                .header("content-type", &framed.content_type)
                .header("content-length", framed.length)
                .header(by_hand::KEY, work::UPLOAD_KEY)
                .body(Box::pin(streamed(&framed, File::open(&file).await.expect("a file"))))
                .expect("a request");
            let exchange = exchange(&client, request);
            black_box(timeout(by_hand::UPLOAD_TOTAL, exchange).await.expect("in time"));
        });
    }
}

async fn exchange<B>(
    client: &Client<HttpConnector, B>,
    request: Request<B>,
) -> cashlink_core::partner::distributor::Investor
where
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + Unpin + 'static,
{
    let (head, body) = client.request(request).await.expect("an answer").into_parts();
    let body = Limited::new(body, by_hand::LARGEST).collect().await.expect("a body").to_bytes();
    by_hand::read(head.status, &body)
}

fn by_hand_settled<B: Body<Data: Send> + Send>() -> Client<HttpConnector, B> {
    let mut builder = legacy::Client::builder(cashlink_hyper::hyper_util::rt::TokioExecutor::new());
    builder.retry_canceled_requests(false).pool_timer(cashlink_hyper::hyper_util::rt::TokioTimer::new());
    builder.build(connector())
}

fn connector() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(by_hand::CONNECT));
    connector
}

/// The document between its framing, as one streams a file on tokio.
pub(crate) fn streamed(
    framed: &Framed,
    document: File,
) -> impl Body<Data = Bytes, Error = io::Error> + Send + use<> {
    let document = ReaderStream::with_capacity(document, 64 * 1024);
    let (head, tail) = (framed.head.clone(), framed.tail.clone());
    let pieces = stream::iter([Ok(head)]).chain(document).chain(stream::iter([Ok(tail)]));
    StreamBody::new(pieces.map_ok(Frame::data))
}

/// The same file for the library.
pub(crate) fn read_on_disk(file: &Path) -> Source {
    let file = file.to_owned();
    Source::new(move || {
        let file = file.clone();
        async move { File::open(file).await.map(OnDisk) }
    })
}

struct OnDisk(File);

impl ReadPayload for OnDisk {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(&mut self.0).poll_read(context, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }
}
