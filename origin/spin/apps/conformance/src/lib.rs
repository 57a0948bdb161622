//! Spin deployable: the conformance fixture.
