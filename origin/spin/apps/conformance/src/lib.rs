//! Spin deployable: the conformance fixture.

aw_spin::main!(aw_conformance::SqlFixture);
