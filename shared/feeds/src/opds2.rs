//! OPDS 2.0 (drafts.opds.io/opds-2.0).

use serde::Serialize;

use crate::{Feed, image_type};

#[derive(Serialize)]
struct Document<'a> {
    metadata: About<'a>,
    links: Vec<Link<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    publications: Vec<Publication<'a>>,
    /// A catalogue that has nothing else leads to the pages: there must be something in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    navigation: Vec<Link<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct About<'a> {
    title: &'a str,
    modified: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_of_items: Option<u64>,
}

#[derive(Serialize)]
struct Link<'a> {
    rel: &'a str,
    href: String,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
}

#[derive(Serialize)]
struct Publication<'a> {
    metadata: Metadata<'a>,
    links: [Link<'a>; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    images: Option<[Link<'a>; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(rename = "@type")]
    kind: &'a str,
    identifier: &'a str,
    title: &'a str,
    author: &'a [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    language: &'a str,
    published: &'a str,
    modified: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    subject: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    belongs_to: Option<BelongsTo<'a>>,
}

#[derive(Serialize)]
struct BelongsTo<'a> {
    series: Series<'a>,
}

#[derive(Serialize)]
struct Series<'a> {
    name: &'a str,
    position: u32,
}

const KIND: &str = "application/opds+json";

fn link<'a>(rel: &'a str, href: String, kind: &'a str) -> Link<'a> {
    Link { rel, href, kind, title: "" }
}

pub(crate) fn write(feed: &Feed<'_>) -> String {
    let mut links = vec![
        link("self", [feed.url, feed.here].concat(), KIND),
        link("first", feed.url.to_owned(), KIND),
        link("alternate", feed.page.to_owned(), "text/html"),
    ];
    links.extend(feed.next.map(|next| link("next", [feed.url, next].concat(), KIND)));
    let publications: Vec<_> = feed.entries.iter().map(publication).collect();
    let mut navigation = Vec::new();
    if publications.is_empty() {
        navigation.push(Link { title: feed.title, ..link("alternate", feed.page.to_owned(), "text/html") });
    }
    let metadata = About { title: feed.title, modified: feed.updated(), number_of_items: feed.total };
    // Strings and numbers are JSON.
    serde_json::to_string(&Document { metadata, links, publications, navigation }).unwrap_or_default()
}

fn publication(entry: &crate::Entry) -> Publication<'_> {
    let (rel, href, kind) = entry.acquisition();
    let series = entry.series.as_ref();
    let image = entry.image.as_ref();
    Publication {
        metadata: Metadata {
            kind: "http://schema.org/Book",
            identifier: &entry.id,
            title: &entry.title,
            author: &entry.authors,
            language: &entry.language,
            published: &entry.published,
            modified: entry.updated(),
            description: &entry.summary,
            subject: &entry.tags,
            belongs_to: series.map(|(name, position)| BelongsTo { series: Series { name, position: *position } }),
        },
        links: [link(rel, href.to_owned(), kind), link("alternate", entry.url.clone(), "text/html")],
        images: image.map(|url| [link("cover", url.clone(), image_type(url))]),
    }
}
