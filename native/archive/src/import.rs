//! Restoring a tenant.

use std::path::Path;

use aw_blobs::Blobs;
use aw_migrations::{Kind, create_database, migrate, migrate_first, tenant_database};
use aw_origin_data::{
    database,
    secrets::Secrets as OriginSecrets,
    tenants::{self, Restored, TenantInfo},
};
use aw_platform::{Sql, SqlPlatform};

use crate::{
    ArchiveError, Progress,
    export::vault,
    load::load,
    manifest::{Counts, Manifest},
    objects,
    reader::Archive,
    row::{Manner, Secrets},
};

/// Where it is to be restored; what is left out is as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Its id.
    pub id: Option<String>,
    /// All its hosts, the main one first.
    pub hosts: Vec<String>,
    /// Its base URL; where there are only hosts, that of before with the first of them.
    pub base_url: Option<String>,
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The tenant, as it is now.
    pub tenant: TenantInfo,
    /// How many rows.
    pub rows: u64,
    /// How many objects.
    pub objects: u64,
}

pub(crate) async fn import<P: SqlPlatform>(
    p: &P,
    file: &Path,
    place: &Place,
    progress: Progress<'_>,
) -> Result<Imported, ArchiveError> {
    progress("checking the archive");
    let mut archive = Archive::open(file)?;
    fits(&archive.manifest)?;
    let tenant = restored(&archive.manifest, place);
    let (blobs, secrets) = (Blobs::build(p).await?, OriginSecrets::read(p).await?);
    let control = database::control(p).await?;
    tenants::begin_restore(p, &blobs, &control, &tenant).await?;
    match fill(p, &blobs, &secrets, &control, &mut archive, &tenant.id, progress).await {
        Ok(tenant) => {
            let Counts { rows, objects, .. } = archive.manifest.counts;
            Ok(Imported { tenant, rows, objects })
        }
        Err(why) => {
            progress("undoing what was done");
            match tenants::abandon_restore(p, &blobs, &control, &tenant.id).await {
                Ok(()) => Err(why),
                Err(left) => Err(ArchiveError::Left(Box::new(why), left)),
            }
        }
    }
}

async fn fill<P: SqlPlatform>(
    p: &P,
    blobs: &Blobs,
    secrets: &OriginSecrets,
    control: &P::Sql,
    archive: &mut Archive,
    tenant: &str,
    progress: Progress<'_>,
) -> Result<TenantInfo, ArchiveError> {
    let (vault, before) = (vault(p).await?, archive.manifest.tenant.id.clone());
    let name = tenant_database(tenant);
    create_database(control, &name).await?;
    let sql = p.sql(&name).await?;
    // As far as its rows' schema; the rest changes the rows, too.
    migrate_first(&sql, Kind::Tenant, archive.manifest.migrations.len()).await?;
    sql.execute("BEGIN", &[]).await?;
    let former = (before != tenant).then_some(before.as_str());
    let manner = Manner { secrets: Secrets::Seal(p, &vault), tenant, former };
    load(&sql, archive, &manner, progress).await?;
    sql.execute("COMMIT", &[]).await?;
    migrate(&sql, Kind::Tenant).await?;
    sql.execute("ANALYZE", &[]).await?;
    progress("objects");
    objects::restore(p, blobs, archive, tenant, progress).await?;
    Ok(tenants::finish_restore(p, secrets, control, &sql, tenant).await?)
}

/// Whether this program knows what was applied to the archive's database.
fn fits(manifest: &Manifest) -> Result<(), ArchiveError> {
    let chain = Kind::Tenant.chain();
    for (n, applied) in manifest.migrations.iter().enumerate() {
        match chain.get(n) {
            None => return Err(ArchiveError::Newer(format!("the archive has the migration {}", applied.file))),
            Some(ours) if ours.file != applied.file || ours.sha256() != applied.sha256 => {
                let what = format!("the archive's migration {} is not this program's {}", applied.file, ours.file);
                return Err(ArchiveError::Unfit(what));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn restored(manifest: &Manifest, place: &Place) -> Restored {
    let was = &manifest.tenant;
    let base_url = match (&place.base_url, place.hosts.first()) {
        (Some(url), _) => url.clone(),
        (None, Some(host)) => tenants::base_url_for(&was.base_url, host),
        (None, None) => was.base_url.clone(),
    };
    Restored {
        id: place.id.clone().unwrap_or_else(|| was.id.clone()),
        name: was.name.clone(),
        base_url,
        hosts: if place.hosts.is_empty() { was.hosts.clone() } else { place.hosts.clone() },
        suspended: was.suspended,
    }
}
