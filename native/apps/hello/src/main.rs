//! The native deployable of hello.
fn main() {}
