//! Ids, tokens and keys without a random source: each is a digest of the seed, what it is for, and how many of that came before.
//!
//! So the third investor of a seed has the same id in every run, however many tokens were fetched in between.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Makes what a real server would draw at random. Never use it where a secret must be one.
#[derive(Debug)]
pub(crate) struct Mint {
    seed: u64,
    made: BTreeMap<&'static str, u64>,
}

impl Mint {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, made: BTreeMap::new() }
    }

    /// The next UUID (version 4, RFC 9562 variant) for this purpose.
    pub(crate) fn uuid(&mut self, purpose: &'static str) -> String {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.draw(purpose)[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// The next URL-safe text of `bytes` bytes, at most 32, for this purpose.
    pub(crate) fn text(&mut self, purpose: &'static str, bytes: usize) -> String {
        let drawn = self.draw(purpose);
        URL_SAFE_NO_PAD.encode(drawn.get(..bytes).unwrap_or(&drawn))
    }

    fn draw(&mut self, purpose: &'static str) -> [u8; 32] {
        let made = self.made.entry(purpose).or_default();
        let mut digest = Sha256::new();
        digest.update(self.seed.to_be_bytes());
        digest.update(made.to_be_bytes());
        digest.update(purpose);
        *made = made.wrapping_add(1);
        digest.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_same_seed_makes_the_same_ids_and_another_seed_others() {
        let three = |seed| {
            let mut mint = Mint::new(seed);
            [mint.uuid("investor"), mint.uuid("investor"), mint.text("token", 32)]
        };
        assert_eq!(three(1), three(1));
        assert_eq!(three(1).into_iter().chain(three(2)).collect::<BTreeSet<_>>().len(), 6);
    }

    #[test]
    fn one_purpose_does_not_disturb_another() {
        let mut alone = Mint::new(0);
        let mut beside = Mint::new(0);
        beside.text("token", 32);
        assert_eq!(alone.uuid("investor"), beside.uuid("investor"));
    }

    #[test]
    fn a_uuid_is_of_version_4_and_a_text_is_url_safe() {
        let mut mint = Mint::new(0);
        let id = uuid::Uuid::try_parse(&mint.uuid("investor")).unwrap();
        assert_eq!(id.get_version_num(), 4);
        // 9 bytes are 12 characters of base64: the length of the public ids in the vendor's samples.
        let text = mint.text("public id", 9);
        assert_eq!(text.len(), 12);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    }
}
