//! Outbound HTTP, to backends named in the manifest.

use std::time::Duration;

/// The name of a backend in the manifest (`authorworks.toml`). The address behind it is the platform's affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Backend(pub &'static str);

/// How a fetch behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchOptions {
    /// How long the response's head may take.
    pub first_byte: Duration,
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self { first_byte: Duration::from_secs(15) }
    }
}
