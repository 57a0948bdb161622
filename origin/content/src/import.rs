//! `POST /v1/imports`: a book as its author has it becomes a draft.

use aw_blobs::Blobs;
use aw_ingress::Caller;
use aw_manuscript::{Kind, Manuscript, ManuscriptError, read};
use aw_origin_data::{
    database,
    idempotency::{self, Answer, Once},
    input,
    objects::{Object, sha256},
};
use aw_platform::{ApiError, SqlPlatform, http::request::Parts};
use bytes::Bytes;
use serde_json::json;

use crate::{
    books::{self, Beginning, Details, NewChapter, fitted_title},
    publish,
};

/// The largest file, in bytes.
pub(crate) const MOST: usize = 256 * 1024 * 1024;

/// Reads the file in `body` and makes a draft of it. A file that is broken leaves nothing behind.
///
/// # Errors
/// 400 for a kind or name that is missing; 422 `CONTENT_IMPORT_BROKEN` with the place and the reason.
pub(crate) async fn import<P: SqlPlatform>(
    p: &P,
    blobs: &Blobs,
    caller: &Caller,
    tenant: &str,
    head: &Parts,
    body: Bytes,
) -> Result<Answer, ApiError> {
    let query = head.uri.query();
    let name = input::query(query, "name").filter(|name| (1..=255).contains(&name.len())).unwrap_or("book".into());
    let kind = kind(head, &name)?;
    let target = head.uri.path_and_query().map_or("", |p| p.as_str());
    let once = Once::from_headers(&head.headers, input::actor(caller), &[b"POST", target.as_bytes(), &body])?;
    let sql = database::tenant(p, tenant).await?;
    if let Some(once) = &once
        && let Some(answer) = once.kept(&sql).await?
    {
        return Ok(answer);
    }
    let book = read(kind, &name, &body).map_err(broken)?;
    drop(body);
    let (book, files) = draft(book)?;
    // What is uploaded and then not named by a book is garbage, and no harm.
    publish::put(p, blobs, tenant, files.iter()).await?;
    drop(files);
    idempotency::run(&sql, once.as_ref(), async |sql| {
        let id = books::create(p, sql, caller, &book).await?;
        Ok((201, json!({ "book": books::find(sql, &id).await? })))
    })
    .await
}

fn kind(head: &Parts, name: &str) -> Result<Kind, ApiError> {
    let named = input::query(head.uri.query(), "kind");
    let kind = match named.as_deref() {
        Some("epub") => Some(Kind::Epub),
        Some("markdown") => Some(Kind::Markdown),
        Some("html") => Some(Kind::Html),
        Some("folder") => Some(Kind::Folder),
        Some(_) => None,
        None => {
            let media_type = head.headers.get("content-type").and_then(|v| v.to_str().ok());
            media_type.and_then(Kind::from_media_type).or_else(|| Kind::from_name(name))
        }
    };
    let why = "kind must be epub, markdown, html or folder (a zip)";
    kind.ok_or_else(|| ApiError::bad_request("CONTENT_IMPORT_KIND", why))
}

fn broken(error: ManuscriptError) -> ApiError {
    ApiError::new(422, "CONTENT_IMPORT_BROKEN", error.to_string())
        .details(json!({ "place": error.place, "reason": error.reason }))
}

/// What a manuscript says, as a draft can have it; and its assets' bytes.
fn draft(book: Manuscript) -> Result<(Beginning, Vec<(Object, Bytes)>), ApiError> {
    let details = Details {
        title: book.title,
        authors: book.authors,
        language: book.language,
        description: book.description,
        tags: book.tags,
        series: None,
    };
    let chapters = book.chapters.into_iter().map(|chapter| NewChapter {
        title: fitted_title(&chapter.title),
        html: chapter.html.replace('\0', ""),
        words: chapter.words,
    });
    let (mut assets, mut files) = (Vec::new(), Vec::new());
    for asset in book.assets {
        if asset.bytes.len() as u64 > aw_model::object::MAX {
            let reason = format!("it is longer than {} bytes", aw_model::object::MAX);
            return Err(broken(ManuscriptError { place: asset.name, reason }));
        }
        let bytes = Bytes::from(asset.bytes);
        let media_type = asset.media_type.to_owned();
        let object = Object { sha256: sha256(&bytes), size: bytes.len() as u64, media_type };
        assets.push((object.clone(), asset.name.replace('\0', "")));
        files.push((object, bytes));
    }
    let details = details.fitted();
    Ok((Beginning { details, slug: None, chapters: chapters.collect(), assets, cover: book.cover }, files))
}
