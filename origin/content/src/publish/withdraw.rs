//! Taking a book from its readers.

use std::collections::BTreeMap;

use aw_ingress::Caller;
use aw_model::key;
use aw_origin_data::{
    audit,
    input::actor,
    records::{self, Record},
};
use aw_platform::{ApiError, Platform, Result, Sql, SqlExt};
use serde_json::json;

use super::{
    redirects,
    run::{Published, version},
    shelves,
};
use crate::{
    books::{self, Draft},
    rights::Right,
};

/// Withdraws a book: its records become tombstones, and it leaves its shelves. One that is not published stays so.
///
/// # Errors
/// 404.
pub(crate) async fn withdraw<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    tenant: &str,
    name: &str,
) -> Result<Published, ApiError> {
    sql.transaction(async |sql| {
        let book = books::lock(sql, caller, name, Right::Edit).await?;
        let slug = book.published_slug.clone().unwrap_or_else(|| book.slug.clone());
        let records = withdraw_locked(sql, tenant, &book).await?;
        if records.is_some() {
            let details = json!({ "slug": slug });
            audit::record(p, sql, actor(caller), "content.book.withdrawn", &book.id, details).await?;
        }
        let version = version(sql, &key::manifest(tenant, &slug)).await?;
        Ok(Published { slug, version, objects: 0, records: records.unwrap_or(0) })
    })
    .await
}

/// As [`withdraw`], of a book that the caller has locked; gives how many records changed, `None` where readers did
/// not have it.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn withdraw_locked<S: Sql>(sql: &S, tenant: &str, book: &Draft) -> Result<Option<usize>> {
    let Some(slug) = &book.published_slug else { return Ok(None) };
    let mut changes = vec![
        Record { key: key::manifest(tenant, slug), json: None, rank: 1 },
        Record { key: key::book_id(tenant, &book.id), json: None, rank: 1 },
    ];
    changes.extend(redirects::end(sql, tenant, &book.id, slug).await?);
    changes.extend(shelves::place(sql, tenant, &book.id, &BTreeMap::new(), None).await?);
    let written = records::write(sql, &changes, book.id.parse().ok()).await?;
    let update = "UPDATE books SET published_slug = NULL, published_revision = NULL, state = 'writing', \
        due_at = publish_at WHERE id = $1::text::uuid";
    sql.execute(update, &[(&book.id).into()]).await?;
    Ok(Some(written.len()))
}
