//! A tenant, for what is done without a request of its own too.

use aw_ingress::Caller;
use aw_model::{Tenant, key};
use aw_origin_data::{database, secrets::Secrets, tenants};
use aw_platform::{ApiError, Error, SqlExt, SqlPlatform, Value};

/// A tenant and what it takes to work for it.
pub(crate) struct Press<'a, P> {
    pub(crate) p: &'a P,
    pub(crate) secrets: &'a Secrets,
    pub(crate) tenant: &'a str,
}

impl<P> Clone for Press<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Press<'_, P> {}

impl<P: SqlPlatform> Press<'_, P> {
    /// Its base URL, such as `https://press.example`.
    pub(crate) async fn base_url(&self) -> Result<String, ApiError> {
        Ok(tenants::get(&database::control(self.p).await?, self.tenant).await?.base_url)
    }

    /// The base URL of the host that the caller came to; else its first one's.
    pub(crate) async fn base_url_for(&self, sql: &P::Sql, caller: &Caller) -> Result<String, ApiError> {
        let host = caller.host.as_deref().map(|host| {
            let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
            key::host(&name.map_or(host, |(name, _)| name).to_ascii_lowercase())
        });
        let statement = "SELECT json FROM records WHERE key = $1::text AND json IS NOT NULL";
        match sql.query_opt(statement, &[Value::from(host)]).await? {
            Some(row) => {
                let host: Tenant = serde_json::from_str(row.text(0)?).map_err(|e| Error::internal(e.to_string()))?;
                Ok(host.base_url)
            }
            None => self.base_url().await,
        }
    }
}
