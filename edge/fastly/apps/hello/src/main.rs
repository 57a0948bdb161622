//! Fastly deployable: the smallest app, for the benchmark.

aw_fastly::main!(aw_platform::hello::Hello);
