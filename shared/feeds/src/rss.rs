//! RSS 2.0 (rssboard.org/rss-specification), with Atom's link to itself and Dublin Core's authors.

use crate::{Feed, rfc822, xml::Xml};

pub(crate) fn write(feed: &Feed<'_>) -> String {
    let mut out = Xml::new();
    out.open(
        "rss",
        &[
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ],
    );
    out.open("channel", &[]);
    out.leaf("title", feed.title);
    out.leaf("link", feed.page);
    out.leaf("description", feed.about);
    if !feed.language.is_empty() {
        out.leaf("language", feed.language);
    }
    date(&mut out, "lastBuildDate", feed.updated());
    let here = [feed.url, feed.here].concat();
    out.empty("atom:link", &[("rel", "self"), ("type", "application/rss+xml"), ("href", &here)]);
    for entry in feed.entries {
        out.open("item", &[]);
        out.leaf("title", &entry.title);
        out.leaf("link", &entry.url);
        out.open("guid", &[("isPermaLink", "false")]);
        out.text(&entry.id);
        out.close("guid");
        date(&mut out, "pubDate", &entry.published);
        if !entry.summary.is_empty() {
            out.leaf("description", &entry.summary);
        }
        entry.authors.iter().for_each(|author| out.leaf("dc:creator", author));
        entry.tags.iter().for_each(|tag| out.leaf("category", tag));
        out.close("item");
    }
    out.close("channel");
    out.close("rss");
    out.finish()
}

fn date(out: &mut Xml, name: &str, time: &str) {
    if let Some(date) = rfc822(time) {
        out.leaf(name, &date);
    }
}
