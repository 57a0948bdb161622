//! Servers pressed in turns, so that what the machine does besides meets all of them alike.

use std::path::Path;

use aw_runtimes::Result;

use super::{
    load::{Measured, Pressure, Target, press},
    raw::Raw,
};

/// What the turns of one target came to.
#[derive(Default)]
pub(super) struct Rounds(Vec<Measured>);

/// How long a turn is, in seconds: short, so that what the machine does besides in one moment meets all of them.
const TURN: u32 = 1;

/// Presses each of `targets` for `pressure` in each of `rounds` rounds, in turns, after one that does not count. The order
/// turns round from one turn to the next.
///
/// # Errors
/// As [`press`].
pub(super) fn alternate(
    wrk: &Path,
    raw: &Raw,
    targets: &[&Target],
    pressure: Pressure,
    rounds: u32,
) -> Result<Vec<Rounds>> {
    for target in targets {
        press(wrk, target, Pressure { seconds: 2, ..pressure })?;
    }
    let mut all: Vec<Rounds> = targets.iter().map(|_| Rounds(Vec::new())).collect();
    for turn in 0..rounds * (pressure.seconds / TURN) {
        let mut order: Vec<usize> = (0..targets.len()).collect();
        if turn % 2 == 1 {
            order.reverse();
        }
        for n in order {
            let measured = press(wrk, targets[n], Pressure { seconds: TURN, ..pressure })?;
            raw.note(&format!("{}, turn {}", targets[n].name, turn + 1), &measured.raw)?;
            all[n].0.push(measured);
        }
    }
    Ok(all)
}

impl Rounds {
    /// Adds the turns of another process of the same program.
    pub(super) fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The median of requests per second.
    pub(super) fn rps(&self) -> f64 {
        median(self.0.iter().map(|m| m.rps))
    }

    /// The median of the CPU per request, in microseconds.
    pub(super) fn cpu_us(&self) -> f64 {
        median(self.0.iter().map(|m| m.cpu_us))
    }

    /// The median of the medians of the times of answers, in milliseconds.
    pub(super) fn p50_ms(&self) -> f64 {
        median(self.0.iter().map(|m| m.p50_ms))
    }

    /// The median of the 99th percentiles, in milliseconds.
    pub(super) fn p99_ms(&self) -> f64 {
        median(self.0.iter().map(|m| m.p99_ms))
    }

    /// The median of the turns' ratios of requests per second.
    pub(super) fn rps_ratio(&self, other: &Self) -> f64 {
        self.beside(other, |a, b| a.rps / b.rps)
    }

    /// The median of the turns' ratios of the CPU per request.
    pub(super) fn cpu_ratio(&self, other: &Self) -> f64 {
        self.beside(other, |a, b| a.cpu_us / b.cpu_us)
    }

    /// By how much the CPU per request is above that of `other`, in microseconds: the median of the turns' differences.
    pub(super) fn cpu_above(&self, other: &Self) -> f64 {
        self.beside(other, |a, b| a.cpu_us - b.cpu_us)
    }

    /// The median of the turns' ratios of the 99th percentiles.
    pub(super) fn p99_ratio(&self, other: &Self) -> f64 {
        self.beside(other, |a, b| a.p99_ms / b.p99_ms)
    }

    fn beside(&self, other: &Self, compare: impl Fn(&Measured, &Measured) -> f64) -> f64 {
        median(self.0.iter().zip(&other.0).map(|(a, b)| compare(a, b)))
    }
}

/// The middle value; of an even number the mean of the middle two.
pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => (values[n / 2 - 1] + values[n / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_median_is_in_the_middle() {
        let median = |values: &[f64]| super::median(values.iter().copied());
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }
}
