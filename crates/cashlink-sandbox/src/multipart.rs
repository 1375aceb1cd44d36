//! `multipart/form-data` (RFC 7578, RFC 2046), read strictly: what two parsers could understand differently is refused.
//!
//! Refused, although RFC 2046 lets it pass: text before the first or after the last boundary, spaces after a boundary, and a line
//! in a part that begins with the boundary but goes on. T17 to T19 tell why a client must never produce the latter.

use bytes::Bytes;

/// One part.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    /// As sent, or `text/plain` (RFC 7578 section 4.4).
    pub(crate) content_type: String,
    pub(crate) data: Bytes,
}

/// Why a body is none. In few words: they go into an answer, which must not echo the body.
type Malformed = &'static str;

/// No client needs more, and a sandbox need not find out what happens then.
const MAX_PARTS: usize = 100;
const MAX_HEADERS: usize = 8 * 1024;

/// The parts of a body, whose content type says where the boundary is.
pub(crate) fn parse(content_type: &str, body: &Bytes) -> Result<Vec<Part>, Malformed> {
    let (_, parameters) = value_and_parameters(content_type)?;
    let boundary = parameters.get("boundary").ok_or("the content type names no boundary")?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    if !(1..=70).contains(&boundary.len()) || !boundary.bytes().all(allowed) {
        return Err("the boundary is not 1 to 70 of the characters that RFC 2046 allows");
    }
    let delimiter = format!("\r\n--{boundary}");
    let mut place = body.strip_prefix(&delimiter.as_bytes()[2..]).map(|rest| body.len() - rest.len());
    let mut parts = Vec::new();
    while let Some(start) = place {
        match &body[start..] {
            // After the closing delimiter, a line end is usual and nothing more is wanted.
            b"--" | b"--\r\n" => return Ok(parts),
            [b'\r', b'\n', ..] if parts.len() < MAX_PARTS => {}
            [b'\r', b'\n', ..] => return Err("there are too many parts"),
            _ => return Err("a boundary is followed by something else than a line end"),
        }
        let (header, data) = headers(body, start + 2)?;
        let end = find(body, data, delimiter.as_bytes()).ok_or("a part doesn't end")?;
        parts.push(Part { data: body.slice(data..end), ..header });
        place = Some(end + delimiter.len());
    }
    Err("the body doesn't begin with the boundary")
}

/// Where `needle`, which begins with a carriage return, next stands in `body`.
fn find(body: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    let mut at = from;
    loop {
        at += body.get(at..)?.iter().position(|byte| *byte == b'\r')?;
        if body[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
}

/// The headers of the part that begins at `start`, and where its data begins.
fn headers(body: &Bytes, start: usize) -> Result<(Part, usize), Malformed> {
    let (mut disposition, mut content_type) = (None, None);
    let mut at = start;
    loop {
        let end = find(body, at, b"\r\n").ok_or("the headers of a part don't end")?;
        if end - start > MAX_HEADERS {
            return Err("the headers of a part are too long");
        }
        let line = std::str::from_utf8(&body[at..end]).map_err(|_| "a header of a part is not UTF-8")?;
        at = end + 2;
        if line.is_empty() {
            break;
        }
        if line.contains(char::is_control) {
            return Err("a header of a part has control characters");
        }
        let (name, value) = line.split_once(':').ok_or("a header of a part has no colon")?;
        let earlier = match name.to_ascii_lowercase().as_str() {
            "content-disposition" => disposition.replace(value.trim()),
            "content-type" => content_type.replace(value.trim()),
            // RFC 7578 section 4.7: deprecated, and with any other value the data would not be the file.
            "content-transfer-encoding" if !matches!(value.trim(), "7bit" | "8bit" | "binary") => {
                return Err("a part is encoded");
            }
            _ if !is_token(name) => return Err("a header of a part has no name"),
            _ => None,
        };
        if earlier.is_some() {
            return Err("a header of a part is given twice");
        }
    }
    let (name, file_name) = names(disposition.ok_or("a part has no Content-Disposition")?)?;
    let content_type = content_type.unwrap_or("text/plain");
    let (essence, _) = value_and_parameters(content_type)?;
    if !essence.split_once('/').is_some_and(|(main, sub)| is_token(main) && is_token(sub)) {
        return Err("the Content-Type of a part is none");
    }
    Ok((Part { name, file_name, content_type: content_type.to_owned(), data: Bytes::new() }, at))
}

fn names(disposition: &str) -> Result<(String, Option<String>), Malformed> {
    let (form_data, mut parameters) = value_and_parameters(disposition)?;
    if !form_data.eq_ignore_ascii_case("form-data") {
        return Err("a part is no form-data");
    }
    if parameters.get("filename*").is_some() {
        return Err("a part has filename*, which RFC 7578 section 4.2 forbids");
    }
    let name = parameters.take("name").filter(|name| !name.is_empty()).ok_or("a part has no name")?;
    let file_name = parameters.take("filename");
    if file_name.as_deref().is_some_and(|name| matches!(name, "" | "." | "..") || name.contains('/')) {
        return Err("a file name is empty or a path");
    }
    Ok((name, file_name))
}

/// The parameters of a header value, by lower-case name.
#[derive(Debug)]
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| &**value)
    }

    fn take(&mut self, name: &str) -> Option<String> {
        self.0.iter_mut().find(|(own, _)| own == name).map(|(_, value)| std::mem::take(value))
    }
}

/// Splits `value; name=token; name="quoted"`. A backslash is refused: parsers disagree about what it means.
fn value_and_parameters(text: &str) -> Result<(&str, Parameters), Malformed> {
    let (value, mut rest) = text.split_once(';').unwrap_or((text, ""));
    let mut parameters = Parameters(Vec::new());
    while !rest.trim().is_empty() {
        let (name, after) = rest.split_once('=').ok_or("a parameter has no value")?;
        let name = name.trim().to_ascii_lowercase();
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').ok_or("a quoted value doesn't end")?;
                (value, after.trim_start())
            }
            None => {
                let (value, _) = after.split_once(';').unwrap_or((after, ""));
                if !is_token(value.trim()) {
                    return Err("an unquoted value is no token");
                }
                (value.trim(), &after[value.len()..])
            }
        };
        if value.contains('\\') {
            return Err("a value has a backslash");
        }
        if !is_token(&name) || parameters.get(&name).is_some() {
            return Err("a parameter is given twice, or has no name");
        }
        parameters.0.push((name, value.to_owned()));
        rest = match after.strip_prefix(';') {
            Some(rest) => rest,
            None if after.is_empty() => after,
            None => return Err("a parameter is followed by something else than a semicolon"),
        };
    }
    Ok((value.trim(), parameters))
}

/// RFC 9110 section 5.6.2.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests;
