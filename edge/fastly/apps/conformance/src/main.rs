//! Fastly deployable: the conformance fixture.

aw_fastly::main!(aw_conformance::Fixture);
