//! Making a book.

use std::collections::BTreeMap;

use aw_ingress::Caller;
use aw_origin_data::{audit, input::actor, objects::Object};
use aw_platform::{ApiError, Platform, Result, Sql, Value, uuid_v7};
use serde_json::json;

use super::{Details, slug};
use crate::{
    manuscript::{Text, keep},
    publish::redirects,
    structure::Kind,
};

/// A chapter to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewChapter {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) scenes: Vec<Text>,
    pub(crate) kind: Kind,
    pub(crate) role: Option<&'static str>,
}

/// An asset to be: what the object store has already, and its name in the file that it came in.
pub(crate) type NewAsset = (Object, String);

/// All that a book begins with.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Beginning {
    pub(crate) details: Details,
    /// Made of the title, where it is not chosen.
    pub(crate) slug: Option<String>,
    /// Whether it may have a slug that sends readers to another book.
    pub(crate) take_slug: bool,
    pub(crate) chapters: Vec<NewChapter>,
    pub(crate) assets: Vec<NewAsset>,
    /// The index of the asset that is its cover.
    pub(crate) cover: Option<usize>,
}

/// Makes a book with its chapters and assets, in the caller's transaction; gives its id.
///
/// # Errors
/// 409 `CONTENT_SLUG_TAKEN` where it is to have a slug that another book has.
pub(crate) async fn create<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    tenant: &str,
    book: &Beginning,
) -> Result<String, ApiError> {
    let Beginning { details, slug, take_slug, chapters, assets, cover } = book;
    let id = uuid_v7(p).to_string();
    let slug = match slug {
        Some(slug) => slug.clone(),
        None => slug::free(sql, &details.title).await?,
    };
    redirects::claim(sql, tenant, &id, &slug, *take_slug).await?;
    let begin: [Value; 2] = [(&id).into(), slug.into()];
    let end: [Value; 2] = [cover.map(|n| n as i64).into(), actor(caller).into()];
    let row: Vec<Value> = begin.into_iter().chain(details.values()).chain(end).collect();
    let insert = "INSERT INTO books (id, slug, title, authors, language, description, tags, series_name, \
            series_position, contributors, licence, cover, created_by) \
        VALUES ($1::text::uuid, $2::text, $3::text, ARRAY(SELECT jsonb_array_elements_text($4::text::jsonb)), \
            $5::text, $6::text, ARRAY(SELECT jsonb_array_elements_text($7::text::jsonb)), $8::text, $9::bigint, \
            $10::text, $11::text, $12::bigint, $13::text)";
    match sql.execute(insert, &row).await {
        Err(error) if error.is_unique_violation() => return Err(taken()),
        other => other?,
    };
    insert_assets(sql, &id, assets).await?;
    insert_chapters(p, sql, caller, &id, chapters).await?;
    // Whoever makes it owns it; the operator is no account.
    let own = "INSERT INTO collaborators (book, user_id, role, invited_by) \
        SELECT $1::text::uuid, u.id, 'owner', $2::text FROM users u WHERE u.id::text = $2::text";
    sql.execute(own, &[(&id).into(), actor(caller).into()]).await?;
    let details = json!({ "chapters": chapters.len(), "assets": assets.len() });
    audit::record(p, sql, actor(caller), "content.book.created", &id, details).await?;
    Ok(id)
}

/// Another book has the slug.
pub(crate) fn taken() -> ApiError {
    ApiError::new(409, "CONTENT_SLUG_TAKEN", "another book has this slug")
}

async fn insert_assets<S: Sql>(sql: &S, book: &str, assets: &[NewAsset]) -> Result<()> {
    let rows: Vec<_> = assets
        .iter()
        .enumerate()
        .map(|(n, (object, name))| {
            json!({ "number": n, "sha256": object.sha256, "size": object.size, "media_type": object.media_type,
                    "name": name })
        })
        .collect();
    let insert = "INSERT INTO assets (book, number, sha256, size, media_type, name) \
        SELECT $1::text::uuid, number, sha256, size, media_type, name FROM jsonb_to_recordset($2::text::jsonb) \
            AS x(number bigint, sha256 text, size bigint, media_type text, name text)";
    sql.execute(insert, &[book.into(), json!(rows).to_string().into()]).await.map(drop)
}

async fn insert_chapters<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    book: &str,
    chapters: &[NewChapter],
) -> Result<()> {
    keep(sql, &chapters.iter().flat_map(|chapter| &chapter.scenes).collect::<Vec<_>>()).await?;
    let (mut rows, mut scenes) = (Vec::new(), Vec::new());
    let mut neighbours = BTreeMap::new();
    for (n, chapter) in chapters.iter().enumerate() {
        let position = neighbours.entry(chapter.kind).or_insert(0_usize);
        let words: u64 = chapter.scenes.iter().map(|text| u64::from(text.words)).sum();
        rows.push(json!({ "id": chapter.id, "number": n + 1, "position": position, "kind": chapter.kind,
                          "role": chapter.role, "title": chapter.title, "words": words, "revision": uuid_v7(p) }));
        *position += 1;
        scenes.extend(
            chapter.scenes.iter().enumerate().map(
                |(at, text)| json!({ "id": uuid_v7(p), "chapter": chapter.id, "position": at, "text": text.sha256 }),
            ),
        );
    }
    let insert = "WITH x AS (SELECT * FROM jsonb_to_recordset($2::text::jsonb) AS x(id text, number bigint, \
            position bigint, kind text, role text, title text, words bigint, revision text)), \
        made AS (INSERT INTO chapters (id, book, number, position, kind, role, title, words) \
            SELECT id::uuid, $1::text::uuid, number, position, kind, role, title, words FROM x) \
        INSERT INTO revisions (id, chapter, number, title, words, author, cause) \
        SELECT revision::uuid, id::uuid, 1, title, words, $3::text, 'imported' FROM x";
    sql.execute(insert, &[book.into(), json!(rows).to_string().into(), actor(caller).into()]).await?;
    let insert = "WITH made AS (INSERT INTO scenes (id, chapter, position, text) \
            SELECT id::uuid, chapter::uuid, position, text FROM jsonb_to_recordset($1::text::jsonb) \
                AS x(id text, chapter text, position bigint, text text) RETURNING id, chapter, position, text) \
        INSERT INTO revision_scenes (revision, position, scene, text) \
        SELECT r.id, made.position, made.id, made.text FROM made JOIN revisions r ON r.chapter = made.chapter";
    sql.execute(insert, &[json!(scenes).to_string().into()]).await.map(drop)
}
