//! Comparison of what a stranger must not guess.

use subtle::ConstantTimeEq;

/// Whether `a` and `b` are the same bytes, in a time that depends on nothing but their lengths.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
