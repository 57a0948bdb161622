//! A tenant's objects, gone from the object store.

use aw_blobs::{BlobError, Blobs};
use aw_platform::Platform;
use futures_util::{StreamExt, TryStreamExt, stream};

/// How many objects are deleted at once.
const DELETES: usize = 16;

/// The prefixes under which the object store keeps what is the tenant's: `KIND/TENANT/`, of every kind that it has.
///
/// # Errors
/// The store says no or cannot be reached.
pub async fn prefixes<P: Platform>(p: &P, blobs: &Blobs, tenant: &str) -> Result<Vec<String>, BlobError> {
    let (mut prefixes, mut from) = (Vec::new(), None);
    loop {
        let page = blobs.page(p, "", Some('/'), from.as_deref()).await?;
        prefixes.extend(page.prefixes.iter().map(|kind| format!("{kind}{tenant}/")));
        from = page.next;
        if from.is_none() {
            return Ok(prefixes);
        }
    }
}

/// Deletes the tenant's objects and ends its uploads; `false` where it was `until`, on the platform's clock, before all
/// were gone.
pub(super) async fn sweep<P: Platform>(p: &P, blobs: &Blobs, tenant: &str, until: u64) -> Result<bool, BlobError> {
    // An upload in parts is no object yet, and its kind may have none.
    for kind in 'a'..='z' {
        if p.now() >= until {
            return Ok(false);
        }
        // As long as there are some, a page of them.
        while blobs.end_uploads(p, &format!("{kind}/{}/", tenant)).await? > 0 {
            if p.now() >= until {
                return Ok(false);
            }
        }
    }
    for prefix in prefixes(p, blobs, tenant).await? {
        loop {
            let page = blobs.page(p, &prefix, None, None).await?;
            if page.objects.is_empty() {
                break;
            }
            let deletes = page.objects.iter().map(|object| blobs.delete(p, &object.key));
            stream::iter(deletes).buffer_unordered(DELETES).try_collect::<()>().await?;
            if p.now() >= until {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
