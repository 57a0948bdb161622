//! Spin deployable: the smallest app, for the benchmark.
