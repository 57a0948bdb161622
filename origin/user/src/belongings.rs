//! What the tenant's database has of an account, found by what the schema says: rows that refer to it, whichever
//! service's they are. A reference that is declared `ON DELETE CASCADE` means that the row goes with the account; any
//! other, that it stays.

use aw_platform::{Error, Result, Sql, SqlExt};
use serde_json::{Map, Value as Json};

/// The most rows of one table in an export.
const MOST: i64 = 10_000;

/// A column that names accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    table: String,
    column: String,
    /// Whether the row goes with the account.
    pub(crate) goes: bool,
}

const REFERENCES: &str = "SELECT c.relname::text, a.attname::text, con.confdeltype = 'c' FROM pg_constraint con \
    JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = con.conkey[1] \
    WHERE con.contype = 'f' AND con.confrelid = 'users'::regclass AND cardinality(con.conkey) = 1 \
        AND n.nspname = current_schema() ORDER BY 1, 2";

/// Columns that say who has made something, without being references.
const MADE: &str = "SELECT table_name::text, column_name::text, false FROM information_schema.columns \
    WHERE table_schema = current_schema() AND column_name IN ('created_by', 'actor') AND data_type = 'text' ORDER BY 1";

/// Columns that nobody is shown: digests and keys, and mails' text, whose links are keys too.
const HIDDEN: &str = "SELECT coalesce(json_agg(column_name), '[]')::text FROM information_schema.columns \
    WHERE table_schema = current_schema() AND table_name = $1::text AND (data_type = 'bytea' \
        OR column_name ~ '(hash|secret|token|key|code)' OR (table_name = 'mails' AND column_name IN ('text', 'html')))";

async fn columns<S: Sql>(sql: &S, statement: &str) -> Result<Vec<Reference>> {
    let rows = sql.query(statement, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(Reference { table: row.text(0)?.to_owned(), column: row.text(1)?.to_owned(), goes: row.bool(2)? })
        })
        .collect()
}

/// Every column that refers to accounts.
pub(crate) async fn references<S: Sql>(sql: &S) -> Result<Vec<Reference>> {
    columns(sql, REFERENCES).await
}

impl Reference {
    /// The table's name.
    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// The table's rows that name `user`, without what nobody is shown.
    async fn rows<S: Sql>(&self, sql: &S, user: &str) -> Result<Json> {
        let row = sql.query_opt(HIDDEN, &[self.table.as_str().into()]).await?;
        let hidden = row.ok_or_else(|| Error::internal("an aggregate without a row"))?;
        let statement = format!(
            "SELECT coalesce(jsonb_agg(to_jsonb(t) - ARRAY(SELECT jsonb_array_elements_text($2::text::jsonb))), '[]')::text \
             FROM (SELECT * FROM {table} WHERE {column}::text = $1::text LIMIT $3::bigint) t",
            table = quoted(&self.table),
            column = quoted(&self.column),
        );
        let row = sql.query_opt(&statement, &[user.into(), hidden.text(0)?.into(), MOST.into()]).await?;
        let row = row.ok_or_else(|| Error::internal("an aggregate without a row"))?;
        serde_json::from_str(row.text(0)?).map_err(|e| Error::internal(e.to_string()))
    }

    /// Deletes the table's rows that name `user`.
    pub(crate) async fn delete<S: Sql>(&self, sql: &S, user: &str) -> Result<()> {
        let (table, column) = (quoted(&self.table), quoted(&self.column));
        let statement = format!("DELETE FROM {table} WHERE {column} = $1::text::uuid");
        sql.execute(&statement, &[user.into()]).await.map(drop)
    }
}

/// All that names `user`, by `TABLE.COLUMN`; tables without such a row are left out.
pub(crate) async fn export<S: Sql>(sql: &S, user: &str) -> Result<Map<String, Json>> {
    let mut out = Map::new();
    let mut all = vec![Reference { table: "users".into(), column: "id".into(), goes: false }];
    all.extend(references(sql).await?);
    all.extend(columns(sql, MADE).await?);
    for reference in all {
        let rows = reference.rows(sql, user).await?;
        if rows.as_array().is_some_and(|rows| !rows.is_empty()) {
            out.insert(format!("{}.{}", reference.table, reference.column), rows);
        }
    }
    Ok(out)
}

/// A name of the schema's as a statement has it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_stays_a_name() {
        assert_eq!(super::quoted(r#"a"; DROP TABLE users; --"#), r#""a""; DROP TABLE users; --""#);
    }
}
