//! Randomness that is the same in every run.

use std::cell::Cell;

/// SplitMix64 (Steele, Lea and Flood, 2014). **Predictable: for tests only.**
#[derive(Debug, Default)]
pub(crate) struct Random(Cell<u64>);

impl Random {
    pub(crate) fn seed(&self, seed: u64) {
        self.0.set(seed);
    }

    fn next(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let z = self.0.get();
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}
