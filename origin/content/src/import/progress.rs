//! How far an import is: a row that its beginner watches.

use aw_ingress::Caller;
use aw_openapi::JsonSchema;
use aw_origin_data::input::actor;
use aw_platform::{ApiError, Result, Sql, SqlExt, Value, rfc3339};
use serde::Serialize;
use uuid::Uuid;

use crate::rights;

/// How far an import is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Import {
    id: String,
    /// The file's name.
    name: String,
    /// `running`, `done` or `failed`. One that has been running without a change for minutes was cut off: nothing is
    /// left of it.
    state: String,
    /// `reading`, `pictures` or `writing`.
    stage: String,
    /// How many of the stage's `total` are done: bytes, pictures, chapters.
    done: i64,
    total: i64,
    /// The book that was made.
    book: Option<String>,
    /// Why it failed.
    error: Option<String>,
    created_at: String,
    updated_at: String,
}

/// Where an import says how far it is; nowhere, where nobody asked.
pub(super) struct Progress<'a, S>(Option<(&'a S, Uuid)>);

impl<'a, S: Sql> Progress<'a, S> {
    /// Begins. `id` is the beginner's choice.
    ///
    /// # Errors
    /// 409 `CONTENT_IMPORT_EXISTS` for an id that is another's.
    pub(super) async fn begin(
        sql: &'a S,
        caller: &Caller,
        id: Option<Uuid>,
        name: &str,
        size: usize,
    ) -> Result<Self, ApiError> {
        let Some(id) = id else { return Ok(Self(None)) };
        // Whoever begins takes what nobody watches any more along.
        sql.execute("DELETE FROM imports WHERE updated_at < now() - interval '7 days'", &[]).await?;
        let row: [Value; 4] = [id.into(), actor(caller).into(), name.replace('\0', "").into(), (size as i64).into()];
        let insert = "INSERT INTO imports AS i (id, created_by, name, state, stage, total) \
            VALUES ($1::text::uuid, $2::text, $3::text, 'running', 'reading', $4::bigint) \
            ON CONFLICT (id) DO UPDATE SET state = 'running', stage = 'reading', done = 0, total = excluded.total, \
                error = NULL, updated_at = now() WHERE i.created_by = excluded.created_by";
        if sql.execute(insert, &row).await? == 0 {
            return Err(ApiError::new(409, "CONTENT_IMPORT_EXISTS", "another import has this id"));
        }
        Ok(Self(Some((sql, id))))
    }

    /// Says how far it is.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn at(&self, stage: &str, done: usize, total: usize) -> Result<()> {
        let Some((sql, id)) = self.0 else { return Ok(()) };
        let row: [Value; 4] = [id.into(), stage.into(), (done as i64).into(), (total as i64).into()];
        let update = "UPDATE imports SET stage = $2::text, done = $3::bigint, total = $4::bigint, updated_at = now() \
            WHERE id = $1::text::uuid";
        sql.execute(update, &row).await.map(drop)
    }

    /// Says how it ended.
    pub(super) async fn end(&self, result: &Result<String, ApiError>) {
        let Some((sql, id)) = self.0 else { return };
        let (state, book, error) = match result {
            Ok(book) => ("done", Some(book.as_str()), None),
            Err(error) => ("failed", None, Some(error.message())),
        };
        let row: [Value; 4] = [id.into(), state.into(), book.into(), error.into()];
        let update = "UPDATE imports SET state = $2::text, book = $3::text::uuid, error = $4::text, \
            done = CASE WHEN $2::text = 'done' THEN total ELSE done END, updated_at = now() \
            WHERE id = $1::text::uuid";
        // The import is what it is, whether that is written down or not.
        let _ = sql.execute(update, &row).await;
    }
}

/// An import that the caller began, or anybody's for those who see everything.
///
/// # Errors
/// 404 `CONTENT_IMPORT_NOT_FOUND`.
pub(super) async fn find<S: Sql>(sql: &S, caller: &Caller, id: Uuid) -> Result<Import, ApiError> {
    let select = "SELECT id::text, name, state, stage, done, total, book::text, error, \
            (extract(epoch FROM created_at) * 1000)::bigint, (extract(epoch FROM updated_at) * 1000)::bigint \
        FROM imports WHERE id = $1::text::uuid AND ($2::text IS NULL OR created_by = $2::text)";
    let only = (!rights::all(caller)).then(|| actor(caller));
    let none = || ApiError::new(404, "CONTENT_IMPORT_NOT_FOUND", "there is no such import");
    let row = sql.query_opt(select, &[id.into(), only.into()]).await?.ok_or_else(none)?;
    Ok(Import {
        id: row.text(0)?.to_owned(),
        name: row.text(1)?.to_owned(),
        state: row.text(2)?.to_owned(),
        stage: row.text(3)?.to_owned(),
        done: row.int(4)?,
        total: row.int(5)?,
        book: row.text_opt(6)?.map(str::to_owned),
        error: row.text_opt(7)?.map(str::to_owned),
        created_at: rfc3339(row.int(8)?.unsigned_abs()),
        updated_at: rfc3339(row.int(9)?.unsigned_abs()),
    })
}
