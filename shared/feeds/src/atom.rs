//! Atom (RFC 4287) with its paging (RFC 5005), and OPDS 1.2, which is Atom with links to acquire.

use crate::{EPUB, Feed, For, OPDS, image_type, xml::Xml};

pub(crate) fn write(feed: &Feed<'_>, opds: bool) -> String {
    let mut out = Xml::new();
    out.open(
        "feed",
        &[
            ("xmlns", "http://www.w3.org/2005/Atom"),
            ("xmlns:dc", "http://purl.org/dc/terms/"),
            ("xmlns:opds", "http://opds-spec.org/2010/catalog"),
        ],
    );
    out.leaf("id", feed.url);
    out.leaf("title", feed.title);
    if !opds {
        out.leaf("subtitle", feed.about);
    }
    out.leaf("updated", feed.updated());
    author(&mut out, feed.publisher);
    let media_type = if opds { OPDS } else { "application/atom+xml" };
    let mut link = |rel, href: &str, kind| out.empty("link", &[("rel", rel), ("href", href), ("type", kind)]);
    link("self", &[feed.url, feed.here].concat(), media_type);
    link("alternate", feed.page, "text/html");
    link("first", feed.url, media_type);
    if opds {
        link("start", feed.url, media_type);
    }
    if let Some(next) = feed.next {
        link("next", &[feed.url, next].concat(), media_type);
    }
    for entry in feed.entries {
        out.open("entry", &[]);
        out.leaf("id", &entry.id);
        out.leaf("title", &entry.title);
        out.leaf("updated", entry.updated());
        out.leaf("published", &entry.published);
        entry.authors.iter().for_each(|name| author(&mut out, name));
        if !entry.summary.is_empty() {
            out.leaf("summary", &entry.summary);
        }
        entry.tags.iter().for_each(|tag| out.empty("category", &[("term", tag), ("label", tag)]));
        if !entry.language.is_empty() {
            out.leaf("dc:language", &entry.language);
        }
        let mut link = |rel, href: &str, kind| out.empty("link", &[("rel", rel), ("href", href), ("type", kind)]);
        link("alternate", &entry.url, "text/html");
        if opds {
            let (rel, href, kind) = entry.acquisition();
            link(rel, href, kind);
            if let Some(image) = &entry.image {
                link("http://opds-spec.org/image", image, image_type(image));
                link("http://opds-spec.org/image/thumbnail", image, image_type(image));
            }
        } else if let Some((url, For::Everybody)) = &entry.epub {
            link("enclosure", url, EPUB);
        }
        out.close("entry");
    }
    out.close("feed");
    out.finish()
}

fn author(out: &mut Xml, name: &str) {
    out.open("author", &[]);
    out.leaf("name", name);
    out.close("author");
}
