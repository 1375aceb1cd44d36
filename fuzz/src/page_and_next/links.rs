//! Links put together from pieces: near misses that letter by letter would hardly ever come about.

use arbitrary::{Result, Unstructured};

use super::server::PATH;

/// A link for this base, every piece chosen by the bytes. The first of each is innocent.
pub(crate) fn build(base: &str, choices: &[u8]) -> Result<String> {
    let mut choices = Unstructured::new(choices);
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    let (authority, root) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, format!(":{port}")),
        _ => (authority, String::new()),
    };
    let (shouted, twice) = (host.to_uppercase(), format!("{host}.{host}"));
    let (dotted, wider, behind_user) =
        (format!("{host}."), format!("{host}.evil.example"), format!("{host}@evil.example"));
    let (slashed, numbered) = (format!("{host}\\@evil.example"), format!("{host}\t"));
    let own_path = format!("/{root}{PATH}");
    let (bare, other) =
        (own_path.trim_end_matches('/').to_owned(), format!("/{root}distributor/v2/documents/"));
    let (winding, doubled) = (format!("/{root}x/../{PATH}"), format!("//{root}{PATH}"));
    let (encoded, spaced) = (own_path.replace("v2", "%76%32"), format!("{own_path} "));

    let pieces: [&[&str]; 7] = [
        &[scheme, "https", "http", "HTTPS", "ftp", "javascript", "", " https"],
        &["://", ":", ":/", ":///", "//", ":\\\\", ""],
        &["", "user@", "user:password@", "@", "%40", ":@"],
        &[
            host,
            &shouted,
            &dotted,
            &wider,
            &behind_user,
            &slashed,
            &numbered,
            &twice,
            "evil.example",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "localhost",
            "[::1]",
            "[2001:db8:0::1]",
            "[::ffff:127.0.0.1]",
            "demo.cashlink.de",
            "",
        ],
        &[&port, "", ":443", ":80", ":8443", ":8080", ":0443", ":", ":0", ":99999", ":+443", ":443:443"],
        &[&own_path, &bare, &other, &winding, &doubled, &encoded, &spaced, "/", "", "\\"],
        &[
            "?page=2",
            "",
            "?",
            "?page=2#x",
            "#",
            "?a=b?c",
            "?next=https://evil.example/",
            "?%0d%0aX: 1",
            "?\t",
            "?ä",
            "?x=@[]'|",
        ],
    ];
    pieces.iter().map(|piece| choices.choose(piece).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_choice_a_link_is_innocent() {
        for base in super::super::server::BASES {
            assert_eq!(build(base, &[]).unwrap(), format!("{base}{PATH}?page=2"));
        }
    }
}
