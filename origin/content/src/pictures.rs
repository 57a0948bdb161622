//! `/v1/books/BOOK/pictures`: what its chapters show, and its cover.

use aw_openapi::JsonSchema;
use aw_origin_data::{
    audit,
    input::actor,
    objects::{Object, place, sha256},
};
use aw_platform::{
    ApiError, Error, Path, Response, Result, Row, Sql, SqlExt, SqlPlatform, Value,
    http::{HeaderValue, Method, header},
};
use serde::Serialize;
use serde_json::json;

use crate::{ask::Ask, books, publish, rights::Right};

/// Most pictures of a book.
const MOST: i64 = 2_000;

/// A picture of a book.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Picture {
    number: i64,
    /// What `src` of an `img` in a chapter says to show it: `asset:N`.
    src: String,
    name: String,
    media_type: String,
    /// In bytes.
    size: i64,
    sha256: String,
}

const COLUMNS: &str = "number, name, media_type, size, sha256 FROM assets WHERE book = $1::text::uuid";

impl Picture {
    /// N of `asset:N`.
    pub(crate) fn number(&self) -> i64 {
        self.number
    }

    fn from_row(row: &Row) -> Result<Self> {
        let number = row.int(0)?;
        Ok(Self {
            number,
            src: format!("asset:{number}"),
            name: row.text(1)?.to_owned(),
            media_type: row.text(2)?.to_owned(),
            size: row.int(3)?,
            sha256: row.text(4)?.to_owned(),
        })
    }
}

/// # Errors
/// What the route answers instead.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::GET, ["v1", "drafts", book, "pictures"]) => {
            let sql = ask.sql().await?;
            let book = books::open(&sql, ask.caller, book, Right::Read).await?;
            let rows = sql.query(&format!("SELECT {COLUMNS} ORDER BY number"), &[book.id.into()]).await?;
            Ok(ask.data(200, rows.iter().map(Picture::from_row).collect::<Result<Vec<_>>>()?))
        }
        (&Method::GET, ["v1", "drafts", book, "pictures", number]) => {
            let number = Path::arg::<u32>(number, "picture")?;
            let sql = ask.sql().await?;
            let book = books::open(&sql, ask.caller, book, Right::Read).await?;
            let select = format!("SELECT {COLUMNS} AND number = $2::bigint");
            let none = || ApiError::new(404, "CONTENT_PICTURE_NOT_FOUND", "the book has no such picture");
            let row = sql.query_opt(&select, &[book.id.into(), number.into()]).await?.ok_or_else(none)?;
            bytes(ask, &Picture::from_row(&row)?).await
        }
        (&Method::POST, ["v1", "books", book, "pictures"]) => {
            let (picture, new) = add(ask, book).await?;
            Ok(ask.data(if new { 201 } else { 200 }, picture))
        }
        (_, [_, _, _, "pictures"] | [_, _, _, "pictures", _]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// Takes the picture in the body; one that the book has is that one. Gives whether it is new.
async fn add<P: SqlPlatform>(ask: &Ask<'_, P>, book: &str) -> Result<(Picture, bool), ApiError> {
    let media_type = aw_manuscript::picture_type(ask.body).ok_or_else(|| {
        ApiError::new(422, "CONTENT_PICTURE_INVALID", "a picture is PNG, JPEG, GIF or WebP, as its bytes say")
    })?;
    let name = ask.query("name").unwrap_or_else(|| "picture".into());
    let name: String = name.chars().filter(|c| !c.is_control()).take(255).collect();
    let sql = ask.sql().await?;
    books::open(&sql, ask.caller, book, Right::Write).await?;
    let object = Object { sha256: sha256(ask.body), size: ask.body.len() as u64, media_type: media_type.to_owned() };
    // Before the row that names it; alone it is garbage, and no harm.
    publish::put(ask.p, &ask.service.blobs, ask.tenant, std::iter::once(&(object.clone(), ask.body.clone()))).await?;
    sql.transaction(async |sql| {
        let book = books::lock(sql, ask.caller, book, Right::Write).await?;
        let (picture, new) = keep(sql, &book.id, &object, &name).await?;
        if new {
            let details = json!({ "number": picture.number });
            audit::record(ask.p, sql, actor(ask.caller), "content.picture.added", &book.id, details).await?;
        }
        Ok((picture, new))
    })
    .await
}

/// A picture of a book that the caller has locked, whose bytes the object store has; whether it is new there.
///
/// # Errors
/// 422 `CONTENT_PICTURES_TOO_MANY`.
pub(crate) async fn keep<S: Sql>(
    sql: &S,
    book: &str,
    object: &Object,
    name: &str,
) -> Result<(Picture, bool), ApiError> {
    let select = format!("SELECT {COLUMNS} AND sha256 = $2::text ORDER BY number LIMIT 1");
    if let Some(row) = sql.query_opt(&select, &[book.into(), (&object.sha256).into()]).await? {
        return Ok((Picture::from_row(&row)?, false));
    }
    let last = "SELECT coalesce(max(number), -1)::bigint FROM assets WHERE book = $1::text::uuid";
    let number = sql.query_opt(last, &[book.into()]).await?.map_or(Ok(-1), |row| row.int(0))? + 1;
    if number >= MOST {
        return Err(ApiError::new(422, "CONTENT_PICTURES_TOO_MANY", "a book has at most 2000 pictures"));
    }
    let row: [Value; 6] = [
        book.into(),
        number.into(),
        (&object.sha256).into(),
        i64::try_from(object.size).unwrap_or(i64::MAX).into(),
        (&object.media_type).into(),
        name.into(),
    ];
    let insert = format!(
        "WITH new AS (INSERT INTO assets (book, number, sha256, size, media_type, name) \
            VALUES ($1::text::uuid, $2::bigint, $3::text, $4::bigint, $5::text, $6::text) RETURNING *) \
         SELECT {}",
        COLUMNS.replace("assets", "new")
    );
    let row = sql.query_opt(&insert, &row).await?;
    Ok((Picture::from_row(&row.ok_or_else(|| Error::internal("a row that was made is none"))?)?, true))
}

async fn bytes<P: SqlPlatform>(ask: &Ask<'_, P>, picture: &Picture) -> Result<Response<P>, ApiError> {
    let found = ask.service.blobs.get(ask.p, &place(ask.tenant, &picture.sha256)).await?;
    let object = found.ok_or_else(|| Error::internal("a picture is missing from the object store"))?;
    let mut response = Response::<P>::new(object.body);
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(&picture.media_type);
    headers.insert(header::CONTENT_TYPE, media_type.map_err(|e| Error::internal(e.to_string()))?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    );
    Ok(response)
}
