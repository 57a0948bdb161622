//! Files that the storage service keeps, for the services that refer to them.

use aw_model::object;
use aw_platform::{ApiError, Result, Sql, SqlExt};
use uuid::Uuid;

/// The kinds of subjects whose references come and go with what the services themselves do: `cover` is the book that a
/// file is the cover of. Nobody says or takes back such a one by hand.
pub const KEPT: [&str; 1] = ["cover"];

/// There is no such file.
pub fn not_found() -> ApiError {
    ApiError::new(404, "STORAGE_FILE_NOT_FOUND", "there is no such file")
}

/// Says in the caller's transaction that `subject` (`book:ID`, `user:ID`) refers to a stored file: it is not deleted
/// until [`release`]. Saying it again changes nothing.
///
/// # Errors
/// 404 `STORAGE_FILE_NOT_FOUND` where there is no such file, or it is not stored; the database refuses it.
pub async fn refer<S: Sql>(sql: &S, file: Uuid, subject: &str) -> Result<(), ApiError> {
    // Locked, so that it is not deleted between the look and the row.
    let stored = "SELECT 1::bigint FROM files WHERE id = $1::text::uuid AND state = 'stored' FOR SHARE";
    if sql.query_opt(stored, &[file.into()]).await?.is_none() {
        return Err(not_found());
    }
    let insert = "INSERT INTO file_references (file, subject) VALUES ($1::text::uuid, $2::text) ON CONFLICT DO NOTHING";
    sql.execute(insert, &[file.into(), subject.into()]).await?;
    Ok(())
}

/// Takes back what [`refer`] said; whether it had been said.
///
/// # Errors
/// The database refuses it.
pub async fn release<S: Sql>(sql: &S, file: Uuid, subject: &str) -> Result<bool> {
    let delete = "DELETE FROM file_references WHERE file = $1::text::uuid AND subject = $2::text";
    Ok(sql.execute(delete, &[file.into(), subject.into()]).await? == 1)
}

/// Where the object store has the bytes of a public file, and how many parts an edge gets them in. `None` where no
/// public file has that SHA-256.
///
/// # Errors
/// The database cannot be asked.
pub async fn public<S: Sql>(sql: &S, sha256: &str) -> Result<Option<(String, u64)>> {
    let select = "SELECT place, size FROM files \
        WHERE sha256 = $1::text AND state = 'stored' AND visibility = 'public' LIMIT 1";
    let row = sql.query_opt(select, &[sha256.into()]).await?;
    row.map(|row| Ok((row.text(0)?.to_owned(), u64::from(object::parts(row.int(1)?.unsigned_abs()))))).transpose()
}
