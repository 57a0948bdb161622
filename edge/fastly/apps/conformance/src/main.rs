//! The Fastly deployable of conformance.
fn main() {}
