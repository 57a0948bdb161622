//! What stands in place of a chapter that this reader may not read.

use aw_model::{Access, Book, Opening};
use maud::{Markup, html};

use crate::layout::Layout;

/// What a paywall shows. It is given no text of the chapter, so it can show none.
#[derive(Clone, Copy, Debug)]
pub struct PaywallPage<'a> {
    /// The book.
    pub book: &'a Book,
    /// The chapter's title.
    pub title: &'a str,
    /// What the chapter asks for now; none: it is closed to all readers.
    pub access: Option<&'a Access>,
    /// When it opens to more readers.
    pub next: Option<&'a Opening>,
    /// Whether the reader has logged in already.
    pub signed_in: bool,
    /// `/login?next=…`: the way back here after a login.
    pub login: &'a str,
    /// `/register?next=…`.
    pub register: &'a str,
    /// `/subscribe?…`: what opens the chapter, and the way back here.
    pub subscribe: &'a str,
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// The page, a whole HTML document.
pub fn paywall_page(page: &PaywallPage<'_>) -> String {
    let PaywallPage { book, title, access, next, signed_in, login, register, subscribe, tenant_name } = *page;
    let layout = Layout { tenant_name, title, private: true, ..Layout::default() };
    layout.render(html! {
        p class="crumb" { a href={ "/books/" (book.slug) } lang=(book.language) { (book.title) } }
        h1 lang=(book.language) { (title) }
        div class="panel" {
            @match access {
                Some(Access::Tier(name)) => {
                    p { "This chapter is for readers of the tier " strong { (name) } ", and for those who own the book." }
                    p { a class="button" href=(subscribe) { "Subscribe" } }
                }
                Some(_) => { p { "This chapter is for members. Membership is free." } }
                None => { p { "This chapter is not open to readers yet." } }
            }
            @if let Some(next) = next { p { (opens(next)) "." } }
            @if !signed_in && access.is_some() {
                p { a class="button" href=(login) { "Log in" } }
                p { "New here? " a href=(register) { "Register" } "." }
            }
        }
        nav class="turn" aria-label="Book" { a href={ "/books/" (book.slug) } { "Contents" } }
    })
}

/// From when on whom it lets in.
pub(crate) fn opens(opening: &Opening) -> Markup {
    let time = aw_model::time::date(opening.from);
    html! {
        @match &opening.access {
            Access::Free => { "Free" }
            Access::Members => { "For members" }
            Access::Tier(name) => { "For the tier " (name) }
        }
        " from " time datetime=(time) { (time) }
    }
}
