//! One at a time works on a file's bytes. Who dies is succeeded when the lease is over; who comes back then finds that
//! the row is another's.

use aw_platform::{ApiError, Error, Platform, Result, Sql, Value, uuid_v7};
use uuid::Uuid;

use crate::file::{self, File};

/// How long a lease is, in seconds: longer than any one request to the object store may take.
const LIFE: i64 = 90;

/// The right to work on a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    pub(crate) file: Uuid,
    pub(crate) token: String,
}

/// Somebody else had the lease meanwhile.
pub(crate) fn lost() -> ApiError {
    ApiError::new(409, "STORAGE_FILE_BUSY", "another request worked on this file meanwhile: look at it again")
        .retry_after(1)
}

/// Takes the lease of a file that is uploading or checking; gives it and the row as it is then. `None` where somebody
/// has it, or there is nothing to do on the file.
pub(crate) async fn take<P: Platform, S: Sql>(p: &P, sql: &S, id: Uuid) -> Result<Option<(Lease, File)>, ApiError> {
    let token = uuid_v7(p).simple().to_string();
    let update = "UPDATE files SET lease = $2::text, lease_until = now() + $3::bigint * interval '1 second' \
        WHERE id = $1::text::uuid AND state IN ('uploading', 'checking') \
            AND (lease_until IS NULL OR lease_until < now())";
    let params: [Value; 3] = [id.into(), (&token).into(), LIFE.into()];
    if sql.execute(update, &params).await? == 0 {
        return Ok(None);
    }
    Ok(Some((Lease { file: id, token }, file::find(sql, id).await?)))
}

impl Lease {
    /// Changes the row while the lease is held, in the caller's transaction where there is one. `set` has parameters
    /// from `$3` on.
    ///
    /// # Errors
    /// 409 `STORAGE_FILE_BUSY` where it is not held any more.
    pub(crate) async fn set<S: Sql>(&self, sql: &S, set: &str, params: &[Value]) -> Result<(), ApiError> {
        let update = format!("UPDATE files SET {set} WHERE id = $1::text::uuid AND lease = $2::text");
        let mut all = vec![self.file.into(), (&self.token).into()];
        all.extend_from_slice(params);
        if sql.execute(&update, &all).await? == 1 { Ok(()) } else { Err(lost()) }
    }

    /// Holds it for another while.
    pub(crate) async fn renew<S: Sql>(&self, sql: &S) -> Result<(), ApiError> {
        self.set(sql, "lease_until = now() + $3::bigint * interval '1 second'", &[LIFE.into()]).await
    }

    /// Gives it back. That it could not be costs whoever comes next a wait.
    pub(crate) async fn end<S: Sql>(&self, sql: &S) {
        let _ = self.set(sql, "lease = NULL, lease_until = NULL", &[]).await;
    }
}

/// The row has gone while it was locked.
pub(crate) fn gone() -> Error {
    Error::internal("a locked row has gone")
}
