//! The whole book as one object, where one rule says who may read all of it.

use std::collections::BTreeMap;

use aw_blobs::Blobs;
use aw_model::{Asset, EPUB, Manifest};
use aw_platform::{ApiError, Platform, Result, Sql, Value, rfc3339};
use serde_json::json;

use super::freeze::{Frozen, Source, object, reference};
use crate::{
    books::Draft,
    export::{self, Text},
};

/// Adds the EPUB to a frozen book whose chapters all have one access and open together. One that would be too large is left out.
pub(super) async fn add<P: Platform>(
    p: &P,
    blobs: &Blobs,
    tenant: &str,
    draft: &Draft,
    source: &Source,
    frozen: &mut Frozen,
) -> Result<(), ApiError> {
    let mut rules = source.chapters.iter().map(|chapter| (&chapter.access, &chapter.openings));
    let one = rules.next().filter(|first| rules.all(|rule| rule == *first));
    let Some((access, openings)) = one else { return Ok(()) };
    let texts = source.chapters.iter().map(|c| Text {
        id: &c.id,
        title: &c.title,
        html: &c.html,
        matter: c.matter,
        role: c.role.as_deref(),
    });
    let texts = texts.collect();
    let book = export::Source { draft, publisher: &source.tenant_name, chapters: texts, assets: &source.assets };
    let Some(bytes) = export::epub(p, blobs, tenant, book).await? else { return Ok(()) };
    let (object, bytes) = object(EPUB, bytes.into());
    let (access, openings) = (access.clone(), openings.clone());
    let epub = Asset { object: reference(&object), media_type: EPUB.to_owned(), access, openings };
    frozen.manifest.epub = Some(epub);
    frozen.made.push((object, bytes));
    Ok(())
}

/// Gives the chapters the time when each was first published: for new ones that is now.
pub(super) async fn date_chapters<S: Sql>(sql: &S, book: &str, manifest: &mut Manifest, now: u64) -> Result<()> {
    let ids: Vec<&str> = manifest.chapters.iter().map(|chapter| chapter.id.as_str()).collect();
    let update = "UPDATE chapters SET first_published_at = \
            coalesce(first_published_at, 'epoch'::timestamptz + $3::bigint * interval '1 millisecond') \
        WHERE book = $1::text::uuid AND id IN (SELECT jsonb_array_elements_text($2::text::jsonb)::uuid) \
        RETURNING id::text, (extract(epoch FROM first_published_at) * 1000)::bigint";
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let row: [Value; 3] = [book.into(), json!(ids).to_string().into(), now.into()];
    let mut dates = BTreeMap::new();
    for row in sql.query(update, &row).await? {
        dates.insert(row.text(0)?.to_owned(), rfc3339(row.int(1)?.unsigned_abs()));
    }
    for chapter in &mut manifest.chapters {
        chapter.published_at = dates.remove(&chapter.id).unwrap_or_default();
    }
    Ok(())
}
