//! The native deployable of conformance.
aw_native::main!(aw_conformance::SqlFixture);
