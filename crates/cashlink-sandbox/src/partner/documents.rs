//! Documents: uploaded, then referred to by id.

use crate::drf::{self, Errors, Refusal};
use crate::exchange::{Answer, Exchange};
use crate::multipart::Upload;
use crate::store::{Kind, Members, Object};
use crate::world::World;
use http::StatusCode;
use serde_json::json;
use std::fmt::Write as _;

/// `POST …/documents/`: `multipart/form-data` with the file in the part `file`; other parts are ignored. Only the `id` is
/// documented in the answer, and only it is there.
pub(crate) fn upload(world: &mut World, exchange: &Exchange<'_>) -> Answer {
    let content_type = drf::content_type(exchange.request, "multipart/form-data")?;
    let parts = Upload::of(exchange.request, content_type)
        .parts
        .map_err(|reason| Refusal::bad_request(format!("Multipart form parse error - {reason}")))?;
    let mut files = parts.into_iter().filter(|file| file.part.name == "file");
    let (Some(file), None) = (files.next(), files.next()) else {
        return Err(refused("No file was submitted."));
    };
    let Some(name) = file.part.file_name else {
        return Err(refused("The submitted data was not a file. Check the encoding type on the form."));
    };
    let characters = name.chars().count();
    if characters > 100 {
        return Err(refused(format!(
            "Ensure this filename has at most 100 characters (it has {characters})."
        )));
    }
    if file.length == 0 {
        return Err(refused("The submitted file is empty."));
    }
    let mut members = Members::default();
    members.set("name", &name.into());
    members.set("content_type", &file.part.content_type.into());
    members.set("length", &file.length.into());
    members.set("sha256", &hex(&file.sha256).into());
    let document = Object::new(world.mint.uuid("document"), exchange.now, members);
    let document = world.store.add(Kind::Document, document);
    Ok(drf::json(StatusCode::CREATED, &json!({ "id": document.id() })))
}

fn refused(message: impl Into<String>) -> Refusal {
    let mut errors = Errors::default();
    errors.add("file", json!([message.into()]));
    Refusal::Fields(errors)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string doesn't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests;
