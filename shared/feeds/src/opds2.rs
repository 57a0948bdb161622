//! OPDS 2.0 (drafts.opds.io/opds-2.0).

use crate::{Entry, Feed, image_type, value::Json};

const KIND: &str = "application/opds+json";

pub(crate) fn write(feed: &Feed<'_>) -> String {
    let mut out = Json::new();
    out.open("metadata", '{');
    out.text("title", feed.title);
    out.text("modified", feed.updated());
    if let Some(total) = feed.total {
        out.number("numberOfItems", total);
    }
    out.close('}');
    out.open("links", '[');
    link(&mut out, "self", &[feed.url, feed.here].concat(), KIND, "");
    link(&mut out, "first", feed.url, KIND, "");
    link(&mut out, "alternate", feed.page, "text/html", "");
    if let Some(next) = feed.next {
        link(&mut out, "next", &[feed.url, next].concat(), KIND, "");
    }
    out.close(']');
    if feed.entries.is_empty() {
        // A catalogue that has nothing else leads to the pages: there must be something in it.
        out.open("navigation", '[');
        link(&mut out, "alternate", feed.page, "text/html", feed.title);
    } else {
        out.open("publications", '[');
        feed.entries.iter().for_each(|entry| publication(&mut out, entry));
    }
    out.close(']');
    out.finish()
}

fn publication(out: &mut Json, entry: &Entry) {
    out.open("", '{');
    out.open("metadata", '{');
    out.text("@type", "http://schema.org/Book");
    out.text("identifier", &entry.id);
    out.text("title", &entry.title);
    out.texts("author", &entry.authors);
    out.text("language", &entry.language);
    out.text("published", &entry.published);
    out.text("modified", entry.updated());
    out.text("description", &entry.summary);
    out.texts("subject", &entry.tags);
    if let Some((name, position)) = &entry.series {
        out.open("belongsTo", '{');
        out.open("series", '{');
        out.text("name", name);
        out.number("position", u64::from(*position));
        out.close('}');
        out.close('}');
    }
    out.close('}');
    let (rel, href, kind) = entry.acquisition();
    out.open("links", '[');
    link(out, rel, href, kind, "");
    link(out, "alternate", &entry.url, "text/html", "");
    out.close(']');
    if let Some(image) = &entry.image {
        out.open("images", '[');
        link(out, "cover", image, image_type(image), "");
        out.close(']');
    }
    out.close('}');
}

fn link(out: &mut Json, rel: &str, href: &str, kind: &str, title: &str) {
    out.open("", '{');
    out.text("rel", rel);
    out.text("href", href);
    out.text("type", kind);
    out.text("title", title);
    out.close('}');
}
