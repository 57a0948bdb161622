//! The reference platform: deterministic, for tests.
