//! Outbound HTTP, to backends named in the manifest.

use std::time::Duration;

/// The name of a backend in the manifest (`authorworks.toml`). The address behind it is the platform's affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Backend(pub &'static str);

/// The address of a backend that is any public host, on `https`'s own port: a request to it has an absolute URI. The
/// platform keeps it from everything that is not public; on Spin that is `block_networks` of the runtime's
/// configuration.
pub const ANY_HOST: &str = "https://*";

/// As [`ANY_HOST`], and this machine's loopback by plain `http`, on any port: for an installation that is one machine
/// and its owner's.
pub const ANY_HOST_OR_LOCAL: &str = "https://* http://localhost:*";

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
