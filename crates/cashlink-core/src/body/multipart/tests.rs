//! Each rule of RFC 7578 that uploads keep, and what is refused because some parser reads it otherwise.

use super::*;
use crate::body::Want;

fn upload(seed: u8, key: &str, payload: &'static str) -> Result<Body, InvalidValue> {
    let key = IdempotencyKey::new(key).unwrap();
    let name = FileName::new("id.pdf").unwrap();
    file(&BoundarySeed::new([seed; 16]), &key, &name, &MediaType::PDF, &Payload::Bytes(payload.into()))
}

fn bytes(body: &Body) -> Vec<u8> {
    let (mut cursor, mut all) = (body.cursor(), Vec::new());
    while let Ok(Want::Emit(bytes)) = cursor.want() {
        all.extend_from_slice(&bytes);
    }
    all
}

#[test]
fn a_file_is_framed_as_rfc_7578_has_it() {
    let body = upload(1, "k", "%PDF").unwrap();
    let boundary =
        body.content_type().unwrap().to_str().unwrap().strip_prefix("multipart/form-data; boundary=");
    let boundary = boundary.unwrap();
    assert_eq!(boundary.len(), 32);
    let expected = alloc::format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"id.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n%PDF\r\n--{boundary}--\r\n"
    );
    assert_eq!(bytes(&body), expected.as_bytes());
    assert_eq!(body.len(), expected.len() as u64);
}

/// The lines of a part with this name and type, without the boundary's own.
fn header_lines(name: &str, media_type: &str) -> Vec<String> {
    let (name, media_type) = (FileName::new(name).unwrap(), MediaType::new(media_type).unwrap());
    let key = IdempotencyKey::new("k").unwrap();
    let body = file(&BoundarySeed::new([1; 16]), &key, &name, &media_type, &Bytes::new().into()).unwrap();
    let text = String::from_utf8(bytes(&body)).unwrap();
    let (head, tail) = text.split_once("\r\n\r\n").unwrap();
    assert!(tail.starts_with("\r\n--"), "an empty document, then the delimiter's own line end");
    head.split("\r\n").skip(1).map(String::from).collect()
}

/// RFC 7578 §4.1, which leads to RFC 2046 §5.1.1: 1 to 70 of these characters, and no quotes where none are needed.
#[test]
fn rfc_7578_4_1_the_boundary_is_one_and_needs_no_quotes() {
    let body = upload(1, "k", "%PDF").unwrap();
    let content_type = body.content_type().unwrap().to_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(is_token(boundary) && boundary.len() <= 70, "{boundary}");
    assert!(bytes(&body).starts_with(alloc::format!("--{boundary}\r\n").as_bytes()), "no preamble");
    assert!(bytes(&body).ends_with(alloc::format!("\r\n--{boundary}--\r\n").as_bytes()));
}

/// RFC 7578 §4.2: `form-data` with a `name`, and `filename` for a file; `filename*` "MUST NOT be used". §4.7 and §4.8:
/// no transfer encoding, and no header but the two. §4.3 is about several files, and there is one.
#[test]
fn rfc_7578_4_2_a_part_has_its_name_its_file_name_and_no_other_header() {
    for name in ["id.pdf", "Gründungsurkunde.pdf", "契約書.pdf", "a'b%20c;d=e.pdf", "filename*=utf-8''x"]
    {
        let disposition =
            alloc::format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        let lines = header_lines(name, "application/pdf");
        assert_eq!(lines, [&*disposition, "Content-Type: application/pdf"]);
    }
}

/// RFC 7578 §4.4: a file "SHOULD" say its media type, which is the caller's word here: as it was given, parameters and
/// case included, and never left out, for then it would be `text/plain`.
#[test]
fn rfc_7578_4_4_the_type_goes_out_as_it_was_given() {
    for media_type in ["application/octet-stream", "text/plain; charset=utf-8", "Image/PNG", "a/b;c=d"] {
        let lines = header_lines("a", media_type);
        assert_eq!(lines[1], alloc::format!("Content-Type: {media_type}"));
    }
}

/// RFC 7578 §5.1.1 wants field names in ASCII: ours is one constant. A file name beyond ASCII goes out as UTF-8, which §4.2
/// calls typical. It would allow to percent-encode it too, but who reads `%C3%BC` can't tell whether a name is meant that
/// has these six characters. For the same reason `"` and `\` are refused, and not written as `%22` or `\"`: readers differ
/// in both (T17).
#[test]
fn rfc_7578_5_1_a_name_beyond_ascii_goes_out_as_utf_8_and_one_with_quotes_not_at_all() {
    let lines = header_lines("ü%C3%BC.pdf", "a/b");
    let bytes = b"Content-Disposition: form-data; name=\"file\"; filename=\"\xC3\xBC%C3%BC.pdf\"";
    assert_eq!(lines[0].as_bytes(), bytes);
    // Nobody composes or decomposes it, either.
    assert!(header_lines("u\u{308}", "a/b")[0].as_bytes().ends_with(b"\"u\xCC\x88\""));
    for quoted in ["a\"b", "\"a\"", "a\\\"b", "a\\b"] {
        assert!(FileName::new(quoted).is_err(), "{quoted}");
    }
}

#[test]
fn the_same_key_and_seed_mean_the_same_bytes() {
    let body = |seed, key| bytes(&upload(seed, key, "x").unwrap());
    assert_eq!(body(1, "k"), body(1, "k"));
    assert_ne!(body(1, "k"), body(2, "k"));
    assert_ne!(body(1, "k"), body(1, "l"));
}

/// The only ending that the vendor's samples show; what the name says before it counts for nothing.
#[test]
fn a_name_tells_its_type_only_where_the_samples_show_it() {
    for (name, known) in [
        ("contract.pdf", true),
        ("CONTRACT.PDF", true),
        ("scan.png.pdf", true),
        (".pdf", true),
        ("contract.pdf.png", false),
        ("contract.pdf.", false),
        ("contract.pdf ", false),
        ("contractpdf", false),
        ("pdf", false),
        ("contract.json", false),
        ("contract.ｐｄｆ", false),
    ] {
        let told = MediaType::of(&FileName::new(name).unwrap());
        assert_eq!(told, known.then_some(MediaType::PDF), "{name}");
    }
}

#[test]
fn t19_a_document_that_contains_the_boundary_is_refused() {
    let boundary = BoundarySeed::new([1; 16]).boundary(&IdempotencyKey::new("k").unwrap());
    let document = alloc::format!("abc{boundary}def");
    assert!(upload(1, "k", document.leak()).is_err());
}

#[test]
fn t19_a_name_or_a_type_that_contains_the_boundary_is_refused() {
    let key = IdempotencyKey::new("k").unwrap();
    let seed = BoundarySeed::new([1; 16]);
    let boundary = seed.boundary(&key);
    for payload in [Bytes::from_static(b"%PDF").into(), Payload::Ref(crate::body::PayloadRef::new(4))] {
        let framed = |name: &str, media_type: &str| {
            let (name, media_type) = (FileName::new(name).unwrap(), MediaType::new(media_type).unwrap());
            file(&seed, &key, &name, &media_type, &payload)
        };
        assert!(framed(&alloc::format!("a--{boundary}--"), "a/b").is_err());
        assert!(framed("a", &alloc::format!("a/b;c={boundary}")).is_err());
        assert!(framed(&boundary[..31], &alloc::format!("a/{}", &boundary[1..])).is_ok());
    }
}

#[test]
fn t17_t18_names_that_some_parser_reads_otherwise_are_refused() {
    for refused in [
        "",
        ".",
        "..",
        "a\"b",
        "a\\b",
        "a/b",
        "a\rb",
        "a\nb",
        "a\0b",
        "a\u{7f}b",
        "a\u{85}b",
        "a\u{2028}b",
        "a\u{2029}b",
    ] {
        assert!(FileName::new(refused).is_err(), "{refused:?}");
    }
    assert!(FileName::new("é".repeat(100)).is_ok());
    assert!(FileName::new("é".repeat(101)).is_err());
    for refused in [
        "",
        "pdf",
        "a/",
        "/b",
        "a/b/c",
        "a/b\r\nX: y",
        "a/b; c",
        "a/b; c=\"d\"",
        "a b/c",
        "a/b ;c=d",
        "a/b;  c=d",
        "a/b;",
        "ä/b",
    ] {
        assert!(MediaType::new(refused).is_err(), "{refused:?}");
    }
}

#[test]
fn a_seed_is_kept_as_it_was_drawn() {
    let entropy = *b"0123456789abcdef";
    assert_eq!(BoundarySeed::new(entropy).expose(), &entropy);
}
