//! A book's page: what it is, and its contents.

use aw_model::{Access, Manifest, slug::slugify};
use maud::{Markup, html};

use crate::layout::Layout;

/// What a book's page shows.
#[derive(Clone, Copy, Debug)]
pub struct BookPage<'a> {
    /// The book and its chapters.
    pub manifest: &'a Manifest,
    /// The tenant's base URL, without a slash at the end.
    pub base_url: &'a str,
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// The page, a whole HTML document. It is the same for every reader: locks are shown by what a chapter asks for.
pub fn book_page(page: &BookPage<'_>) -> String {
    let BookPage { manifest, base_url, tenant_name } = *page;
    let book = &manifest.book;
    let feeds = format!("/books/{}/", book.slug);
    let layout = Layout {
        feeds: &feeds,
        tenant_name,
        title: &book.title,
        language: &book.language,
        canonical: Some(format!("{base_url}/books/{}", book.slug)),
        description: first_line(&book.description),
        ..Layout::default()
    };
    layout.render(html! {
        @if let Some(cover) = &book.cover {
            img class="cover" src={ "/books/" (book.slug) "/assets/" (cover) } alt="";
        }
        h1 { (book.title) }
        (byline(&book.authors))
        @if let Some(series) = &book.series {
            p class="meta" lang="en" { "Book " (series.position) " of " a href={ "/series/" (slugify(&series.name)) } { (series.name) } }
        }
        @for paragraph in book.description.split("\n\n").filter(|p| !p.trim().is_empty()) { p { (paragraph) } }
        @if let Some(first) = manifest.chapters.first() {
            p lang="en" { a class="button" href={ "/books/" (book.slug) "/" (first.number) } { "Start reading" } }
        }
        @if let Some(epub) = &manifest.epub {
            p lang="en" { a href={ "/books/" (book.slug) ".epub" } { "Download as EPUB" } (lock(&epub.access)) }
        }
        h2 lang="en" #contents { "Contents" }
        ol class="contents" aria-labelledby="contents" {
            @for chapter in &manifest.chapters {
                li value=(chapter.number) {
                    a href={ "/books/" (book.slug) "/" (chapter.number) } { (chapter.title) }
                    (lock(&chapter.access))
                }
            }
        }
        @if !book.tags.is_empty() {
            ul class="tags" aria-label="Tags" {
                @for tag in &book.tags { li { a href={ "/tags/" (slugify(tag)) } { (tag) } } }
            }
        }
    })
}

/// Who wrote it, each with a link to what else they wrote.
pub(crate) fn byline(authors: &[String]) -> Markup {
    html! {
        @if !authors.is_empty() {
            p class="by" {
                @for (i, author) in authors.iter().enumerate() {
                    @if i > 0 { ", " }
                    a href={ "/authors/" (slugify(author)) } { (author) }
                }
            }
        }
    }
}

fn lock(access: &Access) -> Markup {
    html! {
        @match access {
            Access::Free => {}
            Access::Members => { span class="lock" lang="en" { "Members" } }
            Access::Tier(name) => { span class="lock" lang="en" { "Tier: " (name) } }
        }
    }
}

fn first_line(text: &str) -> &str {
    let line = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default().trim();
    let end = line.char_indices().nth(200).map_or(line.len(), |(i, _)| i);
    &line[..end]
}
