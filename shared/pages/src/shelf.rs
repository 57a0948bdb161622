//! A shelf: books, newest first.

use aw_model::BookCard;
use maud::html;

use crate::{book::byline, layout::Layout};

/// What a shelf's page shows.
#[derive(Clone, Copy, Debug)]
pub struct ShelfPage<'a> {
    /// The heading: the publisher's name on the first shelf, else the tag, author or series.
    pub heading: &'a str,
    /// The shelf's path without a cursor, such as `/tags/whales`.
    pub path: &'a str,
    /// The books, newest first.
    pub books: &'a [BookCard],
    /// The cursor of the page after this one.
    pub next: Option<&'a str>,
    /// Whether this is a page after the first.
    pub continued: bool,
    /// The tenant's base URL, without a slash at the end.
    pub base_url: &'a str,
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// The page, a whole HTML document.
pub fn shelf_page(page: &ShelfPage<'_>) -> String {
    let ShelfPage { heading, path, books, next, continued, base_url, tenant_name } = *page;
    let next = next.map(|cursor| format!("{path}?cursor={cursor}"));
    let layout = Layout {
        tenant_name,
        title: heading,
        canonical: (!continued).then(|| format!("{base_url}{path}")),
        next: next.clone(),
        feeds: "/",
        wide: true,
        ..Layout::default()
    };
    layout.render(html! {
        h1 { (heading) }
        @if books.is_empty() { p { "Nothing has been published here yet." } }
        ul class="books" {
            @for book in books {
                li {
                    @if let Some(cover) = &book.cover {
                        img src={ "/books/" (book.slug) "/assets/" (cover) } alt="" loading="lazy";
                    }
                    div {
                        h2 { a href={ "/books/" (book.slug) } { (book.title) } }
                        (byline(&book.authors))
                        p class="meta" { (book.chapters) @if book.chapters == 1 { " chapter" } @else { " chapters" } }
                    }
                }
            }
        }
        @if next.is_some() || continued {
            nav class="turn" aria-label="Pages" {
                @if continued { a href=(path) { "Newest" } }
                @if let Some(href) = &next { a href=(href) rel="next" { "Older →" } }
            }
        }
    })
}
