//! Logging in with another provider's account: OpenID Connect Core 1.0, the authorization code flow with PKCE
//! (RFC 7636, S256), against any provider that has a discovery document.
//!
//! Providers are rows that the tenant's keepers write. They are reached through the backend `identity`, by the
//! addresses that their documents name: natively any public host by TLS (or the one that the settings name), on Spin
//! what `allowed_outbound_hosts` lets through, which comes from the manifest's `identity-url`. Edges run no services.

mod documents;
mod finish;
mod id_token;
mod identity;
mod jwks;
mod provider;
mod providers;
mod start;

pub(super) use finish::{Finish, ProviderLogin};
pub(super) use provider::{Provider, ProviderChange};
pub(super) use providers::ProviderName;
pub(super) use start::{Start, Started};
