use super::*;
use proptest::prelude::*;

const TYPE: &str = "multipart/form-data; boundary=b0undary";
const DISPOSITION: &str = "Content-Disposition: form-data; name=\"file\"; filename=\"id.pdf\"\r\n";

fn one_part(headers: &str, data: &str) -> String {
    format!("--b0undary\r\n{headers}\r\n{data}\r\n--b0undary--\r\n")
}

/// A part with its data, which only tests keep.
#[derive(Debug, PartialEq, Eq)]
struct Whole {
    part: Part,
    data: Vec<u8>,
}

/// Reads a body that comes in these pieces.
fn read_pieces<'a>(
    content_type: &str,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Vec<Whole>, Malformed> {
    let mut reader = Reader::new(content_type)?;
    let mut parts: Vec<Whole> = Vec::new();
    for piece in pieces {
        reader.push(piece, |event| match event {
            Event::Part(part) => parts.push(Whole { part, data: Vec::new() }),
            Event::Data(data) => {
                assert!(!data.is_empty());
                parts.last_mut().expect("data stands in a part").data.extend_from_slice(data);
            }
        })?;
    }
    reader.finish().map(|()| parts)
}

fn parse(content_type: &str, body: &[u8]) -> Result<Vec<Whole>, Malformed> {
    read_pieces(content_type, [body])
}

fn read(body: impl AsRef<[u8]>) -> Result<Vec<Whole>, Malformed> {
    parse(TYPE, body.as_ref())
}

#[test]
fn a_file_is_read_with_its_name_and_type() {
    let headers = format!("{DISPOSITION}Content-Type: application/pdf\r\n");
    assert_eq!(
        read(one_part(&headers, "%PDF\r\n\r\n--b0\r\n")).unwrap(),
        [Whole {
            part: Part {
                name: "file".to_owned(),
                file_name: Some("id.pdf".to_owned()),
                content_type: "application/pdf".to_owned(),
            },
            data: b"%PDF\r\n\r\n--b0\r\n".to_vec(),
        }]
    );
}

#[test]
fn several_parts_are_read_in_order_and_a_type_is_text_unless_it_is_said() {
    let body = "--b0undary\r\ncontent-disposition: form-data; name=kind\r\n\r\nproof\r\n--b0undary\r\n\
                Content-Disposition: form-data; name=\"file\"; filename=\"\u{fc}.pdf\"\r\n\r\n\r\n--b0undary--";
    let parts = read(body).unwrap();
    assert_eq!(parts.len(), 2);
    assert_eq!(
        (&*parts[0].part.name, &*parts[0].part.content_type, &parts[0].data[..]),
        ("kind", "text/plain", &b"proof"[..])
    );
    assert_eq!(parts[1].part.file_name.as_deref(), Some("\u{fc}.pdf"));
    assert!(parts[1].data.is_empty());
}

#[test]
fn a_quoted_boundary_is_the_same_boundary() {
    let body = one_part(DISPOSITION, "x");
    assert_eq!(
        parse("multipart/form-data; charset=utf-8; boundary=\"b0undary\"", body.as_bytes()).unwrap().len(),
        1
    );
}

#[test]
fn a_line_that_only_begins_with_the_boundary_is_refused() {
    assert!(read(one_part(DISPOSITION, "x\r\n--b0undaryX\r\ny")).is_err());
}

#[test]
fn names_that_parsers_read_differently_are_refused() {
    for disposition in [
        "form-data; name=\"file\"; filename=\"a\\\"b.pdf\"",
        "form-data; name=\"file\"; filename=\"a\"b.pdf\"",
        "form-data; name=\"file\"; filename=\"a\\b.pdf\"",
        "form-data; name=\"file\"; filename=\"../a.pdf\"",
        "form-data; name=\"file\"; filename=\"..\"",
        "form-data; name=\"file\"; filename=\"\"",
        "form-data; name=\"file\"; filename=\"a\u{0}.pdf\"",
        "form-data; name=\"file\"; filename*=UTF-8''a.pdf",
        "form-data; name=\"file\"; name=\"other\"",
        "form-data; name=\"\"",
        "form-data",
        "attachment; name=\"file\"",
    ] {
        let headers = format!("Content-Disposition: {disposition}\r\n");
        assert!(read(one_part(&headers, "x")).is_err(), "{disposition}");
    }
}

#[test]
fn malformed_parts_are_refused() {
    for headers in [
        "",
        "Content-Type: text/plain\r\n",
        &format!("{DISPOSITION}{DISPOSITION}"),
        &format!("{DISPOSITION}Content-Type: pdf\r\n"),
        &format!("{DISPOSITION}Content-Type: application/pdf; x\r\n"),
        &format!("{DISPOSITION}Content-Transfer-Encoding: base64\r\n"),
        &format!("{DISPOSITION}no colon\r\n"),
        &format!("{DISPOSITION} folded: line\r\n"),
        &format!("{DISPOSITION}X: a\nb\r\n"),
        &format!("{DISPOSITION}X: {}\r\n", "a".repeat(MAX_HEADERS)),
    ] {
        assert!(read(one_part(headers, "x")).is_err(), "{headers:?}");
    }
}

#[test]
fn nothing_may_stand_before_or_after_the_parts() {
    let body = one_part(DISPOSITION, "x");
    assert!(read(body.clone()).is_ok());
    assert!(read(format!("\r\n{body}")).is_err());
    assert!(read(format!("preamble\r\n{body}")).is_err());
    assert!(read(format!("{body}epilogue")).is_err());
    assert!(read(body.replace("--b0undary\r\nC", "--b0undary \r\nC")).is_err());
}

#[test]
fn a_boundary_is_1_to_70_allowed_characters() {
    for content_type in [
        "multipart/form-data".to_owned(),
        "multipart/form-data; boundary=".to_owned(),
        "multipart/form-data; boundary=\"a b\"".to_owned(),
        format!("multipart/form-data; boundary={}", "a".repeat(71)),
        "multipart/form-data; boundary=a; boundary=a".to_owned(),
    ] {
        assert!(parse(&content_type, b"--a--").is_err(), "{content_type}");
    }
}

#[test]
fn there_is_an_end_to_the_number_of_parts() {
    let part = "--b0undary\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n";
    assert_eq!(read(part.repeat(MAX_PARTS) + "--b0undary--").unwrap().len(), MAX_PARTS);
    assert!(read(part.repeat(MAX_PARTS + 1) + "--b0undary--").is_err());
}

#[test]
fn a_body_cut_anywhere_is_refused() {
    let body = one_part(&format!("{DISPOSITION}Content-Type: application/pdf\r\n"), "%PDF\r\n");
    // The last line end is not needed: that is the one place where less is as good.
    for end in 0..body.len() - 2 {
        assert!(read(&body[..end]).is_err(), "cut after {end} of {} bytes", body.len());
    }
}

/// Two parts whose data is all but a delimiter, and bodies that are none.
fn bodies() -> Vec<String> {
    let good = format!(
        "--b0undary\r\n{DISPOSITION}\r\n\r\n--b0undar\r\r\n-\r\n--b0undary\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b0undary--\r\n"
    );
    assert_eq!(read(&good).unwrap()[0].data, b"\r\n--b0undar\r\r\n-");
    vec![
        good.clone(),
        format!("{good}epilogue"),
        good.replace("y--\r\n", "y-\r\n"),
        good.replace("form-data", "attachment"),
        good.replace("--b0undary\r\n", "--b0undaryX"),
        good.replace("filename=", &format!("x={}; filename=", "a".repeat(MAX_HEADERS))),
        good[..good.len() - 5].to_owned(),
        format!("\r\n{good}"),
        format!("--b0undary\r\n\r\n{good}"),
        String::new(),
    ]
}

#[test]
fn a_body_reads_the_same_wherever_it_is_split() {
    for body in bodies() {
        let (body, whole) = (body.as_bytes(), read(&body));
        for at in 0..=body.len() {
            let (one, two) = body.split_at(at);
            assert_eq!(read_pieces(TYPE, [one, two]), whole, "split at {at} of {}", body.len());
        }
        assert_eq!(read_pieces(TYPE, body.chunks(1)), whole, "byte by byte");
    }
}

#[test]
fn a_reader_holds_no_more_than_a_head_and_a_delimiter() {
    let start = format!("--b0undary\r\n{DISPOSITION}\r\n");
    let mut reader = Reader::new(TYPE).unwrap();
    reader.push(start.as_bytes(), |_| ()).unwrap();
    for _ in 0..1000 {
        reader.push(&[b'\r'; 10_000], |_| ()).unwrap();
        assert!(reader.pending.len() < "\r\n--b0undary".len());
    }
    let mut reader = Reader::new(TYPE).unwrap();
    reader.push(b"--b0undary\r\n", |_| ()).unwrap();
    let endless = (0..).find(|_| reader.push(b"abc", |_| ()).is_err()).unwrap();
    assert!(endless * 3 <= MAX_HEADERS + 3, "{endless}");
}

fn digested(content_type: &str, pieces: &[&[u8]]) -> Upload {
    let mut digester = Digester::new(content_type);
    pieces.iter().for_each(|piece| digester.push(piece));
    digester.finish()
}

/// The hashes are FIPS 180-2's of "abc" and of nothing.
#[test]
fn of_each_part_remain_its_length_and_its_hash() {
    let body = "--b0undary\r\nContent-Disposition: form-data; name=kind\r\n\r\nabc\r\n--b0undary\r\n\
                Content-Disposition: form-data; name=\"file\"; filename=\"id.pdf\"\r\n\r\n\r\n--b0undary--";
    let upload = digested(TYPE, &[body.as_bytes()]);
    let parts = upload.parts.unwrap();
    let told: Vec<_> = parts.iter().map(|file| (&*file.part.name, file.length, &file.sha256[..4])).collect();
    assert_eq!(
        told,
        [("kind", 3, &[0xba, 0x78, 0x16, 0xbf][..]), ("file", 0, &[0xe3, 0xb0, 0xc4, 0x42][..])]
    );
}

/// A key that is repeated is compared by the whole body, also where that is none.
#[test]
fn a_malformed_body_is_hashed_to_its_end() {
    let hash = |body: &str| digested(TYPE, &[body.as_bytes()]).sha256;
    assert!(digested(TYPE, &[b"preamble", b"one"]).parts.is_err());
    assert_eq!(digested(TYPE, &[b"preamble", b"one"]).sha256, hash("preambleone"));
    assert_ne!(hash("preambleone"), hash("preambletwo"));
    assert_eq!(digested("multipart/form-data", &[b"a", b"b"]).sha256, hash("ab"));
}

proptest! {
    #[test]
    fn a_body_reads_the_same_in_whatever_pieces_it_comes(
        body in "(--b0undary(--)?\r\n|\r\n|\r|Content-Disposition: form-data; name=a(; filename=b)?\r\n|\r\n--b0undary|x){0,20}",
        sizes in proptest::collection::vec(1_usize..40, 1..8),
    ) {
        let body = format!("--b0undary\r\n{body}");
        let (mut rest, mut pieces) = (body.as_bytes(), Vec::new());
        for size in sizes.iter().cycle() {
            let (piece, after) = rest.split_at(rest.len().min(*size));
            pieces.push(piece);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(read_pieces(TYPE, pieces.iter().copied()), read(&body));
        prop_assert_eq!(digested(TYPE, &pieces), digested(TYPE, &[body.as_bytes()]));
    }

    #[test]
    fn any_data_that_does_not_hold_the_delimiter_comes_back_as_it_was(data in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assume!(find(&data, b"\r\n--b0undary").is_none());
        let mut body = format!("--b0undary\r\n{DISPOSITION}\r\n").into_bytes();
        body.extend_from_slice(&data);
        body.extend_from_slice(b"\r\n--b0undary--\r\n");
        prop_assert_eq!(&read(body).unwrap()[0].data[..], &data[..]);
    }

    #[test]
    fn no_body_and_no_content_type_makes_it_panic(
        content_type in "(multipart/form-data; ?)?[boundary=\";\\\\ -]{0,30}",
        body in "(--|b0undary|\r\n|\r|\n|: ?|name=|\"|;|é|form-data|Content-Disposition){0,30}",
    ) {
        let _ = parse(&content_type, body.as_bytes());
        let _ = read(&body);
    }
}
