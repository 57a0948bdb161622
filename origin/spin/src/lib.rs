//! Spin as a platform.
