//! Making a tenant.

use aw_migrations::{Kind, create_database, migrate, tenant_database};
use aw_platform::{ApiError, Error, Platform, Sql, SqlExt, SqlPlatform, Value};
use serde::Deserialize;
use serde_json::json;

use super::{TenantInfo, get, name, publish};
use crate::{
    database,
    records::{self, Record},
    secrets::Secrets,
};

/// A tenant to be.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTenant {
    /// A slug of at most 40 bytes.
    #[schemars(regex(pattern = "^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"))]
    pub id: String,
    /// The name shown to readers.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// Hosts that it is read at, besides the base URL's.
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub hosts: Vec<String>,
    /// Such as `https://press.example`.
    #[schemars(regex(pattern = "^https?://[^/?#@]+$"))]
    pub base_url: String,
}

/// Makes a tenant: its row, its database, its first token key, the records of its hosts. Where that broke off, the
/// same request goes on with it.
///
/// # Errors
/// 422 for a name that is none; 409 `TENANT_EXISTS`, `TENANT_HOST_TAKEN`; a database refuses.
pub async fn create<P: SqlPlatform>(p: &P, secrets: &Secrets, new: &NewTenant) -> Result<TenantInfo, ApiError> {
    name::check_id(&new.id)?;
    name::check_name(&new.name)?;
    let hosts = name::hosts(&new.hosts, name::base_host(&new.base_url)?)?;
    let control = database::control(p).await?;
    control.transaction(async |sql| reserve(p, sql, new, &hosts).await).await?;
    // From here on every step finds what an earlier attempt left behind. A database cannot be made in a transaction.
    let database = tenant_database(&new.id);
    create_database(&control, &database).await?;
    let sql = p.sql(&database).await?;
    migrate(&sql, Kind::Tenant).await.map_err(Error::from)?;
    sql.transaction(async |sql| first_shelf(sql, &new.id).await).await?;
    publish(p, secrets, &control, &sql, &new.id).await?;
    control
        .execute("UPDATE tenants SET ready_at = now() WHERE id = $1::text AND deleting_at IS NULL", &[(&new.id).into()])
        .await?;
    get(&control, &new.id).await
}

/// Takes the id and the hosts.
async fn reserve<P: Platform, S: Sql>(p: &P, sql: &S, new: &NewTenant, hosts: &[String]) -> Result<(), ApiError> {
    let row: [Value; 3] = [(&new.id).into(), new.name.trim().into(), (&new.base_url).into()];
    let insert = "INSERT INTO tenants AS t (id, name, base_url) VALUES ($1::text, $2::text, $3::text) \
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, base_url = excluded.base_url \
        WHERE t.ready_at IS NULL AND t.deleting_at IS NULL \
        AND t.restoring_at IS NULL";
    if sql.execute(insert, &row).await? == 0 {
        let why = "SELECT deleting_at IS NOT NULL, restoring_at IS NOT NULL FROM tenants WHERE id = $1::text";
        let row = sql.query_opt(why, &[(&new.id).into()]).await?;
        let (deleting, restoring) =
            row.map_or(Ok((false, false)), |row| Ok::<_, Error>((row.bool(0)?, row.bool(1)?)))?;
        let (code, what) = match (deleting, restoring) {
            (true, _) => ("TENANT_DELETING", "is being deleted"),
            (_, true) => ("TENANT_RESTORING", "is being restored"),
            _ => ("TENANT_EXISTS", "is there"),
        };
        return Err(ApiError::new(409, code, format!("the tenant {} {what} already", new.id)));
    }
    set_hosts(sql, &new.id, hosts).await?;
    let insert = "INSERT INTO token_keys (tenant, kid) SELECT $1::text, $2::text \
        WHERE NOT EXISTS (SELECT 1 FROM token_keys WHERE tenant = $1::text)";
    sql.execute(insert, &[(&new.id).into(), super::keys::kid(p).into()]).await?;
    Ok(())
}

/// Gives a tenant these hosts and no others.
pub(super) async fn set_hosts<S: Sql>(sql: &S, tenant: &str, hosts: &[String]) -> Result<(), ApiError> {
    let list = Value::from(json!(hosts).to_string());
    let delete = "DELETE FROM hosts WHERE tenant = $1::text \
        AND host NOT IN (SELECT jsonb_array_elements_text($2::text::jsonb))";
    sql.execute(delete, &[tenant.into(), list.clone()]).await?;
    let insert = "INSERT INTO hosts (host, tenant) SELECT h, $1::text \
        FROM jsonb_array_elements_text($2::text::jsonb) AS h ORDER BY h ON CONFLICT DO NOTHING";
    sql.execute(insert, &[tenant.into(), list.clone()]).await?;
    let taken = "SELECT host FROM hosts WHERE tenant <> $1::text \
        AND host IN (SELECT jsonb_array_elements_text($2::text::jsonb)) ORDER BY host LIMIT 1";
    match sql.query_opt(taken, &[tenant.into(), list]).await? {
        Some(row) => {
            let why = format!("the host {} is another tenant's", row.text(0)?);
            Err(ApiError::new(409, "TENANT_HOST_TAKEN", why))
        }
        None => Ok(()),
    }
}

/// The shelf of everything, empty: a new tenant's first page is a page.
async fn first_shelf<S: Sql>(sql: &S, tenant: &str) -> Result<(), Error> {
    let insert = "INSERT INTO shelves (shelf, name) VALUES ('newest', 'Newest') ON CONFLICT DO NOTHING";
    if sql.execute(insert, &[]).await? == 1 {
        let shelf = aw_model::Shelf { name: "Newest".into(), count: 0, next: 0 };
        let json = serde_json::to_string(&shelf).map_err(|e| Error::internal(e.to_string()))?;
        let key = aw_model::key::shelf(tenant, "newest");
        records::write(sql, &[Record { key, json: Some(json), rank: 2 }], None).await?;
    }
    Ok(())
}
