use super::*;
use proptest::prelude::*;

const TYPE: &str = "multipart/form-data; boundary=b0undary";
const DISPOSITION: &str = "Content-Disposition: form-data; name=\"file\"; filename=\"id.pdf\"\r\n";

fn one_part(headers: &str, data: &str) -> String {
    format!("--b0undary\r\n{headers}\r\n{data}\r\n--b0undary--\r\n")
}

fn read(body: impl Into<Bytes>) -> Result<Vec<Part>, Malformed> {
    parse(TYPE, &body.into())
}

#[test]
fn a_file_is_read_with_its_name_and_type() {
    let headers = format!("{DISPOSITION}Content-Type: application/pdf\r\n");
    assert_eq!(
        read(one_part(&headers, "%PDF\r\n\r\n--b0\r\n")).unwrap(),
        [Part {
            name: "file".to_owned(),
            file_name: Some("id.pdf".to_owned()),
            content_type: "application/pdf".to_owned(),
            data: Bytes::from_static(b"%PDF\r\n\r\n--b0\r\n"),
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
        (&*parts[0].name, &*parts[0].content_type, &parts[0].data[..]),
        ("kind", "text/plain", &b"proof"[..])
    );
    assert_eq!(parts[1].file_name.as_deref(), Some("\u{fc}.pdf"));
    assert!(parts[1].data.is_empty());
}

#[test]
fn a_quoted_boundary_is_the_same_boundary() {
    let body = Bytes::from(one_part(DISPOSITION, "x"));
    assert_eq!(parse("multipart/form-data; charset=utf-8; boundary=\"b0undary\"", &body).unwrap().len(), 1);
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
        assert!(parse(&content_type, &Bytes::from_static(b"--a--")).is_err(), "{content_type}");
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
    let body = Bytes::from(one_part(&format!("{DISPOSITION}Content-Type: application/pdf\r\n"), "%PDF\r\n"));
    // The last line end is not needed: that is the one place where less is as good.
    for end in 0..body.len() - 2 {
        assert!(read(body.slice(..end)).is_err(), "cut after {end} of {} bytes", body.len());
    }
}

proptest! {
    #[test]
    fn any_data_that_does_not_hold_the_delimiter_comes_back_as_it_was(data in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assume!(find(&data, 0, b"\r\n--b0undary").is_none());
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
        let body = Bytes::from(body);
        let _ = parse(&content_type, &body);
        let _ = parse(TYPE, &body);
    }
}
