//! Aligned columns, for a terminal.

use std::fmt::Write as _;

/// How a column is aligned.
#[derive(Clone, Copy)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows below their headings, two blanks between columns, none at the end of a line.
pub(crate) fn table<const N: usize>(columns: [(&str, Align); N], rows: &[[String; N]]) -> String {
    let headings = columns.map(|(heading, _)| heading.to_owned());
    let rows: Vec<_> =
        std::iter::once(&headings).chain(rows).map(|row| row.each_ref().map(|cell| plain(cell))).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut lines = Vec::new();
    for row in &rows {
        let mut line = String::new();
        for ((cell, width), (_, align)) in row.iter().zip(widths).zip(columns) {
            // Writing to a string doesn't fail.
            let _ = match align {
                Align::Left => write!(line, "{cell:<width$}  "),
                Align::Right => write!(line, "{cell:>width$}  "),
            };
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

/// Names and what stands for them, one a line.
pub(crate) fn fields(fields: &[(&str, String)]) -> String {
    let width = fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let lines: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name:<width$}  {}", plain(value)).trim_end().to_owned())
        .collect();
    lines.join("\n")
}

/// Without what a terminal would obey: a stored text is somebody else's.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for symbol in text.chars() {
        if is_obeyed(symbol) { plain.extend(symbol.escape_unicode()) } else { plain.push(symbol) }
    }
    plain
}

/// Control characters, and those that turn the direction of what follows.
fn is_obeyed(symbol: char) -> bool {
    symbol.is_control()
        || matches!(symbol, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_characters() {
        let rows = [
            ["1".to_owned(), "ä".to_owned(), String::new()],
            ["17".to_owned(), "done".to_owned(), "x".to_owned()],
        ];
        let columns = [("ID", Align::Right), ("STATE", Align::Left), ("KEY", Align::Left)];
        assert_eq!(table(columns, &rows), "ID  STATE  KEY\n 1  ä\n17  done   x");
    }

    #[test]
    fn no_stored_text_reaches_the_terminal_as_a_command() {
        assert_eq!(fields(&[("a", "\u{1b}[2J\n\u{202e}ä".to_owned())]), "a  \\u{1b}[2J\\u{a}\\u{202e}ä");
    }
}
