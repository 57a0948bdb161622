//! The native deployable of the origin.
fn main() {}
