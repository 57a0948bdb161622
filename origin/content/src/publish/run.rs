//! Publishing a draft.

use std::collections::BTreeMap;

use aw_blobs::Blobs;
use aw_ingress::Caller;
use aw_model::{Book, Manifest, key};
use aw_openapi::JsonSchema;
use aw_origin_data::{
    audit, database,
    input::actor,
    objects::{self, Object},
    records::{self, MAX, Record},
    tenants::{self, TenantInfo},
};
use aw_platform::{ApiError, Error, Platform, Result, Sql, SqlExt, SqlPlatform, Value, rfc3339};
use serde::Serialize;
use serde_json::json;

use super::{
    epub,
    freeze::{Frozen, Source, SourceChapter, freeze},
    placement::{card, wanted},
    redirects, shelves, store,
};
use crate::{
    books::{self, Draft},
    lifecycle, manuscript,
    rights::Right,
};

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Published {
    /// Where readers find the book.
    pub(super) slug: String,
    /// The version of its manifest.
    pub(super) version: u64,
    /// How many objects are new.
    pub(super) objects: usize,
    /// How many records have changed.
    pub(super) records: usize,
}

/// How long before it opens a chapter goes to the edges, in milliseconds: they open it themselves, should the origin be
/// away.
pub(crate) const LEAD: u64 = 24 * 3600 * 1000;

/// How often a book that is changed while it is frozen is frozen anew.
const ATTEMPTS: usize = 5;

/// Publishes the draft as it is. One that did not change since publishes nothing.
///
/// # Errors
/// 404; 422 `CONTENT_BOOK_EMPTY`, `CONTENT_BOOK_TOO_LARGE`; 409 `CONTENT_BOOK_BUSY`; the object store or a database
/// cannot do it, and nothing is published.
pub(crate) async fn publish<P: SqlPlatform>(
    p: &P,
    blobs: &Blobs,
    caller: &Caller,
    tenant: &str,
    name: &str,
) -> Result<Published, ApiError> {
    let info = tenants::get(&database::control(p).await?, tenant).await?;
    let sql = database::tenant(p, tenant).await?;
    books::open(&sql, caller, name, Right::Edit).await?;
    for _ in 0..ATTEMPTS {
        let now = p.now();
        let (draft, source) = read(&sql, &info, name, now).await?;
        let mut frozen = freeze(&source)?;
        epub::add(p, blobs, tenant, &draft, &source, &mut frozen).await?;
        check_sizes(&frozen)?;
        // Objects first: a crash between here and the commit leaves objects that nothing names, and harms nothing.
        store::upload(p, blobs, &sql, tenant, &frozen.made).await?;
        let done = sql.transaction(async |sql| commit(p, sql, caller, tenant, (&draft, &frozen, now)).await).await?;
        if let Some(published) = done {
            return Ok(published);
        }
    }
    Err(ApiError::new(409, "CONTENT_BOOK_BUSY", "the book is being changed all the time: try again").retry_after(1))
}

/// The draft and all that is published of it, of one revision or a mix that [`commit`] will refuse.
async fn read<S: Sql>(sql: &S, info: &TenantInfo, name: &str, now: u64) -> Result<(Draft, Source), ApiError> {
    let draft = books::find(sql, name).await?;
    let mut chapters = books::chapters(sql, &draft.id).await?;
    chapters.retain(|chapter| chapter.openings.first().is_none_or(|opening| opening.from <= now + LEAD));
    if chapters.is_empty() {
        return Err(ApiError::new(422, "CONTENT_BOOK_EMPTY", "the book has no chapter that is to be read yet"));
    }
    let mut texts = manuscript::by_chapter(sql, &draft.id).await?;
    let mut parts = BTreeMap::new();
    for row in sql.query("SELECT id::text, title FROM parts WHERE book = $1::text::uuid", &[(&draft.id).into()]).await?
    {
        parts.insert(row.text(0)?.to_owned(), row.text(1)?.to_owned());
    }
    let select = "SELECT number, sha256, size, media_type FROM assets WHERE book = $1::text::uuid";
    let mut assets = BTreeMap::new();
    for row in sql.query(select, &[(&draft.id).into()]).await? {
        let object = Object {
            sha256: row.text(1)?.to_owned(),
            size: row.int(2)?.unsigned_abs(),
            media_type: row.text(3)?.to_owned(),
        };
        assets.insert(usize::try_from(row.int(0)?).unwrap_or(usize::MAX), object);
    }
    let now = rfc3339(now);
    let book = Book {
        id: draft.id.clone(),
        slug: draft.slug.clone(),
        title: draft.title.clone(),
        authors: draft.authors.clone(),
        language: draft.language.clone(),
        description: draft.description.clone(),
        tags: draft.tags.clone(),
        series: draft.series.clone(),
        contributors: draft.contributors.clone(),
        licence: draft.licence.clone(),
        cover: None,
        published_at: draft.published_at.clone().unwrap_or_else(|| now.clone()),
        updated_at: now,
    };
    let chapters = chapters.into_iter().map(|c| SourceChapter {
        html: texts.remove(&c.id).unwrap_or_default().html(),
        id: c.id,
        number: c.number,
        title: c.title,
        part: c.part.and_then(|part| parts.get(&part).cloned()),
        matter: c.kind.matter(),
        role: c.role,
        access: c.access,
        openings: c.openings,
        words: c.words,
    });
    let source = Source {
        tenant_name: info.name.clone(),
        base_url: info.base_url.clone(),
        book,
        chapters: chapters.collect(),
        assets,
        cover: draft.cover.and_then(|n| usize::try_from(n).ok()),
    };
    Ok((draft, source))
}

fn check_sizes(frozen: &Frozen) -> Result<(), ApiError> {
    let large = |why: String| Err(ApiError::new(422, "CONTENT_BOOK_TOO_LARGE", why));
    if let Some((object, _)) = frozen.made.iter().find(|(o, _)| o.size > aw_model::object::MAX) {
        return large(format!("a chapter's page has {} bytes", object.size));
    }
    let manifest = written(frozen.manifest.to_json())?.len();
    if manifest > MAX {
        return large(format!("the book's contents have {manifest} bytes, and {MAX} are possible: split it"));
    }
    Ok(())
}

/// Publishes in one transaction; `None` where the draft is another by now.
async fn commit<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    tenant: &str,
    (draft, frozen, now): (&Draft, &Frozen, u64),
) -> Result<Option<Published>, ApiError> {
    let there = books::lock(sql, caller, &draft.id, Right::Edit).await?;
    if there.revision != draft.revision {
        return Ok(None);
    }
    let batch = draft.id.parse().ok();
    let all: Vec<Object> =
        frozen.made.iter().map(|(object, _)| object.clone()).chain(frozen.assets.iter().cloned()).collect();
    let objects = objects::register(sql, tenant, &all, batch).await?;
    let slug = &frozen.manifest.book.slug;
    let manifest_key = key::manifest(tenant, slug);
    let mut manifest = frozen.manifest.clone();
    // First published when it was, whoever did it while this was on its way.
    let first = there.published_ms.unwrap_or(now);
    manifest.book.published_at = rfc3339(first);
    epub::date_chapters(sql, &draft.id, &mut manifest, now).await?;
    if let Some(last) = published(sql, &manifest_key).await? {
        // A book that is as it was is not updated by being published again.
        let now = std::mem::replace(&mut manifest.book.updated_at, last.book.updated_at.clone());
        if manifest != last {
            manifest.book.updated_at = now;
        }
    }
    let mut changes = vec![
        Record { key: manifest_key.clone(), json: Some(written(manifest.to_json())?), rank: 1 },
        Record { key: key::book_id(tenant, &draft.id), json: Some(text(slug)?), rank: 1 },
    ];
    if let Some(old) = there.published_slug.as_ref().filter(|old| *old != slug) {
        changes.push(Record { key: key::manifest(tenant, old), json: None, rank: 1 });
    }
    changes.extend(redirects::lead(sql, tenant, &draft.id, slug, there.published_slug.as_deref()).await?);
    let (wanted, card) = (wanted(&manifest.book), card(&manifest));
    changes.extend(shelves::place(sql, tenant, &draft.id, &wanted, Some(&card)).await?);
    let written = records::write(sql, &changes, batch).await?;
    let row: [Value; 3] = [(&draft.id).into(), slug.into(), i64::try_from(first).unwrap_or(i64::MAX).into()];
    let update = "UPDATE books SET published_slug = $2::text, published_revision = revision, state = 'published', \
            published_at = coalesce(published_at, 'epoch'::timestamptz + $3::bigint * interval '1 millisecond'), \
            republished_at = now(), publish_at = NULL, due_failures = 0, due_error = NULL \
        WHERE id = $1::text::uuid";
    match sql.execute(update, &row).await {
        Err(error) if error.is_unique_violation() => return Err(books::taken()),
        other => other?,
    };
    let released: Vec<&str> = manifest.chapters.iter().map(|chapter| chapter.id.as_str()).collect();
    let update = "UPDATE chapters SET released = NOT released WHERE book = $1::text::uuid AND released <> \
        (id IN (SELECT jsonb_array_elements_text($2::text::jsonb)::uuid))";
    sql.execute(update, &[(&draft.id).into(), json!(released).to_string().into()]).await?;
    lifecycle::plan(sql, &draft.id).await?;
    if !written.is_empty() || objects > 0 {
        let details = json!({ "slug": slug, "objects": objects, "records": written.len() });
        audit::record(p, sql, actor(caller), "content.book.published", &draft.id, details).await?;
    }
    let version = version(sql, &manifest_key).await?;
    Ok(Some(Published { slug: slug.clone(), version, objects, records: written.len() }))
}

/// The manifest that readers have, where they have one.
async fn published<S: Sql>(sql: &S, key: &str) -> Result<Option<Manifest>> {
    let select = "SELECT json FROM records WHERE key = $1::text AND json IS NOT NULL";
    let row = sql.query_opt(select, &[key.into()]).await?;
    row.map(|row| serde_json::from_str(row.text(0)?).map_err(|e| Error::internal(format!("a manifest: {e}"))))
        .transpose()
}

/// The version of a record.
pub(super) async fn version<S: Sql>(sql: &S, key: &str) -> Result<u64> {
    let row = sql.query_opt("SELECT version FROM records WHERE key = $1::text", &[key.into()]).await?;
    Ok(row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs())
}

/// A record's JSON, where it could be written.
pub(super) fn written(json: serde_json::Result<String>) -> Result<String> {
    json.map_err(|e| Error::internal(e.to_string()))
}

pub(super) fn text<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    written(serde_json::to_string(value))
}
