//! JSON Feed 1.1 (jsonfeed.org/version/1.1).

use serde::Serialize;

use crate::{EPUB, Feed, For};

#[derive(Serialize)]
struct Document<'a> {
    version: &'a str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: String,
    description: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    language: &'a str,
    authors: Vec<Author<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<String>,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    content_text: &'a str,
    date_published: &'a str,
    date_modified: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author<'a>>,
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<[Attachment<'a>; 1]>,
}

#[derive(Serialize)]
struct Attachment<'a> {
    url: &'a str,
    mime_type: &'a str,
}

pub(crate) fn write(feed: &Feed<'_>) -> String {
    let items = feed.entries.iter().map(|entry| {
        // No tag twice.
        let mut tags: Vec<&str> = entry.tags.iter().map(String::as_str).collect();
        tags.sort_unstable();
        tags.dedup();
        Item {
            id: &entry.id,
            url: &entry.url,
            title: &entry.title,
            content_text: if entry.summary.is_empty() { &entry.title } else { &entry.summary },
            date_published: &entry.published,
            date_modified: entry.updated(),
            authors: entry.authors.iter().map(|name| Author { name }).collect(),
            tags,
            language: &entry.language,
            image: entry.image.as_deref(),
            attachments: match &entry.epub {
                Some((url, For::Everybody)) => Some([Attachment { url, mime_type: EPUB }]),
                _ => None,
            },
        }
    });
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: feed.title,
        home_page_url: feed.page,
        feed_url: [feed.url, feed.here].concat(),
        description: feed.about,
        language: feed.language,
        authors: vec![Author { name: feed.publisher }],
        next_url: feed.next.map(|next| [feed.url, next].concat()),
        items: items.collect(),
    };
    // Strings are JSON.
    serde_json::to_string(&document).unwrap_or_default()
}
