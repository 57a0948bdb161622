//! Which providers are offered: what login pages show, in the records of the tenant's hosts.

use aw_model::LoginProvider;
use aw_origin_data::revocations;
use aw_platform::{ApiError, Result, Sql, SqlPlatform};
use schemars::JsonSchema;
use serde::Serialize;

use super::provider::all;
use crate::factors::visit::Visit;

/// A provider that somebody may log in with.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProviderName {
    /// Its name in addresses.
    name: String,
    /// Its name for people.
    label: String,
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// `GET /v1/auth/oidc`: for anyone.
    pub(in crate::factors) async fn provider_names(&self) -> Result<Vec<ProviderName>, ApiError> {
        let offered = all(&self.sql).await?.into_iter().filter(|provider| provider.enabled);
        Ok(offered.map(|provider| ProviderName { name: provider.name, label: provider.label }).collect())
    }
}

/// Writes what is offered into the hosts' records, in the transaction in which it changes.
///
/// # Errors
/// The database refuses it.
pub(super) async fn publish<S: Sql>(sql: &S) -> Result<()> {
    let offered = all(sql).await?.into_iter().filter(|provider| provider.enabled);
    let offered: Vec<LoginProvider> =
        offered.map(|provider| LoginProvider { name: provider.name, label: provider.label }).collect();
    revocations::change_hosts(sql, |tenant| tenant.providers.clone_from(&offered)).await.map(drop)
}
