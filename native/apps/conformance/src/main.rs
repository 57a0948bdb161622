//! The native deployable of conformance.
fn main() {}
