//! Writing a tenant.

use std::path::Path;

use aw_blobs::Blobs;
use aw_model::names::MASTER_KEY;
use aw_origin_data::{database, tenants};
use aw_platform::{Sql, SqlExt, SqlPlatform, rfc3339};
use aw_trust::{Key, key, sealed};

use crate::{
    ArchiveError, Progress,
    catalogue::{self, RECORDS, Table, quoted},
    manifest::{Applied, Counts, FORMAT, Manifest, TABLES, Tenant},
    objects,
    row::{Change, Manner, Secrets},
    writer::Writer,
};

/// How many bytes of rows are in memory at once, of rows that are no longer than that.
const FETCHED: i64 = 4 << 20;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// How many tables.
    pub tables: u64,
    /// How many rows.
    pub rows: u64,
    /// How many objects.
    pub objects: u64,
    /// The file's size in bytes.
    pub size: u64,
    /// What will not work as before where it is restored, and why: a sentence each.
    pub left: Vec<String>,
}

/// What may be known by a key of the installation alone, which is not in the archive.
struct Left {
    /// Counts all that could be.
    all: &'static str,
    /// What is known otherwise, by a table and a column that a schema of before has not.
    but: (&'static str, &'static str, &'static str),
    /// What is said of so many.
    what: &'static str,
}

const LEFT: [Left; 2] = [
    Left {
        all: "SELECT count(DISTINCT c.user_id) FROM recovery_codes c WHERE c.used_at IS NULL",
        but: ("recovery_keys", "sealed", "AND NOT EXISTS (SELECT 1 FROM recovery_keys k WHERE k.user_id = c.user_id)"),
        what: "accounts have old recovery codes, hashed with a key of this installation: they are of no use elsewhere, \
            and are to be renewed at /account/security",
    },
    Left {
        all: "SELECT count(*) FROM gifts",
        but: ("gifts", "code_sealed", "WHERE code_sealed IS NULL"),
        what: "gifts have codes that are not sealed yet: they can be redeemed elsewhere, but are not shown there; export \
            again once the worker has run",
    },
];

impl Left {
    /// What is to be said of a database with these tables; `None` where all of it moves.
    async fn say<S: Sql>(&self, sql: &S, tables: &[Table]) -> Result<Option<String>, ArchiveError> {
        let (table, column, but) = self.but;
        let has = tables.iter().any(|t| t.name == table && t.columns.iter().any(|c| c.name == column));
        let count = format!("{} {}", self.all, if has { but } else { "" });
        let count = sql.query_opt(&count, &[]).await?.map_or(Ok(0), |row| row.int(0))?;
        Ok((count > 0).then(|| format!("{count} {}", self.what)))
    }
}

/// The key of what is sealed in this installation.
pub(crate) async fn vault<P: SqlPlatform>(p: &P) -> Result<Key, ArchiveError> {
    let master = p.secret(MASTER_KEY).await?;
    Ok(key::derive(master.expose(), sealed::PURPOSE).map_err(aw_platform::Error::from)?)
}

pub(crate) async fn export<P: SqlPlatform>(
    p: &P,
    tenant: &str,
    file: &Path,
    progress: Progress<'_>,
) -> Result<Exported, ArchiveError> {
    let (blobs, vault) = (Blobs::build(p).await?, vault(p).await?);
    let info = tenants::get(&database::control(p).await?, tenant).await?;
    let sql = database::tenant(p, tenant).await?;
    let mut out = Writer::create(file)?;
    sql.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", &[]).await?;
    sql.execute("SET LOCAL timezone = 'UTC'", &[]).await?;
    let mut migrations = Vec::new();
    for row in sql.query("SELECT name, sha256 FROM migrations ORDER BY number", &[]).await? {
        migrations.push(Applied { file: row.text(0)?.to_owned(), sha256: row.text(1)?.to_owned() });
    }
    let mut counts = Counts::default();
    // Objects are there before the rows that name them: what is listed after the rows' moment has all of theirs.
    let tables = catalogue::tables(&sql).await?;
    progress("objects");
    objects::write(p, &blobs, tenant, &mut out, &mut counts, progress).await?;
    let manner = Manner { secrets: Secrets::<P>::Open(&vault), tenant, former: None };
    for table in &tables {
        progress(&format!("table {}", table.name));
        counts.rows += rows(&sql, &Change { table, manner: &manner }, &mut out).await?;
        counts.tables += 1;
    }
    let mut left = Vec::new();
    for what in &LEFT {
        left.extend(what.say(&sql, &tables).await?);
    }
    sql.execute("COMMIT", &[]).await?;
    let tenant =
        Tenant { id: info.id, name: info.name, base_url: info.base_url, hosts: info.hosts, suspended: info.suspended };
    let entries = std::mem::take(&mut out.entries);
    let manifest = Manifest { format: FORMAT, exported_at: rfc3339(p.now()), tenant, migrations, counts, entries };
    let size = out.finish(&manifest)?;
    Ok(Exported { tables: counts.tables, rows: counts.rows, objects: counts.objects, size, left })
}

/// Writes a table's rows; how many there are.
async fn rows<P: SqlPlatform>(sql: &P::Sql, change: &Change<'_, P>, out: &mut Writer) -> Result<u64, ArchiveError> {
    let table = change.table;
    let select = select(table);
    // How long they are tells how many may be in memory at once.
    let longest = format!("SELECT coalesce(max(octet_length(line)), 1)::bigint FROM ({select}) AS lines");
    let longest = sql.query_opt(&longest, &[]).await?.map_or(Ok(1), |row| row.int(0))?;
    let fetched = (FETCHED / longest.max(1)).clamp(1, 10_000);
    sql.execute(&format!("DECLARE lines NO SCROLL CURSOR FOR {select} ORDER BY {}", table.order()), &[]).await?;
    out.begin(&format!("{TABLES}{}.jsonl", table.name), true)?;
    let mut count = 0;
    loop {
        let rows = sql.query(&format!("FETCH {fetched} FROM lines"), &[]).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let line = row.text(0)?;
            if change.is_needed() {
                out.write(change.apply(line)?.as_bytes())?;
            } else {
                out.write(line.as_bytes())?;
            }
            out.write(b"\n")?;
            count += 1;
        }
    }
    sql.execute("CLOSE lines", &[]).await?;
    out.end(Some(count), Vec::new());
    Ok(count)
}

/// The rows of a table as JSON.
fn select(table: &Table) -> String {
    let (columns, name) = (table.columns(), quoted(&table.name));
    let only = if table.name == RECORDS { "WHERE key NOT LIKE 'h/%'" } else { "" };
    format!("SELECT (SELECT row_to_json(r) FROM (SELECT {columns}) AS r)::text AS line FROM {name} AS t {only}")
}
