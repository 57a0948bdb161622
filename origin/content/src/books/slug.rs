//! A name in URLs that nobody has.

use aw_model::slug::slugify;
use aw_platform::{Result, Sql};

use super::read::is_id;

/// The slug of `title`, with a number behind it where another book has it or had it. Who takes it at the same time makes the
/// other's insert fail on the unique index.
///
/// # Errors
/// The database cannot be asked.
pub(super) async fn free<S: Sql>(sql: &S, title: &str) -> Result<String> {
    // A title that is a UUID would be a name that is an id.
    let base = Some(slugify(title)).filter(|slug| !is_id(slug)).unwrap_or_else(|| "untitled".into());
    // Two books of one title at once wait for each other, and get two slugs.
    sql.execute("SELECT pg_advisory_xact_lock(hashtext('books.slug'), hashtext($1::text))", &[(&base).into()]).await?;
    let statement = "SELECT CASE WHEN n = 1 THEN $1::text ELSE $1::text || '-' || n END AS free \
        FROM generate_series(1, (SELECT count(*) + 1 FROM ( \
            SELECT slug FROM books UNION SELECT slug FROM redirects UNION SELECT published_slug FROM books) AS t \
            WHERE slug LIKE $1::text || '%')) AS n \
        WHERE NOT EXISTS (SELECT 1 FROM ( \
            SELECT slug FROM books UNION SELECT slug FROM redirects UNION SELECT published_slug FROM books) AS t \
            WHERE slug = CASE WHEN n = 1 THEN $1::text ELSE $1::text || '-' || n END) \
        ORDER BY n LIMIT 1";
    let rows = sql.query(statement, &[(&base).into()]).await?;
    rows.first().map_or(Ok(base), |row| row.text(0).map(str::to_owned))
}
