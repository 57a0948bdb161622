//! The bytes of a book's pictures.

use std::collections::{BTreeMap, BTreeSet};

use aw_blobs::Blobs;
use aw_origin_data::objects::{Object, place};
use aw_platform::{ApiError, Platform};
use futures_util::{StreamExt, TryStreamExt, stream};

/// How many are on their way at once.
const DOWNLOADS: usize = 8;

/// The numbers of the pictures that the texts show.
pub(super) fn shown<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<usize> {
    let found = std::cell::RefCell::new(BTreeSet::new());
    for html in texts {
        let note = |n| {
            found.borrow_mut().insert(n);
            String::new()
        };
        aw_manuscript::resolve(html, note, |_| String::new());
    }
    found.into_inner()
}

/// Those of the book's assets that are `wanted`, by number: empty where there is none of that number, or the object
/// store has lost it. `None` where they have more than `most` bytes together.
///
/// # Errors
/// The object store cannot be reached.
pub(super) async fn load<P: Platform>(
    p: &P,
    blobs: &Blobs,
    tenant: &str,
    assets: &BTreeMap<usize, Object>,
    wanted: &BTreeSet<usize>,
    most: u64,
) -> Result<Option<Vec<Vec<u8>>>, ApiError> {
    let there: Vec<(usize, &Object)> = wanted.iter().filter_map(|n| Some((*n, assets.get(n)?))).collect();
    if there.iter().map(|(_, object)| object.size).sum::<u64>() > most {
        return Ok(None);
    }
    let length = there.last().map_or(0, |(n, _)| n + 1);
    let downloads = there.into_iter().map(|(n, object)| async move {
        let bytes = match blobs.get(p, &place(tenant, &object.sha256)).await? {
            Some(found) => found.body.bytes(usize::try_from(object.size).unwrap_or(usize::MAX)).await?.to_vec(),
            None => Vec::new(),
        };
        Ok::<_, ApiError>((n, bytes))
    });
    let mut pictures = vec![Vec::new(); length];
    let mut downloads = stream::iter(downloads).buffer_unordered(DOWNLOADS);
    while let Some((n, bytes)) = downloads.try_next().await? {
        pictures[n] = bytes;
    }
    Ok(Some(pictures))
}
