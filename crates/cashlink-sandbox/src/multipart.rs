//! `multipart/form-data` (RFC 7578, RFC 2046), read strictly and as it comes: what two parsers could understand differently is
//! refused.
//!
//! Refused, although RFC 2046 lets it pass: text before the first or after the last boundary, spaces after a boundary, and a line
//! in a part that begins with the boundary but goes on. T17 to T19 tell why a client must never produce the latter.

mod digest;

pub(crate) use digest::{Digester, Upload};

/// The head of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    /// As sent, or `text/plain` (RFC 7578 section 4.4).
    pub(crate) content_type: String,
}

/// Why a body is none. In few words: they go into an answer, which must not echo the body.
pub(crate) type Malformed = &'static str;

/// No client needs more, and a sandbox need not find out what happens then.
const MAX_PARTS: usize = 100;
const MAX_HEADERS: usize = 8 * 1024;

/// What stands in a body.
#[derive(Debug)]
enum Event<'a> {
    /// A part begins, and the one before it, if any, has ended.
    Part(Part),
    /// Some of its data, never empty. Where one piece ends and the next begins means nothing.
    Data(&'a [u8]),
}

/// Reads a body in whatever pieces it comes, and holds no more of it than the head of a part.
#[derive(Debug)]
struct Reader {
    delimiter: Vec<u8>,
    /// What came and can't be understood yet.
    pending: Vec<u8>,
    place: Place,
    parts: usize,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Start,
    /// Behind a boundary, where a line end or the end's two hyphens stand.
    Boundary,
    Headers,
    Data,
    /// Behind the closing boundary: a line end is usual, and nothing more is wanted.
    End,
}

const NO_START: Malformed = "the body doesn't begin with the boundary";
const NO_LINE: Malformed = "a boundary is followed by something else than a line end";

impl Reader {
    /// A reader for a body of this content type, which says where the boundary is.
    fn new(content_type: &str) -> Result<Self, Malformed> {
        let (_, parameters) = value_and_parameters(content_type)?;
        let boundary = parameters.get("boundary").ok_or("the content type names no boundary")?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
        if !(1..=70).contains(&boundary.len()) || !boundary.bytes().all(allowed) {
            return Err("the boundary is not 1 to 70 of the characters that RFC 2046 allows");
        }
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        Ok(Self { delimiter, pending: Vec::new(), place: Place::Start, parts: 0 })
    }

    /// The next bytes, and what they complete.
    fn push(&mut self, bytes: &[u8], mut sink: impl FnMut(Event<'_>)) -> Result<(), Malformed> {
        self.pending.extend_from_slice(bytes);
        let mut at = 0;
        while let Some(used) = self.step(at, &mut sink)? {
            at += used;
        }
        self.pending.drain(..at);
        Ok(())
    }

    /// Understands what is pending from `at` on, and says how much of it; nothing where more has to come first.
    fn step(&mut self, at: usize, sink: &mut impl FnMut(Event<'_>)) -> Result<Option<usize>, Malformed> {
        let pending = &self.pending[at..];
        let (place, used) = match self.place {
            Place::Start => {
                let wanted = &self.delimiter[2..];
                match pending.get(..wanted.len()) {
                    Some(start) if start == wanted => (Place::Boundary, wanted.len()),
                    Some(_) => return Err(NO_START),
                    None => return Ok(None),
                }
            }
            Place::Boundary => match pending.get(..2) {
                Some(b"--") => (Place::End, 2),
                Some(b"\r\n") if self.parts < MAX_PARTS => (Place::Headers, 2),
                Some(b"\r\n") => return Err("there are too many parts"),
                Some(_) => return Err(NO_LINE),
                None => return Ok(None),
            },
            Place::Headers => {
                let Some(lines) = lines(pending)? else { return Ok(None) };
                sink(Event::Part(head(&pending[..lines])?));
                self.parts += 1;
                (Place::Data, lines + 2)
            }
            Place::Data => {
                let (end, place, used) = match find(pending, &self.delimiter) {
                    Some(end) => (end, Place::Boundary, end + self.delimiter.len()),
                    // The last bytes may be the beginning of the delimiter.
                    None => {
                        let safe = pending.len().saturating_sub(self.delimiter.len() - 1);
                        (safe, Place::Data, safe)
                    }
                };
                if end > 0 {
                    sink(Event::Data(&pending[..end]));
                }
                if used == 0 {
                    return Ok(None);
                }
                (place, used)
            }
            Place::End if b"\r\n".starts_with(pending) => return Ok(None),
            Place::End => return Err(NO_LINE),
        };
        self.place = place;
        Ok(Some(used))
    }

    /// Nothing more comes.
    fn finish(self) -> Result<(), Malformed> {
        match self.place {
            Place::Start => Err(NO_START),
            Place::Headers => Err("the headers of a part don't end"),
            Place::Data => Err("a part doesn't end"),
            Place::End if matches!(&*self.pending, b"" | b"\r\n") => Ok(()),
            Place::Boundary | Place::End => Err(NO_LINE),
        }
    }
}

/// Where `needle`, which begins with a carriage return, first stands.
fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == b'\r')?;
        if bytes[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
}

/// How long the header lines are, each with its end but without the empty line behind them; nothing where that hasn't come.
fn lines(pending: &[u8]) -> Result<Option<usize>, Malformed> {
    let lines = match pending.starts_with(b"\r\n") {
        true => Some(0),
        false => find(pending, b"\r\n\r\n").map(|end| end + 2),
    };
    // Where the end hasn't come, the lines have at least what is there but the three bytes that may belong to it.
    match lines.unwrap_or_else(|| pending.len().saturating_sub(1)) > MAX_HEADERS {
        true => Err("the headers of a part are too long"),
        false => Ok(lines),
    }
}

/// What the header lines of a part say.
fn head(lines: &[u8]) -> Result<Part, Malformed> {
    let (mut disposition, mut content_type) = (None, None);
    let lines = std::str::from_utf8(lines).map_err(|_| "a header of a part is not UTF-8")?;
    for line in lines.split_terminator("\r\n") {
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
    Ok(Part { name, file_name, content_type: content_type.to_owned() })
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
