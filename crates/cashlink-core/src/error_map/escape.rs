//! Server text in a form that can't attack a log or a terminal.

use core::fmt::{self, Write};

/// Shows text on one line and as it is, but for characters that act instead of showing: controls (line breaks, ESC), line
/// and paragraph separators, direction changes (bidi), and invisible format characters. They appear as in a JSON string
/// (`\n`, `\u001b`, `\u202e`), and a backslash is doubled, so that nothing else can look like an escape.
///
/// The two joiners U+200C and U+200D stay: some scripts and emoji can't be written without them.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| write_escaped(c, f))
    }
}

/// The same as the content of a JSON string.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        self.0.chars().try_for_each(|c| if c == '"' { f.write_str("\\\"") } else { write_escaped(c, f) })?;
        f.write_char('"')
    }
}

fn write_escaped(c: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match c {
        '\\' => f.write_str("\\\\"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        c if acts(c) => c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(f, "\\u{unit:04x}")),
        c => f.write_char(c),
    }
}

/// Unicode's categories Cc, Zl and Zp, and of Cf all that has no visible form, but for the two joiners.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn what_acts_is_shown_as_an_escape_and_the_rest_as_it_is() {
        // Each pair beside its reason.
        for (text, shown) in [
            ("Größe „1“ ist ungültig: 100 %", "Größe „1“ ist ungültig: 100 %"), // plain text
            ("a\r\nb\tc", r"a\r\nb\tc"),                                        // a forged line of a log
            ("\u{1b}[2J\u{9b}2J\u{7f}\0", r"\u001b[2J\u009b2J\u007f\u0000"),    // orders to a terminal
            ("\u{202e}fdp\u{202c}\u{2066}\u{200f}", r"\u202efdp\u202c\u2066\u200f"), // text turned round
            ("a\u{2028}b\u{2029}c\u{85}", r"a\u2028b\u2029c\u0085"), // line breaks of other readers
            ("a\u{200b}\u{feff}\u{ad}b", r"a\u200b\ufeff\u00adb"),   // invisible differences
            ("\u{e0041}", r"\udb40\udc41"),                          // invisible text, beyond 16 bits
            (r"C:\new", r"C:\\new"),                                 // what looks like an escape
            ("👩\u{200d}🚀 می\u{200c}خواهم", "👩\u{200d}🚀 می\u{200c}خواهم"), // joiners belong to the text
        ] {
            assert_eq!(Escaped(text).to_string(), shown);
        }
    }

    #[test]
    fn a_quoted_text_is_a_json_string_of_the_same_value() {
        let text = "\"a\\b\"\n\u{1b}\u{e0041}é";
        assert_eq!(Quoted(text).to_string(), r#""\"a\\b\"\n\u001b\udb40\udc41é""#);
        assert_eq!(serde_json::from_str::<alloc::string::String>(&Quoted(text).to_string()).unwrap(), text);
    }
}
