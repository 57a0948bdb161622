//! Fastly Compute as a platform.
