//! Spin deployable: the smallest app, for the benchmark.

aw_spin::main!(aw_platform::hello::Hello);
