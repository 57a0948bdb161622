//! A book's page: what it is, and its contents.

use aw_model::{
    Access, Chapter, Manifest,
    access::{opened, opening},
    slug::slugify,
};
use maud::{Markup, html};

use crate::{layout::Layout, paywall::opens};

/// What a book's page shows.
#[derive(Clone, Copy, Debug)]
pub struct BookPage<'a> {
    /// The book and its chapters.
    pub manifest: &'a Manifest,
    /// The tenant's base URL, without a slash at the end.
    pub base_url: &'a str,
    /// The tenant's name.
    pub tenant_name: &'a str,
    /// The time, in milliseconds since 1970.
    pub now: u64,
}

/// The page, a whole HTML document. It is the same for every reader: locks are shown by what a chapter asks for.
pub fn book_page(page: &BookPage<'_>) -> String {
    let BookPage { manifest, base_url, tenant_name, now } = *page;
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
        @for c in &book.contributors { p class="meta" { (c.name) " (" span lang="en" { (c.role) } ")" } }
        @if let Some(series) = &book.series {
            p class="meta" lang="en" { "Book " (series.position) " of " a href={ "/series/" (slugify(&series.name)) } { (series.name) } }
        }
        @for paragraph in book.description.split("\n\n").filter(|p| !p.trim().is_empty()) { p { (paragraph) } }
        @if let Some(first) = manifest.chapters.first() {
            p lang="en" { a class="button" href={ "/books/" (book.slug) "/" (first.number) } { "Start reading" } }
        }
        @if let Some(epub) = &manifest.epub {
            p lang="en" { a href={ "/books/" (book.slug) ".epub" } { "Download as EPUB" } (badge(&epub.access)) }
        }
        h2 lang="en" #contents { "Contents" }
        ol class="contents" aria-labelledby="contents" {
            @for chapter in &manifest.chapters {
                @if chapter.part.is_some() && chapter.part.as_deref() != part_before(manifest, chapter) {
                    li class="part" { (chapter.part.as_deref().unwrap_or_default()) }
                }
                li value=[body_number(manifest, chapter)] class=[(!chapter.matter.is_body()).then_some("apart")] {
                    @if is_closed(chapter, now) { (chapter.title) } @else {
                        a href={ "/books/" (book.slug) "/" (chapter.number) } { (chapter.title) }
                    }
                    (lock(chapter, now))
                }
            }
        }
        @if let Some(licence) = &book.licence { p class="meta" { span lang="en" { "Licence: " } (licence) } }
        @if !book.tags.is_empty() {
            ul class="tags" aria-label="Tags" {
                @for tag in &book.tags { li { a href={ "/tags/" (slugify(tag)) } { (tag) } } }
            }
        }
    })
}

/// A chapter's number as people count: what is before and after the body has none.
fn body_number(manifest: &Manifest, chapter: &Chapter) -> Option<usize> {
    let before = manifest.chapters.iter().filter(|c| c.matter.is_body() && c.number <= chapter.number).count();
    chapter.matter.is_body().then_some(before)
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

/// The part of the chapter before this one.
fn part_before<'a>(manifest: &'a Manifest, chapter: &Chapter) -> Option<&'a str> {
    let at = manifest.chapters.iter().position(|c| c.number == chapter.number)?;
    manifest.chapters.get(at.checked_sub(1)?)?.part.as_deref()
}

/// Whether no reader may read it yet.
fn is_closed(chapter: &Chapter, now: u64) -> bool {
    !chapter.openings.is_empty() && opened(&chapter.openings, now).is_none()
}

fn lock(chapter: &Chapter, now: u64) -> Markup {
    let access = opened(&chapter.openings, now).map_or(&chapter.access, |opening| &opening.access);
    html! {
        @if !is_closed(chapter, now) {
            (badge(access))
        }
        @if let Some(next) = opening(&chapter.openings, now) { span class="lock" lang="en" { (opens(next)) } }
    }
}

/// Whom a rule lets in, where that is not everybody.
fn badge(access: &Access) -> Markup {
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
