//! The records of a tenant's hosts.

use std::collections::HashMap;

use aw_model::{Tenant, TokenKey, key};
use aw_platform::{ApiError, SqlExt, SqlPlatform};

use super::{get_any, name};
use crate::{
    audit,
    records::{self, Record, Written},
    revocations,
    secrets::Secrets,
};

/// Writes the records of the tenant's hosts as the control database has them, and makes tombstones of those of hosts
/// that it has no more. `sql` is a connection to the tenant's database, in no transaction.
///
/// # Errors
/// 404 `TENANT_NOT_FOUND`; a database refuses.
pub async fn publish<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    control: &P::Sql,
    sql: &P::Sql,
    tenant: &str,
) -> Result<Vec<Written>, ApiError> {
    sql.transaction(async |sql| {
        let there: HashMap<String, Tenant> = revocations::hosts(sql).await?.into_iter().collect();
        // Read with the records locked: of two who publish, the second has what the first had.
        let info = get_any(control, tenant).await?;
        let revoked = revocations::list(sql).await?;
        let mut records = Vec::new();
        for host in &info.hosts {
            let key = key::host(host);
            let sealed = |kid: &str| {
                let keys = there.get(&key).map(|t| &t.keys);
                keys.and_then(|keys| keys.iter().find(|k| k.kid == kid)).map(|k| k.sealed.as_str())
            };
            let keys: Result<Vec<TokenKey>, _> = info
                .kids
                .iter()
                .map(|kid| Ok(TokenKey { kid: kid.clone(), sealed: secrets.seal(p, tenant, kid, sealed(kid))? }))
                .collect::<aw_platform::Result<_>>();
            let record = Tenant {
                id: info.id.clone(),
                name: info.name.clone(),
                base_url: name::base_url_for(&info.base_url, host),
                keys: keys?,
                revoked: revoked.clone(),
                suspended: info.suspended,
                providers: there.values().next().map(|t| t.providers.clone()).unwrap_or_default(),
            };
            records.push(Record { json: Some(revocations::json(&record)?), key, rank: 0 });
        }
        for key in there.keys().filter(|key| !records.iter().any(|r| r.key == **key)).cloned().collect::<Vec<_>>() {
            records.push(Record { key, json: None, rank: 0 });
        }
        // Told of what edges are told, in the same transaction: so it is told once, whoever comes to write it.
        let was = there.values().next().map(|t| t.suspended);
        if let Some(name) = changed(was, info.suspended) {
            audit::record(p, sql, "operator", name, tenant, serde_json::json!({})).await?;
        }
        Ok(records::write(sql, &records, None).await?)
    })
    .await
}

/// The name of what happens to a tenant that was suspended, or not, and now is, or not.
fn changed(was: Option<bool>, is: bool) -> Option<&'static str> {
    match (was, is) {
        (None | Some(false), true) => Some("content.tenant.suspended"),
        (Some(true), false) => Some("content.tenant.resumed"),
        _ => None,
    }
}
