use crate::demo;
use crate::scene::{Ask, DOCUMENTS, Scene};
use crate::store::Kind;
use serde_json::json;

#[test]
fn an_uploaded_document_is_known_by_id_name_type_length_and_digest() {
    let mut scene = Scene::new();
    let told =
        scene.distributor(Ask::post(DOCUMENTS).key("k").file("name=\"file\"; filename=\"id.pdf\"", "abc"));
    told.is(201, json!({"id": told.id()}));
    let kept = scene.sandbox.object(Kind::Document, &told.id()).unwrap();
    assert_eq!(
        kept.json(),
        json!({
            "id": told.id(),
            "name": "id.pdf",
            "content_type": "application/pdf",
            "length": 3,
            // FIPS 180-2, appendix B.1.
            "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        })
    );
    let kept = kept.json();
    assert_eq!(scene.ask(Ask::get("/_sandbox/state")).json()["documents"], json!([kept]));
}

#[test]
fn an_issuer_uploads_documents_too() {
    let mut scene = Scene::new();
    let token = scene.token_for(demo::ISSUER_CLIENT_ID, demo::ISSUER_CLIENT_SECRET, "documents:write");
    let upload = Ask::post("/api/external/issuer/v2/documents/").key("k").bearer(&token);
    assert_eq!(scene.ask(upload.file("name=\"file\"; filename=\"id.pdf\"", "abc")).status, 201);
}

#[test]
fn a_document_that_is_no_file_is_refused_under_the_name_of_its_part() {
    let long = format!("name=\"file\"; filename=\"{}.pdf\"", "a".repeat(97));
    let rows = [
        ("name=\"document\"; filename=\"id.pdf\"", "abc", "No file was submitted."),
        ("name=\"file\"", "abc", "The submitted data was not a file. Check the encoding type on the form."),
        ("name=\"file\"; filename=\"id.pdf\"", "", "The submitted file is empty."),
        (&long, "abc", "Ensure this filename has at most 100 characters (it has 101)."),
    ];
    for (disposition, data, message) in rows {
        let mut scene = Scene::new();
        let told = scene.distributor(Ask::post(DOCUMENTS).key("k").file(disposition, data));
        told.is(400, json!({"file": [message]}));
        assert_eq!(scene.sandbox.count(Kind::Document), 0);
    }
}

#[test]
fn a_document_must_be_well_formed_multipart() {
    let mut scene = Scene::new();
    scene
        .distributor(Ask::post(DOCUMENTS).key("a").json(&json!({})))
        .is(415, json!({"detail": "Unsupported media type \"application/json\" in request."}));
    scene
        .distributor(Ask::post(DOCUMENTS).key("b").body("multipart/form-data; boundary=b", "--b"))
        .is(400, json!({"detail": "Multipart form parse error - a boundary is followed by something else than a line end"}));
}
