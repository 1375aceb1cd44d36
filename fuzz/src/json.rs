//! What JSON is, read a second time: RFC 8259 word by word, slow and simple, without a line of serde_json. The tree keeps
//! every member in its order, also one that comes twice, and numbers as they are written.

/// One value.
#[derive(Debug, PartialEq)]
pub(crate) enum Tree {
    Null,
    /// `true`, `false` or a number, as written.
    Scalar(String),
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

/// What bytes are.
#[derive(Debug, PartialEq)]
pub(crate) enum Reading {
    Json(Tree),
    /// JSON by its grammar, but a text in it has half a surrogate pair: no program can hold it as text. The number is how
    /// many levels the value has.
    LoneSurrogate(usize),
    /// Nested beyond [`DEEPEST`]: not read to its end.
    TooDeep,
    NotJson,
}

/// serde_json's own limit: what is deeper is refused there, wherever it is read and not skipped.
pub(crate) const DEEPEST: usize = 127;

pub(crate) fn read(body: &[u8]) -> Reading {
    let Ok(text) = std::str::from_utf8(body) else { return Reading::NotJson };
    let mut reader = Reader { rest: text, lone_surrogate: false, too_deep: false };
    match reader.value(DEEPEST) {
        _ if reader.too_deep => Reading::TooDeep,
        Some(tree) if reader.rest.is_empty() && reader.lone_surrogate => {
            Reading::LoneSurrogate(tree.levels())
        }
        Some(tree) if reader.rest.is_empty() => Reading::Json(tree),
        _ => Reading::NotJson,
    }
}

impl Tree {
    /// How many objects and lists are inside each other.
    pub(crate) fn levels(&self) -> usize {
        match self {
            Self::Null | Self::Scalar(_) | Self::Text(_) => 0,
            Self::List(items) => 1 + items.iter().map(Self::levels).max().unwrap_or(0),
            Self::Object(members) => 1 + members.iter().map(|(_, value)| value.levels()).max().unwrap_or(0),
        }
    }

    /// Whether no object in it has the same key twice.
    pub(crate) fn keys_are_unique(&self) -> bool {
        match self {
            Self::Null | Self::Scalar(_) | Self::Text(_) => true,
            Self::List(items) => items.iter().all(Self::keys_are_unique),
            Self::Object(members) => {
                let mut keys: Vec<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
                keys.sort_unstable();
                keys.windows(2).all(|pair| pair[0] != pair[1])
                    && members.iter().all(|(_, value)| value.keys_are_unique())
            }
        }
    }

    /// The members of an object of this name.
    pub(crate) fn all(&self, name: &str) -> Vec<&Self> {
        match self {
            Self::Object(members) => {
                members.iter().filter(|(key, _)| key == name).map(|(_, value)| value).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    lone_surrogate: bool,
    too_deep: bool,
}

impl Reader<'_> {
    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn eat_one_of(&mut self, allowed: impl Fn(char) -> bool) -> Option<char> {
        let first = self.rest.chars().next().filter(|c| allowed(*c))?;
        self.rest = &self.rest[first.len_utf8()..];
        Some(first)
    }

    fn eat_all(&mut self, allowed: impl Fn(char) -> bool) -> usize {
        std::iter::from_fn(|| self.eat_one_of(&allowed)).count()
    }

    fn space(&mut self) {
        self.eat_all(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
    }

    /// One value and the space around it. `levels` is how many more may be inside each other.
    fn value(&mut self, levels: usize) -> Option<Tree> {
        self.space();
        let tree = if self.eat("null") {
            Tree::Null
        } else if self.eat("true") {
            Tree::Scalar("true".to_owned())
        } else if self.eat("false") {
            Tree::Scalar("false".to_owned())
        } else if self.eat("\"") {
            Tree::Text(self.text()?)
        } else if self.eat("[") {
            self.container(levels, "]", Self::value).map(Tree::List)?
        } else if self.eat("{") {
            self.container(levels, "}", Self::member).map(Tree::Object)?
        } else {
            Tree::Scalar(self.number()?)
        };
        self.space();
        Some(tree)
    }

    fn container<T>(
        &mut self,
        levels: usize,
        end: &str,
        piece: fn(&mut Self, usize) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(levels) = levels.checked_sub(1) else {
            self.too_deep = true;
            return None;
        };
        let mut pieces = Vec::new();
        self.space();
        if self.eat(end) {
            return Some(pieces);
        }
        loop {
            pieces.push(piece(self, levels)?);
            if self.eat(end) {
                return Some(pieces);
            }
            if !self.eat(",") {
                return None;
            }
        }
    }

    fn member(&mut self, levels: usize) -> Option<(String, Tree)> {
        self.space();
        if !self.eat("\"") {
            return None;
        }
        let key = self.text()?;
        self.space();
        if !self.eat(":") {
            return None;
        }
        Some((key, self.value(levels)?))
    }

    fn number(&mut self) -> Option<String> {
        let whole = self.rest;
        self.eat("-");
        if !self.eat("0") && self.eat_all(|c| c.is_ascii_digit()) == 0 {
            return None;
        }
        if self.eat(".") && self.eat_all(|c| c.is_ascii_digit()) == 0 {
            return None;
        }
        if self.eat("e") || self.eat("E") {
            if !self.eat("+") {
                self.eat("-");
            }
            if self.eat_all(|c| c.is_ascii_digit()) == 0 {
                return None;
            }
        }
        Some(whole[..whole.len() - self.rest.len()].to_owned())
    }

    /// A text behind its opening quote, to its closing one.
    fn text(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            match self.eat_one_of(|c| c >= ' ')? {
                '"' => return Some(text),
                '\\' => text.push(self.escape()?),
                plain => text.push(plain),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.eat_one_of(|_| true)? {
            same @ ('"' | '\\' | '/') => same,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.unit()?;
                self.character(unit)?
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |unit, _| {
            Some(unit * 16 + self.eat_one_of(|c| c.is_ascii_hexdigit())?.to_digit(16)?)
        })
    }

    /// The character that begins with this unit of UTF-16.
    fn character(&mut self, unit: u32) -> Option<char> {
        if let (0xD800..=0xDBFF, true) = (unit, self.rest.starts_with("\\u")) {
            let behind = self.rest;
            self.eat("\\u");
            match self.unit()? {
                low @ 0xDC00..=0xDFFF => {
                    return char::from_u32(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
                }
                // It stands for itself, and is read again.
                _ => self.rest = behind,
            }
        }
        Some(char::from_u32(unit).unwrap_or_else(|| {
            self.lone_surrogate = true;
            char::REPLACEMENT_CHARACTER
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_what_the_rfc_says() {
        for json in [
            "null",
            " true ",
            "[]",
            "[ ]",
            "{}",
            "{\"a\":1,\"a\":[2 , 3]}",
            "\"\\u00e9\\ud83d\\ude00\\/\"",
            "-0",
            "0.50",
            "1e999",
            "-12.5E+07",
            "\"\u{7f}\"",
        ] {
            assert!(matches!(read(json.as_bytes()), Reading::Json(_)), "{json}");
        }
        for other in [
            "",
            " ",
            "nul",
            "[1,]",
            "{\"a\"}",
            "{a:1}",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "\"\n\"",
            "\"\\x\"",
            "\"",
            "[",
            "null null",
            "\u{feff}null",
            "NaN",
            "'a'",
            "\u{a0}1",
        ] {
            assert_eq!(read(other.as_bytes()), Reading::NotJson, "{other}");
        }
        assert_eq!(read(b"\"\xff\""), Reading::NotJson);
        for lone in [r#""\ud800""#, r#""\ude00""#, r#""\ud800x""#, r#""\ud800\ud800\udc00""#, r#""\ud800\n""#]
        {
            assert_eq!(read(lone.as_bytes()), Reading::LoneSurrogate(0), "{lone}");
        }
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(matches!(read(nested(DEEPEST).as_bytes()), Reading::Json(_)));
        assert_eq!(read(nested(DEEPEST + 1).as_bytes()), Reading::TooDeep);
    }

    #[test]
    fn the_tree_keeps_order_doubled_keys_and_the_spelling_of_numbers() {
        let text = |text: &str| Tree::Text(text.to_owned());
        let scalar = |text: &str| Tree::Scalar(text.to_owned());
        assert_eq!(
            read(br#"{"b": [1.50, null], "a": "\u0061", "b": true}"#),
            Reading::Json(Tree::Object(vec![
                ("b".to_owned(), Tree::List(vec![scalar("1.50"), Tree::Null])),
                ("a".to_owned(), text("a")),
                ("b".to_owned(), scalar("true")),
            ]))
        );
    }
}
