//! Making a book.

use aw_ingress::Caller;
use aw_origin_data::{audit, input::actor, objects::Object};
use aw_platform::{ApiError, Platform, Result, Sql, Value, uuid_v7};
use serde_json::json;

use super::{Details, slug};

/// A chapter to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewChapter {
    pub(crate) title: String,
    /// Sanitised.
    pub(crate) html: String,
    pub(crate) words: u32,
}

/// An asset to be: what the object store has already, and its name in the file that it came in.
pub(crate) type NewAsset = (Object, String);

/// All that a book begins with.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Beginning {
    pub(crate) details: Details,
    /// Made of the title, where it is not chosen.
    pub(crate) slug: Option<String>,
    pub(crate) chapters: Vec<NewChapter>,
    pub(crate) assets: Vec<NewAsset>,
    /// The index of the asset that is its cover.
    pub(crate) cover: Option<usize>,
}

/// How much HTML goes into one statement, in bytes.
const CHUNK: usize = 1_000_000;

/// Makes a book with its chapters and assets, in the caller's transaction; gives its id.
///
/// # Errors
/// 409 `CONTENT_SLUG_TAKEN` where it is to have a slug that another book has.
pub(crate) async fn create<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    book: &Beginning,
) -> Result<String, ApiError> {
    let Beginning { details, slug, chapters, assets, cover } = book;
    let id = uuid_v7(p).to_string();
    let slug = match slug {
        Some(slug) => slug.clone(),
        None => slug::free(sql, &details.title).await?,
    };
    let series = details.series.as_ref();
    let row: [Value; 11] = [
        (&id).into(),
        slug.into(),
        (&details.title).into(),
        json!(details.authors).to_string().into(),
        (&details.language).into(),
        (&details.description).into(),
        json!(details.tags).to_string().into(),
        series.map(|s| &s.name).into(),
        series.map(|s| s.position).into(),
        cover.map(|n| n as i64).into(),
        actor(caller).into(),
    ];
    let insert = "INSERT INTO books (id, slug, title, authors, language, description, tags, series_name, \
            series_position, cover, created_by) \
        VALUES ($1::text::uuid, $2::text, $3::text, ARRAY(SELECT jsonb_array_elements_text($4::text::jsonb)), \
            $5::text, $6::text, ARRAY(SELECT jsonb_array_elements_text($7::text::jsonb)), $8::text, $9::bigint, \
            $10::bigint, $11::text)";
    match sql.execute(insert, &row).await {
        Err(error) if error.is_unique_violation() => return Err(taken()),
        other => other?,
    };
    insert_assets(sql, &id, assets).await?;
    insert_chapters(p, sql, &id, chapters).await?;
    let details = json!({ "chapters": chapters.len(), "assets": assets.len() });
    audit::record(p, sql, actor(caller), "content.book.created", &id, details).await?;
    Ok(id)
}

/// Another book has the slug.
pub(super) fn taken() -> ApiError {
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

async fn insert_chapters<P: Platform, S: Sql>(p: &P, sql: &S, book: &str, chapters: &[NewChapter]) -> Result<()> {
    let insert = "INSERT INTO chapters (id, book, number, title, html, words) \
        SELECT id::uuid, $1::text::uuid, number, title, html, words FROM jsonb_to_recordset($2::text::jsonb) \
            AS x(id text, number bigint, title text, html text, words bigint)";
    let (mut rows, mut size) = (Vec::new(), 0);
    for (n, chapter) in chapters.iter().enumerate() {
        size += chapter.html.len();
        rows.push(json!({ "id": uuid_v7(p), "number": n + 1, "title": chapter.title, "html": chapter.html,
                          "words": chapter.words }));
        if size >= CHUNK || n + 1 == chapters.len() {
            sql.execute(insert, &[book.into(), json!(rows).to_string().into()]).await?;
            (rows, size) = (Vec::new(), 0);
        }
    }
    Ok(())
}
