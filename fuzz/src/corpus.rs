//! What the targets run over without a fuzzer: `corpus/<target>/`.

use std::{fs, path::Path};

/// The inputs of this target, by their names: the seeds, each a file, and those in `found.jsonl`, which a fuzzer has found: a JSON string
/// a line, whose characters are the input's bytes.
///
/// # Panics
/// When they can't be read.
pub fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(&path).expect("a file");
        if name == "found.jsonl" {
            inputs.extend(
                lines(&bytes).enumerate().map(|(line, input)| (format!("{name}:{}", line + 1), input)),
            );
        } else {
            inputs.push((name, bytes));
        }
    }
    inputs.sort();
    inputs
}

fn lines(found: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let lines = found.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| {
        let text: String = serde_json::from_slice(line).expect("a JSON string a line");
        text.chars().map(|c| u8::try_from(c).expect("a byte each")).collect()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_is_an_input_and_a_character_a_byte() {
        let found: Vec<_> = super::lines(b"\"a\\n\\u0000\"\n\"\\u00ff\"\n").collect();
        assert_eq!(found, [&b"a\n\0"[..], b"\xff"]);
    }
}
