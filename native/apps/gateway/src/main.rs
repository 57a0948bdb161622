//! The native deployable of gateway.
fn main() {}
