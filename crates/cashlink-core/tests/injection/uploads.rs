//! T17–T19: an upload is one part with the name, the file name, the type and the bytes that were given, whatever they say.

use cashlink_core::body::{Body, BoundarySeed, FileName, MediaType, PayloadRef};
use cashlink_core::bytes::Bytes;
use cashlink_core::http::Request;
use cashlink_core::partner::distributor::UploadDocument;
use cashlink_core::{Call, IdempotencyKey};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::multipart::{Part, parts};
use crate::python::read_back;
use crate::{bytes, partner, sent};

/// One upload, as the caller gave it.
#[derive(Clone, Debug)]
struct Upload {
    filename: String,
    media_type: String,
    payload: Vec<u8>,
    seed: [u8; 16],
}

impl Upload {
    fn new(filename: &str, media_type: &str, payload: &[u8]) -> Self {
        Self {
            filename: filename.into(),
            media_type: media_type.into(),
            payload: payload.into(),
            seed: [7; 16],
        }
    }

    /// The request that goes out; `None` where the upload is refused.
    fn request(&self) -> Option<Request<Body>> {
        let upload = UploadDocument::new(
            IdempotencyKey::new("passport-17").unwrap(),
            BoundarySeed::new(self.seed),
            FileName::new(&*self.filename).ok()?,
            MediaType::new(&*self.media_type).ok()?,
            Bytes::from(self.payload.clone()),
        );
        Call::new(&upload).ok().map(|call| sent(&partner(), &call))
    }

    fn part(&self) -> Part {
        Part {
            headers: vec!["content-disposition".into(), "content-type".into()],
            name: Some("file".into()),
            filename: Some(self.filename.clone()),
            content_type: self.media_type.clone(),
            payload: self.payload.clone().into(),
        }
    }

    fn answer(&self) -> Value {
        let hash: String = Sha256::digest(&self.payload).iter().map(|byte| format!("{byte:02x}")).collect();
        json!({
            "preamble": "",
            "epilogue": "",
            "defects": [],
            "parts": [{
                "headers": ["content-disposition", "content-type"],
                "parameters": ["form-data", "name", "filename"],
                "name": "file",
                "filename": self.filename,
                "content_type": self.media_type,
                "sha256": hash,
            }],
        })
    }
}

fn content_type(request: &Request<Body>) -> &str {
    request.headers()["content-type"].to_str().unwrap()
}

/// Both parsers find the one part that was given, and no other.
fn assert_read_back(uploads: &[Upload]) {
    let mut questions = Vec::new();
    for upload in uploads {
        let request = upload.request().unwrap_or_else(|| panic!("refused: {upload:?}"));
        let body = bytes(request.body());
        for size in [1, 7, body.len()] {
            let read = parts(content_type(&request), &body, size)
                .unwrap_or_else(|error| panic!("{upload:?}: {error}"));
            assert_eq!(read, [upload.part()]);
        }
        let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
        questions.push(json!({"content_type": content_type(&request), "body": hex}));
    }
    for (upload, answer) in uploads.iter().zip(read_back(&questions)) {
        assert_eq!(answer, upload.answer(), "{upload:?}");
    }
}

/// The boundary that this seed makes with the key of all uploads here.
fn boundary(seed: [u8; 16]) -> String {
    let request = Upload { seed, ..Upload::new("a", "a/b", b"") }.request().unwrap();
    content_type(&request).strip_prefix("multipart/form-data; boundary=").unwrap().into()
}

const NAMES: [&str; 30] = [
    "id.pdf",
    "Gründungsurkunde.pdf",
    "契約書.pdf",
    "договор.pdf",
    "👩\u{200d}🚀.pdf",
    "e\u{301}.pdf",
    " leading and trailing ",
    " ",
    "a;b.pdf",
    "a; filename=evil.pdf",
    "a; name=other",
    "a=b.pdf",
    "a'b.pdf",
    "''",
    "utf-8''a%20b.pdf",
    "%0d%0aX-Evil: 1",
    "%22; name=%22other",
    "%",
    "=?utf-8?q?a?=",
    "filename*=utf-8''evil.pdf",
    "a,b.pdf",
    "<script>alert(1)<script>",
    "...",
    ".hidden",
    "--",
    "C:evil.pdf",
    "a:b|c?d*e",
    "\u{202e}fdp.exe",
    "\u{feff}bom.pdf",
    "\u{a0}nbsp\u{3000}",
];

#[test]
fn t17_a_name_that_is_accepted_is_read_back_by_two_parsers() {
    let mut uploads: Vec<Upload> =
        NAMES.iter().map(|name| Upload::new(name, "application/pdf", b"%PDF")).collect();
    uploads.push(Upload::new(&"契".repeat(100), "application/pdf", b"%PDF"));
    uploads.push(Upload::new(&"x".repeat(100), "application/pdf", b"%PDF"));
    assert_read_back(&uploads);
}

#[test]
fn t17_every_byte_in_a_name_is_refused_or_read_back() {
    let mut accepted = Vec::new();
    for byte in 0..=255_u8 {
        let character = char::from(byte);
        let rule = !character.is_control() && !b"\"\\/".contains(&byte);
        for name in [format!("{character}ab"), format!("a{character}b"), format!("ab{character}")] {
            let upload = Upload::new(&name, "application/pdf", b"%PDF");
            assert_eq!(upload.request().is_some(), rule, "{name:?}");
            accepted.extend(rule.then_some(upload));
        }
    }
    assert_read_back(&accepted);
}

#[test]
fn t17_t18_names_and_types_that_parsers_read_otherwise_are_refused() {
    for name in [
        "",
        ".",
        "..",
        "a\"b",
        "a\"; name=\"other",
        "a\\\"b",
        "a\\",
        "../a",
        "a/b",
        "a\r\nX-Evil: 1",
        "a\r\n\r\nbody",
        "a\nb",
        "a\rb",
        "a\0b",
        "a\tb",
        "a\u{7f}",
        "a\u{85}",
        "a\u{9b}",
        "a\u{2028}b",
        "a\u{2029}b",
        &"x".repeat(101),
    ] {
        assert!(Upload::new(name, "application/pdf", b"").request().is_none(), "{name:?}");
    }
    for media_type in [
        "",
        "pdf",
        "a/b\r\nX-Evil: 1",
        "a/b\r\n\r\nbody",
        "a/b\n",
        "a/b; c=\"d\"",
        "a/b; c=d; e",
        "a/b, c/d",
        "a/b ",
        " a/b",
        "multipart/mixed; boundary=a b",
    ] {
        assert!(Upload::new("a", media_type, b"").request().is_none(), "{media_type:?}");
    }
}

#[test]
fn t18_a_type_that_is_accepted_is_read_back_by_two_parsers() {
    let types = [
        "application/pdf",
        "text/plain; charset=utf-8",
        "text/plain;charset=iso-8859-1",
        "a/b; c=d; e=f",
        "image/svg+xml",
        "application/vnd.a.b+json",
        "x-!#$&/*'+-.^_`|~",
    ];
    assert_read_back(&types.map(|media_type| Upload::new("a.pdf", media_type, b"%PDF")));
}

#[test]
fn t19_a_payload_that_nearly_is_a_boundary_is_read_back_whole() {
    let boundary = boundary([7; 16]);
    let mut payloads: Vec<Vec<u8>> = [
        "",
        "\r",
        "\n",
        "\r\n",
        "\r\n\r\n",
        "--",
        "\r\n--",
        "\r\n----\r\n",
        "\r\nContent-Type: text/html\r\n\r\n",
    ]
    .map(|payload| payload.as_bytes().to_vec())
    .into();
    // Every prefix but the whole: three parsers of the field cut a file there. And the boundary in another case.
    for end in 0..boundary.len() {
        payloads.push(format!("before\r\n--{}\r\nafter", &boundary[..end]).into());
        payloads.push(format!("--{}", &boundary[..end]).into());
    }
    payloads.push(format!("\r\n--{}--\r\n", boundary.to_uppercase()).into());
    let uploads: Vec<_> = payloads.iter().map(|payload| Upload::new("a.pdf", "a/b", payload)).collect();
    assert_read_back(&uploads);
}

#[test]
fn t19_a_payload_that_holds_the_boundary_is_refused_and_another_seed_helps() {
    let payload = format!("before\r\n--{}--\r\nafter", boundary([7; 16]));
    let refused = Upload::new("a.pdf", "a/b", payload.as_bytes());
    assert!(refused.request().is_none());
    assert_read_back(&[Upload { seed: [8; 16], ..refused }]);
}

#[test]
fn t19_the_boundary_is_128_bits_of_the_seed_and_differs_with_its_every_bit() {
    let mut boundaries = std::collections::BTreeSet::from([boundary([0; 16])]);
    for bit in 0..128 {
        let mut seed = [0; 16];
        seed[bit / 8] = 1 << (bit % 8);
        boundaries.insert(boundary(seed));
    }
    assert_eq!(boundaries.len(), 129);
    assert!(
        boundaries
            .iter()
            .all(|boundary| boundary.len() == 32 && boundary.bytes().all(|b| b.is_ascii_hexdigit()))
    );
}

#[test]
fn t17_t19_a_payload_elsewhere_gets_the_same_framing() {
    let upload = Upload::new("a.pdf", "a/b", b"%PDF");
    let elsewhere = UploadDocument::new(
        IdempotencyKey::new("passport-17").unwrap(),
        BoundarySeed::new(upload.seed),
        FileName::new("a.pdf").unwrap(),
        MediaType::new("a/b").unwrap(),
        PayloadRef::new(4),
    );
    let request = sent(&partner(), &Call::new(&elsewhere).unwrap());
    let in_memory = upload.request().unwrap();
    assert_eq!(content_type(&request), content_type(&in_memory));
    assert_eq!(request.body().len(), in_memory.body().len());
}

fn any_upload() -> impl Strategy<Value = Upload> {
    let name = prop_oneof!["[^\\p{Cc}\"\\\\/\u{2028}\u{2029}]{1,100}", "[;='%*? a-z.-]{3,40}"]
        .prop_filter("no name of a folder", |name| name != "." && name != "..");
    let token = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}";
    let media_type = (token, token, prop::collection::vec((token, token), 0..3)).prop_map(
        |(kind, subtype, parameters)| {
            let parameters: String =
                parameters.iter().map(|(name, value)| format!("; {name}={value}")).collect();
            format!("{kind}/{subtype}{parameters}")
        },
    );
    let payload = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        "[\r\n-]{0,60}".prop_map(String::into_bytes),
        "(\r\n--[0-9a-f]{1,32}(--)?){1,5}".prop_map(String::into_bytes),
    ];
    (name, media_type, payload, any::<[u8; 16]>()).prop_map(|(filename, media_type, payload, seed)| Upload {
        filename,
        media_type,
        payload,
        seed,
    })
}

#[test]
fn t17_t19_any_upload_is_read_back_by_two_parsers() {
    // One batch for one process of Python; the same one on every run.
    let mut runner = TestRunner::deterministic();
    let uploads: Vec<Upload> =
        (0..500).map(|_| any_upload().new_tree(&mut runner).unwrap().current()).collect();
    assert_read_back(&uploads);
}
