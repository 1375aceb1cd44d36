//! A token: when it was given, when no clock takes it any more, and a signature over that.
//!
//! `base64url(version ‖ given ‖ end ‖ entropy ‖ HMAC-SHA256(key, all before it))`: 1, 8, 8, 16 and 32 bytes, without padding.

use alloc::string::String;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

use crate::{InvalidValue, Now, Secret};

const VERSION: u8 = 1;
const SIGNED: usize = 1 + 8 + 8 + 16;
const LEN: usize = SIGNED + 32;

/// By how many seconds the clocks of the receiver that gives a token and of the one that checks it may be apart, either way.
const SKEW: u64 = 60;

/// A key that signs tokens: at least 32 bytes, from a real source of randomness. It never leaves the receivers.
#[derive(Clone)]
pub struct TokenKey(Hmac<Sha256>);

impl TokenKey {
    /// # Errors
    /// When it is shorter than 32 bytes.
    pub fn new(key: &Secret) -> Result<Self, InvalidValue> {
        const RULE: InvalidValue = InvalidValue::new("token key", "must be at least 32 random bytes");
        match key.expose().as_bytes() {
            key if key.len() < 32 => Err(RULE),
            // HMAC takes keys of any length.
            key => Hmac::new_from_slice(key).map(Self).map_err(|_| RULE),
        }
    }

    /// A token that every receiver takes for so many seconds from now on: what is signed as its end is later by [`SKEW`], since
    /// the clock that it will be held against may be ahead of this one.
    pub(super) fn sign(&self, now: Now, life: u64, entropy: [u8; 16]) -> String {
        let mut token = [0; LEN];
        let (signed, mac) = token.split_at_mut(SIGNED);
        let (version, rest) = signed.split_at_mut(1);
        let (given, rest) = rest.split_at_mut(8);
        let (end, random) = rest.split_at_mut(8);
        version.fill(VERSION);
        given.copy_from_slice(&now.wall.to_be_bytes());
        end.copy_from_slice(&now.wall.saturating_add(life).saturating_add(SKEW).to_be_bytes());
        random.copy_from_slice(&entropy);
        mac.copy_from_slice(&self.0.clone().chain_update(signed).finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    fn signed(&self, signed: &[u8], mac: &[u8]) -> Choice {
        #[cfg(test)]
        crate::webhook::calculations::count();
        self.0.clone().chain_update(signed).finalize().into_bytes().ct_eq(mac)
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

/// Which of the keys signed this token, if it is one that has not ended and was not given in the future. All keys are tried.
pub(super) fn key_of(text: &[u8], keys: &[TokenKey], now: Now) -> Option<usize> {
    let mut token = [0; LEN];
    // The decoder takes the one canonical spelling only.
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut token).ok()?;
    if length != LEN {
        return None;
    }
    let (signed, mac) = token.split_at_checked(SIGNED)?;
    let mut found = None;
    for (index, key) in keys.iter().enumerate() {
        if bool::from(key.signed(signed, mac)) {
            found = found.or(Some(index));
        }
    }
    // What is signed was written here; it is read only now.
    let [VERSION, times @ ..] = signed else { return None };
    let (given, rest) = times.split_first_chunk()?;
    let (given, ends) = (u64::from_be_bytes(*given), u64::from_be_bytes(*rest.first_chunk()?));
    found.filter(|_| given <= now.wall.saturating_add(SKEW) && now.wall < ends)
}
