//! Cloudflare deployable: the smallest app, for the benchmark.

aw_cloudflare::main!(aw_platform::hello::Hello);
