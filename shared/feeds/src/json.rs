//! JSON Feed 1.1 (jsonfeed.org/version/1.1).

use crate::{EPUB, Feed, For, value::Json};

pub(crate) fn write(feed: &Feed<'_>) -> String {
    let mut out = Json::new();
    out.text("version", "https://jsonfeed.org/version/1.1");
    out.text("title", feed.title);
    out.text("home_page_url", feed.page);
    out.text("feed_url", &[feed.url, feed.here].concat());
    out.text("description", feed.about);
    out.text("language", feed.language);
    out.text("next_url", &feed.next.map(|next| [feed.url, next].concat()).unwrap_or_default());
    authors(&mut out, &[feed.publisher.to_owned()]);
    out.open("items", '[');
    for entry in feed.entries {
        out.open("", '{');
        out.text("id", &entry.id);
        out.text("url", &entry.url);
        out.text("title", &entry.title);
        out.text("content_text", if entry.summary.is_empty() { &entry.title } else { &entry.summary });
        out.text("date_published", &entry.published);
        out.text("date_modified", entry.updated());
        authors(&mut out, &entry.authors);
        out.texts("tags", &entry.tags);
        out.text("language", &entry.language);
        out.text("image", entry.image.as_deref().unwrap_or_default());
        if let Some((url, For::Everybody)) = &entry.epub {
            out.open("attachments", '[');
            out.open("", '{');
            out.text("url", url);
            out.text("mime_type", EPUB);
            out.close('}');
            out.close(']');
        }
        out.close('}');
    }
    out.close(']');
    out.finish()
}

fn authors(out: &mut Json, names: &[String]) {
    out.open("authors", '[');
    for name in names {
        out.open("", '{');
        out.text("name", name);
        out.close('}');
    }
    out.close(']');
}
