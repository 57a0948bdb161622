//! A folder of Markdown or HTML files, in a ZIP.
//!
//! One file is one chapter. Their order is that of the links in `SUMMARY.md` where there is one (as in mdBook), else
//! that of their names, numbers counted as numbers. `book.toml` (`[book] title, authors, language, description`)
//! says what the book is.

use std::{cmp::Ordering, sync::Arc};

use serde::Deserialize;

use crate::{
    Manuscript, ManuscriptAsset, ManuscriptChapter, ManuscriptError,
    archive::Archive,
    headings,
    links::relative,
    markdown,
    sanitise::{self, Places},
    sniff, stem,
};

#[derive(Debug, Default, Deserialize)]
struct BookToml {
    #[serde(default)]
    book: About,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct About {
    title: String,
    authors: Vec<String>,
    language: String,
    description: String,
    tags: Vec<String>,
    cover: Option<String>,
}

pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Manuscript, ManuscriptError> {
    let mut archive = Archive::open(name, bytes)?;
    let mut names: Vec<String> = archive.names();
    names.retain(|n| !n.split('/').any(|part| part.starts_with('.') || part == "__MACOSX"));
    names.sort_by(|a, b| natural(a, b));
    let about = match names.iter().find(|n| n.rsplit('/').next() == Some("book.toml")).cloned() {
        Some(part) => {
            let text = archive.text(&part)?;
            let wrong =
                |e: basic_toml::Error| ManuscriptError::new(archive.place(&part), format!("it is not TOML: {e}"));
            basic_toml::from_str::<BookToml>(&text).map_err(wrong)?.book
        }
        None => About::default(),
    };
    let order = reading_order(&mut archive, &names)?;
    let mut places = Places::default();
    let mut book = Manuscript {
        title: if about.title.is_empty() { stem(name) } else { about.title },
        authors: about.authors,
        language: about.language,
        description: about.description,
        tags: about.tags,
        ..Manuscript::default()
    };
    for part in &names {
        let bytes = if is_text(part) || part.ends_with(".toml") { None } else { archive.read(part)? };
        if let Some(bytes) = bytes
            && let Some(media_type) = sniff::media_type(&bytes)
        {
            places.assets.insert(part.clone(), book.assets.len());
            book.assets.push(ManuscriptAsset { name: part.clone(), media_type, bytes });
        }
    }
    book.cover =
        about.cover.and_then(|c| names.iter().find(|n| n.ends_with(&c)).and_then(|n| places.assets.get(n).copied()));
    places.chapters = order.iter().enumerate().map(|(n, part)| (part.clone(), n)).collect();
    let places = Arc::new(places);
    for part in &order {
        let text = archive.text(part)?;
        let html = if is_markdown(part) { markdown::to_html(&text) } else { text };
        let (title, html) = headings::take_leading(&sanitise::clean(&html, part, &places));
        let title = title.unwrap_or_else(|| stem(part));
        book.chapters.push(ManuscriptChapter { title, words: headings::words(&html), html, ..Default::default() });
    }
    Ok(book)
}

fn reading_order(archive: &mut Archive<'_>, names: &[String]) -> Result<Vec<String>, ManuscriptError> {
    let Some(summary) = names.iter().find(|n| n.rsplit('/').next() == Some("SUMMARY.md")) else {
        return Ok(names.iter().filter(|n| is_text(n)).cloned().collect());
    };
    let html = markdown::to_html(&archive.text(summary)?);
    let mut order: Vec<String> = Vec::new();
    for link in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let Some((part, _)) = relative(summary, link) else { continue };
        if !names.contains(&part) {
            return Err(ManuscriptError::new(archive.place(summary), format!("it names {part}, which is not there")));
        }
        if is_text(&part) && !order.contains(&part) {
            order.push(part);
        }
    }
    Ok(order)
}

fn is_markdown(name: &str) -> bool {
    matches!(name.rsplit('.').next(), Some("md" | "markdown"))
}

fn is_text(name: &str) -> bool {
    is_markdown(name) || matches!(name.rsplit('.').next(), Some("html" | "htm" | "xhtml"))
}

/// Names in the order a person would put them: `ch2` before `ch10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
        let (m, n) = (digits(a), digits(b));
        if m > 0 && n > 0 {
            let (x, y) = (a[..m].trim_start_matches('0'), b[..n].trim_start_matches('0'));
            match x.len().cmp(&y.len()).then_with(|| x.cmp(y)) {
                Ordering::Equal => (a, b) = (&a[m..], &b[n..]),
                other => return other,
            }
            continue;
        }
        let (mut x, mut y) = (a.chars(), b.chars());
        match (x.next(), y.next()) {
            (None, None) => return Ordering::Equal,
            (Some(c), Some(d)) if c == d => (a, b) = (x.as_str(), y.as_str()),
            (c, d) => return c.cmp(&d),
        }
    }
}
