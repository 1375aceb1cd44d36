//! Uploads, read back by two parsers that share nothing with the core or with each other (T17–T19).

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use cashlink_core::body::{Body, BoundarySeed, FileName, MediaType, Payload, PayloadRef, Sending, Want};
use cashlink_core::bytes::Bytes;
use cashlink_core::http::{Request, header};
use cashlink_core::partner::{Partner, distributor::UploadDocument};
use cashlink_core::{Call, IdempotencyKey, Policy};
use futures_core::Stream;
use futures_executor::block_on;

use crate::flow;

/// An upload is one part with the name, the type and the bytes that were given, or it is refused.
///
/// The input is four lines (the boundary's entropy, the key, the file's name, its type), and behind them the document. In the
/// lines `\r`, `\n` and `\0` stand for these characters, so that a line can hold them; in name, type and document `@` stands for
/// the boundary. It is accepted when there is an upload.
pub fn multipart(input: &[u8]) -> bool {
    let mut pieces = input.splitn(5, |byte| *byte == b'\n');
    let mut line = || unescaped(pieces.next().unwrap_or_default());
    let (entropy, key, name, media_type) = (line(), line(), line(), line());
    let Ok(key) = IdempotencyKey::new(key) else { return false };
    let mut seed = [0; 16];
    for (to, from) in seed.iter_mut().zip(entropy.bytes()) {
        *to = from;
    }
    let how = How { seed: BoundarySeed::new(seed), key };
    let plain = how.request("a", "a/b", Bytes::new().into()).expect("nothing is wrong with it");
    let boundary = boundary(&plain);

    let (name, media_type) = (name.replace('@', &boundary), media_type.replace('@', &boundary));
    let document = pieces.next().unwrap_or_default().split(|byte| *byte == b'@');
    let document = document.collect::<Vec<_>>().join(boundary.as_bytes());
    assert_eq!(FileName::new(&*name).is_ok(), fits(&name), "{name:?}");
    let in_memory = how.request(&name, &media_type, Bytes::from(document.clone()).into());
    let elsewhere = how.request(&name, &media_type, PayloadRef::new(document.len() as u64).into());

    let held = |text: &[u8]| count(text, boundary.as_bytes()) > 0;
    let named = held(name.as_bytes()) || held(media_type.as_bytes());
    let good = fits(&name) && MediaType::new(&*media_type).is_ok();
    assert_eq!(elsewhere.is_some(), good && !named, "{name:?} {media_type:?}");
    assert_eq!(in_memory.is_some(), good && !named && !held(&document), "{name:?} {media_type:?}");
    let (Some(request), Some(elsewhere)) = (in_memory, elsewhere) else { return false };

    assert_eq!(request.headers(), elsewhere.headers());
    let body = bytes(request.body(), &document);
    assert_eq!(bytes(elsewhere.body(), &document), body, "the same as from elsewhere");
    assert_eq!(bytes(request.body(), &document), body, "the same on the second attempt");
    let step = 1 + usize::from(entropy.bytes().next().unwrap_or(u8::MAX));
    assert_eq!(handed_over(elsewhere.body(), &document, step), body, "the same piece by piece");
    assert_no_line_was_added(&body, &document, &boundary);
    let content_type = request.headers()[header::CONTENT_TYPE].to_str().expect("text");
    let part = Part { name: "file".into(), filename: name, media_type, headers: 2, document };
    assert_read_back(content_type, &boundary, &body, &part);
    true
}

/// What an upload's boundary comes from.
struct How {
    seed: BoundarySeed,
    key: IdempotencyKey,
}

impl How {
    /// The request that goes out; `None` where the upload is refused.
    fn request(&self, name: &str, media_type: &str, payload: Payload) -> Option<Request<Body>> {
        let (name, media_type) = (FileName::new(name).ok()?, MediaType::new(media_type).ok()?);
        let upload = UploadDocument::new(self.key.clone(), self.seed.clone(), name, media_type, payload);
        let client = flow::client(Partner::demo(), Policy::default());
        let step = client.perform(&Call::new(&upload).ok()?, flow::NOW, [0; 16]);
        Some(flow::send(step, &flow::token("t")).into_parts().0)
    }
}

fn assert_read_back(content_type: &str, boundary: &str, body: &[u8], part: &Part) {
    for size in [body.len(), 7] {
        let read = by_multer(boundary, body, size);
        assert_eq!(read.iter().collect::<Vec<_>>(), [part], "multer, {size} bytes at a time");
    }
    // A reader of mail would go on into a document that says of itself that it has parts.
    if !part.media_type.to_ascii_lowercase().starts_with("multipart") {
        let read = by_mailparse(content_type, body);
        assert_eq!(read.iter().collect::<Vec<_>>(), [part], "mailparse");
    }
}

fn unescaped(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0")
}

/// The rule of file names, said again.
fn fits(name: &str) -> bool {
    let characters: Vec<u32> = name.chars().map(u32::from).collect();
    let refused = |code: &u32| matches!(*code, 0..=0x1f | 0x22 | 0x2f | 0x5c | 0x7f..=0x9f | 0x2028 | 0x2029);
    (1..=100).contains(&characters.len())
        && !characters.iter().any(refused)
        && characters != [0x2e]
        && characters != [0x2e, 0x2e]
}

/// The boundary, from a request whose only words about its body are the ones that belong there.
fn boundary(request: &Request<Body>) -> String {
    assert_eq!(request.headers().get_all(header::CONTENT_TYPE).iter().count(), 1);
    let content_type = request.headers()[header::CONTENT_TYPE].to_str().expect("text");
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").expect("form data");
    assert!(boundary.len() == 32 && boundary.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    boundary.to_owned()
}

/// All bytes of a body, with the document read from elsewhere where it is not in memory.
fn bytes(body: &Body, document: &[u8]) -> Vec<u8> {
    let (mut cursor, mut all, mut rest) = (body.cursor(), Vec::new(), document);
    loop {
        match cursor.want().expect("the document is as long as it was said") {
            Want::Emit(bytes) => all.extend_from_slice(&bytes),
            Want::Read(most) => {
                let (piece, behind) = rest.split_at(most.min(rest.len()));
                cursor.got(piece).expect("it is what was wanted");
                all.extend_from_slice(piece);
                rest = behind;
            }
            _ => break,
        }
    }
    assert_eq!(all.len() as u64, body.len(), "the length that is announced");
    all
}

/// The same as a transport is given it, which holds every piece to the end.
fn handed_over(body: &Body, document: &[u8], step: usize) -> Vec<u8> {
    let (mut sending, mut pieces, mut rest) = (Sending::new(body, 1, None), Vec::new(), document);
    let mut read = |room: &mut [u8]| {
        let (piece, behind) = rest.split_at(rest.len().min(room.len()).min(step));
        room[..piece.len()].copy_from_slice(piece);
        rest = behind;
        Poll::Ready(Ok(piece.len()))
    };
    while let Poll::Ready(Ok(Some(piece))) = sending.poll_piece(&mut read) {
        pieces.push(piece);
    }
    assert_eq!(sending.left(), 0, "it is whole");
    pieces.concat()
}

/// Without a parser: the framing is six lines and two boundaries, whatever name and type say.
fn assert_no_line_was_added(body: &[u8], document: &[u8], boundary: &str) {
    assert_eq!(count(body, boundary.as_bytes()), 2);
    for end in [b"\r", b"\n"] {
        assert_eq!(count(body, end) - count(document, end), 6, "{:?}", String::from_utf8_lossy(body));
    }
}

fn count(text: &[u8], part: &[u8]) -> usize {
    text.windows(part.len()).filter(|window| *window == part).count()
}

/// One part, as it was read.
#[derive(Debug, PartialEq)]
struct Part {
    name: String,
    filename: String,
    media_type: String,
    headers: usize,
    document: Vec<u8>,
}

/// A body that arrives in pieces of so many bytes.
struct Pieces {
    left: Bytes,
    size: usize,
}

impl Stream for Pieces {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let count = self.size.min(self.left.len());
        Poll::Ready((count > 0).then(|| Ok(self.left.split_to(count))))
    }
}

/// The parser of several servers.
fn by_multer(boundary: &str, body: &[u8], size: usize) -> Vec<Part> {
    let pieces = Pieces { left: Bytes::copy_from_slice(body), size };
    let mut multipart = multer::Multipart::new(pieces, boundary);
    let mut parts = Vec::new();
    while let Some(field) = block_on(multipart.next_field()).expect("multer reads it") {
        let media_type = field.headers()[header::CONTENT_TYPE].as_bytes().to_vec();
        parts.push(Part {
            name: field.name().expect("a name").to_owned(),
            filename: field.file_name().expect("a file name").to_owned(),
            media_type: String::from_utf8(media_type).expect("text"),
            headers: field.headers().len(),
            document: block_on(field.bytes()).expect("multer reads it").to_vec(),
        });
    }
    parts
}

/// A parser of mail, which knows nothing of forms.
fn by_mailparse(content_type: &str, body: &[u8]) -> Vec<Part> {
    let message = [format!("Content-Type: {content_type}\r\n\r\n").as_bytes(), body].concat();
    let message = mailparse::parse_mail(&message).expect("mailparse reads it");
    let part = |part: &mailparse::ParsedMail<'_>| {
        let value = |name: &str| {
            let mut values = part.headers.iter().filter(|header| header.get_key() == name);
            let value = values.next().expect("the header").get_value_raw();
            String::from_utf8(value.to_vec()).expect("text")
        };
        let disposition = mailparse::parse_content_disposition(&value("Content-Disposition"));
        assert_eq!(disposition.params.len(), 2, "name and filename: {:?}", disposition.params);
        Part {
            name: disposition.params["name"].clone(),
            filename: disposition.params["filename"].clone(),
            media_type: value("Content-Type"),
            headers: part.headers.len(),
            document: part.get_body_raw().expect("it has no encoding"),
        }
    };
    message.subparts.iter().map(part).collect()
}
