//! A chapter as a page.

use aw_model::Book;
use maud::{PreEscaped, html};

use crate::layout::Layout;

/// What a chapter's page shows.
#[derive(Clone, Copy, Debug)]
pub struct ChapterPage<'a> {
    /// The book it is in.
    pub book: &'a Book,
    /// Its number in the book, from 1.
    pub number: u32,
    /// Its title.
    pub title: &'a str,
    /// Its text: HTML that is sanitised, with its links to pictures resolved. Written as it is.
    pub html: &'a str,
    /// Number and title of the chapter before.
    pub prev: Option<(u32, &'a str)>,
    /// Number and title of the chapter after.
    pub next: Option<(u32, &'a str)>,
    /// The tenant's base URL, without a slash at the end.
    pub base_url: &'a str,
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// The page, a whole HTML document. The same arguments give the same bytes.
pub fn chapter_page(page: &ChapterPage<'_>) -> String {
    let ChapterPage { book, number, title, html: text, prev, next, base_url, tenant_name } = *page;
    let path = |n: u32| format!("/books/{}/{n}", book.slug);
    let heading = format!("{title} · {}", book.title);
    let feeds = format!("/books/{}/", book.slug);
    let layout = Layout {
        feeds: &feeds,
        tenant_name,
        title: &heading,
        language: &book.language,
        canonical: Some(format!("{base_url}{}", path(number))),
        prev: prev.map(|(n, _)| path(n)),
        next: next.map(|(n, _)| path(n)),
        ..Layout::default()
    };
    layout.render(html! {
        p class="crumb" { a href={ "/books/" (book.slug) } { (book.title) } @if !book.authors.is_empty() { " · " (book.authors.join(", ")) } }
        article {
            h1 { (title) }
            (PreEscaped(text))
        }
        nav class="turn" aria-label="Chapters" lang="en" {
            @if let Some((n, title)) = prev { a href=(path(n)) rel="prev" { "← " span lang=(book.language) { (title) } } }
            a href={ "/books/" (book.slug) } { "Contents" }
            @if let Some((n, title)) = next { a href=(path(n)) rel="next" { span lang=(book.language) { (title) } " →" } }
        }
    })
}
