//! `POST /v1/imports`: a book as its author has it becomes a draft.

mod progress;

use aw_manuscript::{Kind, Manuscript, ManuscriptError, Targets, compose, read};
use aw_model::access::STAFF;
use aw_origin_data::{
    idempotency::{self, Once},
    input,
    objects::{Object, sha256},
};
use aw_platform::{
    ApiError, Path, Platform, Response, Result, SqlPlatform,
    http::{Method, request::Parts},
    uuid_v7,
};
use bytes::Bytes;
use serde_json::json;
use uuid::Uuid;

pub(crate) use self::progress::Import;
use self::progress::Progress;
use crate::{
    ask::Ask,
    books::{self, Beginning, Details, NewChapter, fitted_title},
    manuscript::Text,
    publish,
};

/// The largest file, in bytes.
pub(crate) const MOST: usize = 256 * 1024 * 1024;
/// After how many pictures it is said how far the import is.
const STEP: usize = 16;

/// # Errors
/// What the route answers instead.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::POST, [_, _]) => {
            ask.caller.require_role(&STAFF)?;
            import(ask).await
        }
        (&Method::GET, [_, _, id]) => {
            let id = Path::arg::<Uuid>(id, "import")?;
            Ok(ask.data(200, progress::find(&ask.sql().await?, ask.caller, id).await?))
        }
        (_, [_, _] | [_, _, _]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// Reads the file in the body and makes a draft of it. A file that is broken leaves nothing behind.
///
/// # Errors
/// 400 for a kind or name that is missing; 422 `CONTENT_IMPORT_BROKEN` with the place and the reason.
async fn import<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let name = ask.query("name").filter(|name| (1..=255).contains(&name.len())).unwrap_or("book".into());
    let kind = kind(ask.head, &name)?;
    let id = ask.query("id").map(|id| Path::arg::<Uuid>(&id, "id")).transpose()?;
    let target = ask.head.uri.path_and_query().map_or("", |p| p.as_str());
    let parts = [b"POST", target.as_bytes(), ask.body];
    let once = Once::from_headers(&ask.head.headers, input::actor(ask.caller), &parts)?;
    let sql = ask.sql().await?;
    if let Some(once) = &once
        && let Some((status, data)) = once.kept(&sql).await?
    {
        return Ok(ask.data(status, data));
    }
    let progress = Progress::begin(&sql, ask.caller, id, &name, ask.body.len()).await?;
    let done = made(ask, &sql, &progress, kind, &name, once.as_ref()).await;
    let told = done
        .as_ref()
        .map_err(ApiError::clone)
        .map(|(_, data)| data["book"]["id"].as_str().unwrap_or_default().to_owned());
    progress.end(&told).await;
    let (status, data) = done?;
    Ok(ask.data(status, data))
}

async fn made<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    progress: &Progress<'_, P::Sql>,
    kind: Kind,
    name: &str,
    once: Option<&Once>,
) -> Result<idempotency::Answer, ApiError> {
    let book = read(kind, name, ask.body).map_err(broken)?;
    let (book, files) = draft(ask.p, book)?;
    // What is uploaded and then not named by a book is garbage, and no harm.
    for (n, some) in files.chunks(STEP).enumerate() {
        progress.at("pictures", n * STEP, files.len()).await?;
        publish::put(ask.p, &ask.service.blobs, ask.tenant, some.iter()).await?;
    }
    drop(files);
    progress.at("writing", 0, book.chapters.len()).await?;
    idempotency::run(sql, once, async |sql| {
        let id = books::create(ask.p, sql, ask.caller, ask.tenant, &book).await?;
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
fn draft<P: Platform>(p: &P, book: Manuscript) -> Result<(Beginning, Vec<(Object, Bytes)>), ApiError> {
    let details = Details {
        title: book.title,
        authors: book.authors,
        language: book.language,
        description: book.description,
        tags: book.tags,
        ..Details::default()
    };
    let ids: Vec<String> = book.chapters.iter().map(|_| uuid_v7(p).to_string()).collect();
    let targets = Targets { chapters: ids.clone(), assets: book.assets.len() };
    let mut chapters = Vec::new();
    for (chapter, id) in book.chapters.into_iter().zip(ids) {
        let scenes = compose(&chapter.html.replace('\0', ""), &targets).scenes();
        let scenes = scenes.iter().map(Text::new).collect::<Result<_>>()?;
        let (kind, role) = (chapter.matter.into(), chapter.role.map(|role| role.name));
        chapters.push(NewChapter { id, title: fitted_title(&chapter.title), scenes, kind, role });
    }
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
    Ok((Beginning { details, chapters, assets, cover: book.cover, ..Beginning::default() }, files))
}
