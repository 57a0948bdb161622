//! `ListObjects`: keys in the order of their bytes, folded at a delimiter.

use std::ops::Bound;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::{
    S3Result,
    dto::{CommonPrefix, EncodingType, Object as Listed},
};

use crate::{
    index::{Index, Walk},
    object::Object,
};

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pub(crate) prefix: String,
    pub(crate) delimiter: Option<String>,
    /// The last key or folded prefix of the page before.
    pub(crate) after: Option<String>,
    pub(crate) most: usize,
}

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<Listed>,
    pub(crate) folded: Vec<CommonPrefix>,
    /// Where the next page begins, where there is one.
    pub(crate) next: Option<String>,
}

/// What `encoding-type=url` leaves as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'*').remove(b'/');

/// A key, a prefix or a delimiter as the client asks for it: XML cannot say every one.
pub(crate) fn written(text: String, encoding: Option<&EncodingType>) -> String {
    match encoding.map(EncodingType::as_str) {
        Some(EncodingType::URL) => utf8_percent_encode(&text, KEPT).to_string(),
        _ => text,
    }
}

impl Page {
    /// The page with everything [`written`].
    pub(crate) fn written(mut self, encoding: Option<&EncodingType>) -> Self {
        for object in &mut self.objects {
            object.key = object.key.take().map(|key| written(key, encoding));
        }
        for folded in &mut self.folded {
            folded.prefix = folded.prefix.take().map(|prefix| written(prefix, encoding));
        }
        self
    }

    /// How many entries it has.
    pub(crate) fn len(&self) -> usize {
        self.objects.len() + self.folded.len()
    }
}

fn listed(key: &str, object: &Object) -> Listed {
    Listed {
        key: Some(key.to_owned()),
        size: i64::try_from(object.size).ok(),
        e_tag: Some(object.tag()),
        last_modified: Some(object.time()),
        ..Listed::default()
    }
}

/// The page that `query` asks for.
pub(crate) fn page(index: &Index, query: &Query) -> S3Result<Page> {
    let mut page = Page::default();
    if query.most == 0 {
        return Ok(page);
    }
    let fold = |key: &str| -> Option<String> {
        let delimiter = query.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty())?;
        let rest = key.strip_prefix(query.prefix.as_str())?;
        let end = rest.find(delimiter)? + delimiter.len();
        Some(key[..query.prefix.len() + end].to_owned())
    };
    let from = match &query.after {
        // A page that ended with a folded prefix goes on behind all that it stands for.
        Some(after) if fold(after).as_ref() == Some(after) => Bound::Excluded(format!("{after}\u{10ffff}")),
        Some(after) => Bound::Excluded(after.clone()),
        None => Bound::Unbounded,
    };
    let mut last = None;
    index.walk(&query.prefix, from, |key, object| {
        if page.len() == query.most {
            page.next.clone_from(&last);
            return Ok(Walk::Stop);
        }
        if let Some(prefix) = fold(key) {
            page.folded.push(CommonPrefix { prefix: Some(prefix.clone()) });
            last = Some(prefix.clone());
            return Ok(Walk::Past(prefix));
        }
        page.objects.push(listed(key, &object));
        last = Some(key.to_owned());
        Ok(Walk::On)
    })?;
    Ok(page)
}
