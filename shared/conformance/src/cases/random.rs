//! Randomness. These cases find a generator that is broken, not one that is weak.

use aw_platform::Platform;

use crate::case::{Outcome, ensure};

pub(super) async fn draws<P: Platform>(p: &P) -> Outcome {
    let (mut a, mut b) = ([0; 32], [0; 32]);
    p.random(&mut []);
    p.random(&mut a);
    p.random(&mut b);
    ensure!(a != [0; 32] && b != [0; 32], "32 random bytes are all zero");
    ensure!(a != b, "two draws of 32 bytes are the same");
    Ok(())
}

pub(super) async fn large<P: Platform>(p: &P) -> Outcome {
    // More than the 65,536 bytes that a browser's API gives in one call.
    let mut bytes = vec![0; 100_003];
    p.random(&mut bytes);
    for (n, part) in bytes.chunks_exact(64).enumerate() {
        ensure!(part.iter().any(|&b| b != 0), "bytes {} to {} of 100,003 are all zero", n * 64, n * 64 + 63);
    }
    let ones: u32 = bytes.iter().map(|b| b.count_ones()).sum();
    // 800,024 bits: 400,012 expected, the standard deviation is 447.
    ensure!((396_000..404_000).contains(&ones), "{ones} of 800,024 random bits are set");
    ensure!(bytes[..50_000] != bytes[50_000..100_000], "the second half repeats the first");
    Ok(())
}
