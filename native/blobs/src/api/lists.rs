//! Lists of objects.

use s3s::{S3Result, dto::*};

use super::{PAGE, some};
use crate::{
    list::{self, Page, Query},
    store::Store,
};

fn query(prefix: Option<String>, delimiter: Option<String>, after: Option<String>, most: Option<i32>) -> Query {
    let most = usize::try_from(most.unwrap_or(PAGE).clamp(0, PAGE)).unwrap_or_default();
    Query { prefix: prefix.unwrap_or_default(), delimiter, after, most }
}

/// A page of the objects, as it was first asked for.
pub(super) fn list(store: &Store, input: ListObjectsInput) -> S3Result<ListObjectsOutput> {
    let asked = query(input.prefix.clone(), input.delimiter.clone(), input.marker.clone(), input.max_keys);
    let encoding = input.encoding_type.as_ref();
    let Page { objects, folded, next } = list::page(&store.index, &asked)?.written(encoding);
    let written = |text| list::written(text, encoding);
    Ok(ListObjectsOutput {
        name: Some(input.bucket),
        prefix: Some(written(asked.prefix)),
        delimiter: input.delimiter.map(written),
        marker: input.marker.map(written),
        max_keys: i32::try_from(asked.most).ok(),
        is_truncated: Some(next.is_some()),
        next_marker: next.map(written),
        contents: some(objects),
        common_prefixes: some(folded),
        encoding_type: input.encoding_type,
        ..ListObjectsOutput::default()
    })
}

/// A page of the objects.
pub(super) fn list_v2(store: &Store, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
    let after = input.continuation_token.clone().or_else(|| input.start_after.clone());
    let asked = query(input.prefix.clone(), input.delimiter.clone(), after, input.max_keys);
    let encoding = input.encoding_type.as_ref();
    let page = list::page(&store.index, &asked)?.written(encoding);
    let written = |text| list::written(text, encoding);
    Ok(ListObjectsV2Output {
        key_count: i32::try_from(page.len()).ok(),
        name: Some(input.bucket),
        prefix: Some(written(asked.prefix)),
        delimiter: input.delimiter.map(written),
        start_after: input.start_after.map(written),
        continuation_token: input.continuation_token,
        max_keys: i32::try_from(asked.most).ok(),
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next,
        contents: some(page.objects),
        common_prefixes: some(page.folded),
        encoding_type: input.encoding_type,
        ..ListObjectsV2Output::default()
    })
}
