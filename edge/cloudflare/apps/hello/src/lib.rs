//! Cloudflare deployable: the smallest app, for the benchmark.
