//! The Fastly deployable of gateway.
fn main() {}
