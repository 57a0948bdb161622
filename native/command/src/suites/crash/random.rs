//! Chance that can be had again.

/// SplitMix64 (Steele, Lea and Flood, 2014): one seed gives one sequence.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The sequence of a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The sequence of somebody who shares a seed with others.
    pub(super) fn of(seed: u64, whose: u64) -> Self {
        Self(Self(seed ^ whose.wrapping_mul(0xd134_2543_de82_ef95)).next())
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// One of them; `None` where there is none.
    pub(super) fn of_all<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let at = self.below((all.len() as u64).max(1));
        all.get(usize::try_from(at).unwrap_or(0))
    }

    /// So many words of small letters.
    pub(super) fn words(&mut self, count: u64) -> String {
        let word =
            |r: &mut Self| (0..2 + r.below(8)).map(|_| char::from(b'a' + (r.below(26) as u8))).collect::<String>();
        (0..count).map(|_| word(self)).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn one_seed_is_one_sequence() {
        // The reference implementation's first numbers for the seed 1234567.
        let mut random = Random::new(1_234_567);
        assert_eq!([random.next(), random.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
        assert_eq!(Random::of(7, 1).words(3), Random::of(7, 1).words(3));
        assert_ne!(Random::of(7, 1).next(), Random::of(7, 2).next());
    }
}
