//! The Fastly deployable of hello.
fn main() {}
