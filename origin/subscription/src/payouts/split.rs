//! Splitting money so that nothing is lost: largest remainders.

/// `amount` in parts of these weights, none of which is negative and not all of which are 0. The parts always sum to
/// the amount: each gets the whole units of its share, and what is left goes to the largest remainders, the first of
/// equals first (Hamilton's method). A negative amount is split as its opposite.
pub(crate) fn split(amount: i64, weights: &[i64]) -> Vec<i64> {
    let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if total <= 0 {
        // Nobody's share: nothing is handed out.
        return vec![0; weights.len()];
    }
    let size = i128::from(amount.unsigned_abs());
    let shares: Vec<(i128, i128)> = weights
        .iter()
        .map(|weight| {
            let product = size * i128::from(*weight);
            (product / total, product % total)
        })
        .collect();
    let mut left = size - shares.iter().map(|(whole, _)| whole).sum::<i128>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|n| std::cmp::Reverse(shares[*n].1));
    let mut parts: Vec<i128> = shares.iter().map(|(whole, _)| *whole).collect();
    for n in order {
        if left == 0 {
            break;
        }
        parts[n] += 1;
        left -= 1;
    }
    let sign = i128::from(amount.signum());
    parts.into_iter().map(|part| i64::try_from(part * sign).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::split;

    #[test]
    fn what_is_left_goes_to_the_largest_remainders() {
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(split(1, &[1, 2]), [0, 1]);
        assert_eq!(split(-100, &[1, 1, 1]), [-34, -33, -33]);
        assert_eq!(split(7, &[0, 3]), [0, 7]);
        assert_eq!(split(0, &[1, 1]), [0, 0]);
    }

    proptest! {
        #[test]
        fn the_parts_are_the_whole(
            amount in -99_999_999_999_i64..=99_999_999_999,
            weights in proptest::collection::vec(0_i64..=1_000_000_000_000, 1..40),
        ) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let parts = split(amount, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                // None is off by a unit or more.
                let exact = i128::from(amount) * i128::from(*weight);
                prop_assert!((i128::from(*part) * total - exact).abs() < total);
            }
        }
    }
}
