//! Waits before retries: exponential backoff with full jitter, from entropy that came in as a value.

use core::time::Duration;

use crate::Policy;

/// SplitMix64: it only has to spread clients apart, not to be unpredictable.
#[derive(Clone, Debug)]
pub(super) struct Jitter(u64);

impl Jitter {
    pub(super) fn new(entropy: [u8; 16]) -> Self {
        let word = u128::from_le_bytes(entropy);
        // Both halves count, each truncated on purpose; the odd factor keeps equal halves from cancelling out.
        #[expect(clippy::cast_possible_truncation, reason = "the two halves of 128 bits")]
        Self((word as u64).wrapping_add(((word >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// Entropy for a flow that this one starts (the token call).
    pub(super) fn fork(&mut self) -> [u8; 16] {
        let word = u128::from(self.next()) << 64 | u128::from(self.next());
        word.to_le_bytes()
    }

    /// Between nothing and `backoff × 2^(retry − 1)`, which stops growing at its limit. `retry` counts from 1.
    pub(super) fn wait(&mut self, policy: &Policy, retry: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(retry.saturating_sub(1));
        let ceiling = policy.backoff.saturating_mul(doubled).min(policy.longest_backoff);
        let nanoseconds = u64::try_from(ceiling.as_nanos()).unwrap_or(u64::MAX);
        // The upper half of the product is uniform over 0..=ceiling.
        let scaled = u128::from(self.next()).wrapping_mul(u128::from(nanoseconds).wrapping_add(1)) >> 64;
        Duration::from_nanos(u64::try_from(scaled).unwrap_or(nanoseconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The first numbers of SplitMix64 from 0 on, as its authors' own program prints them.
    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut jitter = Jitter::new([0; 16]);
        let numbers = [jitter.next(), jitter.next(), jitter.next()];
        assert_eq!(numbers, [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F]);
        // Two of them are another flow's entropy.
        let forked = Jitter::new([0; 16]).fork();
        assert_eq!(u128::from_le_bytes(forked), 0xE220_A839_7B1D_CDAF_6E78_9E6A_A1B9_65F4);
    }

    proptest! {
        #[test]
        fn a_wait_lies_between_nothing_and_the_doubled_backoff(entropy: [u8; 16], retry in 1_u32..80) {
            let policy = Policy::default();
            let wait = Jitter::new(entropy).wait(&policy, retry);
            let ceiling = policy.backoff.saturating_mul(2_u32.saturating_pow(retry - 1)).min(policy.longest_backoff);
            prop_assert!(wait <= ceiling, "{wait:?} > {ceiling:?}");
        }
    }

    #[test]
    fn waits_use_the_whole_range() {
        let policy = Policy::default();
        let mut jitter = Jitter::new([3; 16]);
        let tenths: std::collections::BTreeSet<u128> =
            (0..1000).map(|_| jitter.wait(&policy, 1).as_millis() / 25).collect();
        // 250 ms in tenths: every tenth is hit, a thousand draws miss one with a chance below 10^-40.
        assert!((0..10).all(|tenth| tenths.contains(&tenth)), "{tenths:?}");
    }

    #[test]
    fn the_same_entropy_gives_the_same_waits() {
        let waits = |entropy| {
            let mut jitter = Jitter::new(entropy);
            [1, 2, 3].map(|retry| jitter.wait(&Policy::default(), retry))
        };
        assert_eq!(waits([1; 16]), waits([1; 16]));
        assert_ne!(waits([1; 16]), waits([2; 16]));
    }
}
