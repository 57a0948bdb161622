//! What tables a tenant's database has, as the server itself says.

use aw_platform::{Result, Sql};
use aw_trust::sealed;

use crate::ArchiveError;

/// Tables that are the installation's and not the tenant's: what has to reach which edge; what was applied, which the
/// manifest tells.
const OWN: &str = "'edges', 'outbox', 'migrations'";
/// Records of hosts are written anew where the tenant is restored: they have its token keys, sealed for the edges.
pub(crate) const RECORDS: &str = "records";

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// The columns of its primary key.
    pub(crate) key: Vec<String>,
}

/// A column whose content is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// As SQL names it.
    pub(crate) kind: String,
    /// Where its secrets are sealed: the text of their context.
    pub(crate) sealed: Option<String>,
}

/// A name as a statement has it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Table {
    /// Its columns, as a statement has them.
    pub(crate) fn columns(&self) -> String {
        self.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }

    /// In which order its rows are written.
    pub(crate) fn order(&self) -> String {
        if self.key.is_empty() {
            return "t::text".to_owned();
        }
        self.key.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
    }
}

/// The tenant's tables, in the order of their names.
///
/// # Errors
/// A column is called sealed and has no comment that says with which context; the database cannot be asked.
pub(crate) async fn tables<S: Sql>(sql: &S) -> Result<Vec<Table>, ArchiveError> {
    let statement = format!(
        "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), \
            coalesce(col_description(c.oid, a.attnum), ''), \
            EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)) \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid \
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
            AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname NOT IN ({OWN}) \
         ORDER BY c.relname, a.attnum"
    );
    let mut tables: Vec<Table> = Vec::new();
    for row in sql.query(&statement, &[]).await? {
        let (table, name, comment) = (row.text(0)?, row.text(1)?.to_owned(), row.text(3)?);
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(Table { name: table.to_owned(), ..Table::default() });
        }
        let Some(last) = tables.last_mut() else { continue };
        let sealed = comment.strip_prefix(sealed::COMMENT).map(str::to_owned);
        let called = name == "sealed" || name.starts_with("sealed_") || name.ends_with("_sealed");
        if called && sealed.is_none() {
            return Err(ArchiveError::Unfit(format!(
                "the column {table}.{name} has no comment that says how it is sealed (aw_trust::sealed)"
            )));
        }
        if row.bool(4)? {
            last.key.push(name.clone());
        }
        last.columns.push(Column { name, kind: row.text(2)?.to_owned(), sealed });
    }
    Ok(tables)
}
