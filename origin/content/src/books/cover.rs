//! A stored file as a book's cover. The book has the picture itself, as it has those that came with an import; that the
//! file is its cover keeps the file from being deleted.

use aw_origin_data::{
    database, files,
    input::actor,
    objects::{Object, place},
};
use aw_platform::{ApiError, Error, Sql, SqlExt, SqlPlatform};
use uuid::Uuid;

use super::Draft;
use crate::{ask::Ask, pictures, rights};

/// The largest file, in bytes: as large as a picture that is sent.
const MOST: i64 = 16 * 1024 * 1024;
/// What readers' programs show.
const TYPES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// A file that may be a cover.
#[derive(Debug)]
pub(super) struct Cover {
    file: Uuid,
    object: Object,
    name: String,
}

/// What refers to the file of a book's cover: of a kind that is [`files::KEPT`].
fn subject(book: &str) -> String {
    format!("cover:{book}")
}

/// The file as a picture among those of books, before anything names it; alone it is garbage, and no harm.
///
/// # Errors
/// 404 `STORAGE_FILE_NOT_FOUND` for what is no stored file that the caller sees; 422 `CONTENT_COVER_INVALID`.
pub(super) async fn take<P: SqlPlatform>(ask: &Ask<'_, P>, file: Uuid) -> Result<Cover, ApiError> {
    let invalid = |why: String| ApiError::new(422, "CONTENT_COVER_INVALID", why);
    let sql = database::tenant(ask.p, ask.tenant).await?;
    let select = "SELECT sha256, size, media_type, name, place FROM files \
        WHERE id = $1::text::uuid AND state = 'stored' AND ($2::text IS NULL OR owner = $2::text)";
    let only = (!rights::all(ask.caller)).then(|| actor(ask.caller));
    let row = sql.query_opt(select, &[file.into(), only.into()]).await?.ok_or_else(files::not_found)?;
    // As its bytes say: that was looked at before it was stored.
    let media_type = row.text(2)?;
    if !TYPES.contains(&media_type) {
        return Err(invalid(format!("a cover is PNG, JPEG, GIF or WebP, and this file is {media_type}")));
    }
    if row.int(1)? > MOST {
        return Err(invalid(format!("a cover has at most {MOST} bytes, and this file has {}", row.int(1)?)));
    }
    let object =
        Object { sha256: row.text(0)?.to_owned(), size: row.int(1)?.unsigned_abs(), media_type: media_type.to_owned() };
    let (blobs, from) = (&*ask.service.blobs, row.text(4)?);
    let there = blobs.head(ask.p, from).await?.and_then(|meta| meta.etag);
    let lost = || Error::internal("a stored file is missing from the object store");
    if !blobs.copy(ask.p, from, &there.ok_or_else(lost)?, &place(ask.tenant, &object.sha256)).await? {
        return Err(lost().into());
    }
    Ok(Cover { file, object, name: row.text(3)?.to_owned() })
}

/// Makes the file the cover of a book that the caller has locked; gives the number of its picture.
///
/// # Errors
/// 404 where the file was deleted meanwhile; 422 where the book is full of pictures.
pub(super) async fn set<S: Sql>(sql: &S, book: &Draft, cover: &Cover) -> Result<i64, ApiError> {
    clear(sql, book).await?;
    files::refer(sql, cover.file, &subject(&book.id)).await?;
    let (picture, _) = pictures::keep(sql, &book.id, &cover.object, &cover.name).await?;
    let update = "UPDATE books SET cover_file = $2::text::uuid WHERE id = $1::text::uuid";
    sql.execute(update, &[(&book.id).into(), cover.file.into()]).await?;
    Ok(picture.number())
}

/// No file is the cover of the book any more.
///
/// # Errors
/// The database refuses it.
pub(super) async fn clear<S: Sql>(sql: &S, book: &Draft) -> Result<(), ApiError> {
    let Some(file) = book.cover_file_id else { return Ok(()) };
    files::release(sql, file, &subject(&book.id)).await?;
    let update = "UPDATE books SET cover_file = NULL WHERE id = $1::text::uuid";
    sql.execute(update, &[(&book.id).into()]).await?;
    Ok(())
}
