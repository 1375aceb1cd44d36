//! The worst bodies: each says as much as it can in 8 MiB.

pub const SIZE: usize = 8 * 1024 * 1024;

pub struct Body {
    pub name: &'static str,
    pub make: fn(usize) -> Vec<u8>,
}

pub const ALL: [Body; 29] = [
    Body { name: "deep lists", make: |size| nested("[", "0", "]", size) },
    Body { name: "deep objects", make: |size| nested("{\"\":", "0", "}", size) },
    Body {
        name: "wide lists, 100 deep",
        make: |size| framed(&"[".repeat(99), "[0],", "[0]", &"]".repeat(99), size),
    },
    Body { name: "empty lists", make: |size| framed("[", "[],", "[]", "]", size) },
    Body { name: "empty objects", make: |size| framed("[", "{},", "{}", "]", size) },
    Body { name: "empty texts", make: |size| framed("[", "\"\",", "\"\"", "]", size) },
    Body { name: "digits in a list", make: |size| framed("[", "0,", "0", "]", size) },
    Body { name: "nulls", make: |size| framed("[", "null,", "null", "]", size) },
    Body { name: "members without names", make: |size| framed("{", "\"\":0,", "\"\":0", "}", size) },
    Body { name: "members, all different", make: |size| different("{", Names::OfMembers("0"), "}", size) },
    Body { name: "error leaves", make: |size| different("{", Names::OfMembers("[\"\"]"), "}", size) },
    Body { name: "error leaves in lists", make: |size| framed("{\"a\":[", "\"m\",", "\"m\"", "]}", size) },
    Body {
        name: "error leaves with codes",
        make: |size| framed("[", "{\"message\":\"\",\"code\":\"\"},", "{}", "]", size),
    },
    Body { name: "one text", make: |size| framed("\"", "a", "a", "\"", size) },
    Body { name: "one text of escapes", make: |size| framed("\"", "\\n", "a", "\"", size) },
    Body { name: "one text of \\u escapes", make: |size| framed("\"", "\\u20ac", "a", "\"", size) },
    Body { name: "one key", make: |size| framed("{\"", "a", "a", "\":0}", size) },
    Body { name: "one key of escapes", make: |size| framed("{\"", "\\n", "a", "\":[\"m\"]}", size) },
    Body { name: "one number", make: |size| framed("", "9", "9", "", size) },
    Body { name: "spaces", make: |size| framed("", " ", "0", "", size) },
    Body { name: "no JSON", make: |size| framed("<html>", "<br>", "", "</html>", size) },
    Body {
        name: "page of items",
        make: |size| framed("{\"results\":[", "{\"id\":\"a\"},", "{\"id\":\"a\"}", "]}", size),
    },
    Body { name: "page of numbers", make: |size| framed("{\"results\":[", "0,", "0", "]}", size) },
    Body { name: "page of empty objects", make: |size| framed("{\"results\":[", "{},", "{}", "]}", size) },
    Body {
        name: "page, all different",
        make: |size| different("{\"results\":[", Names::OfItems, "]}", size),
    },
    Body {
        name: "page of full items",
        make: |size| {
            let item = "{\"id\":\"a\",\"status\":\"a\",\"start_url\":\"a\"}";
            framed("{\"results\":[", &format!("{item},"), item, "]}", size)
        },
    },
    Body {
        name: "page of one item",
        make: |size| framed("{\"results\":[{\"id\":\"a\",\"start_url\":\"", "\\n", "a", "\"}]}", size),
    },
    Body {
        name: "page with a long link",
        make: |size| {
            let link =
                "{\"next\":\"https://demo.cashlink.de/api/external/distributor/v2/investments/?cursor=";
            framed(link, "a", "a", "\",\"results\":[]}", size)
        },
    },
    Body { name: "token", make: |size| framed("{\"access_token\":\"", "a", "a", "\"}", size) },
];

/// `begin`, as many `piece`s as there is room for, `last`, `end`.
fn framed(begin: &str, piece: &str, last: &str, end: &str, size: usize) -> Vec<u8> {
    let room = size - begin.len() - last.len() - end.len();
    [begin, &piece.repeat(room / piece.len()), last, end].concat().into_bytes()
}

fn nested(open: &str, inner: &str, close: &str, size: usize) -> Vec<u8> {
    let depth = (size - inner.len()) / (open.len() + close.len());
    [&open.repeat(depth), inner, &close.repeat(depth)].concat().into_bytes()
}

/// What the shortest names that are all different, in no order, are names of.
#[derive(Clone, Copy)]
enum Names {
    OfMembers(&'static str),
    OfItems,
}

fn different(begin: &str, names: Names, end: &str, size: usize) -> Vec<u8> {
    let mut body = String::from(begin);
    for number in 0.. {
        let name = name(number);
        let piece = match names {
            Names::OfMembers(value) => format!("\"{name}\":{value},"),
            Names::OfItems => format!("{{\"id\":\"{name}\"}},"),
        };
        if body.len() + piece.len() + end.len() > size {
            break;
        }
        body += &piece;
    }
    // The last comma makes way.
    body.pop();
    (body + end).into_bytes()
}

/// The shortest names first: of one character, of two, and so on. All of them may be ids.
fn name(number: usize) -> String {
    const CHARACTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    let mut name = String::new();
    let mut rest = Some(number);
    while let Some(number) = rest {
        name.push(char::from(CHARACTERS[number % CHARACTERS.len()]));
        rest = (number / CHARACTERS.len()).checked_sub(1);
    }
    name
}
