//! What stands in place of a chapter that this reader may not read.

use aw_model::{Access, Book};
use maud::html;

use crate::layout::Layout;

/// What a paywall shows. It is given no text of the chapter, so it can show none.
#[derive(Clone, Copy, Debug)]
pub struct PaywallPage<'a> {
    /// The book.
    pub book: &'a Book,
    /// The chapter's title.
    pub title: &'a str,
    /// What the chapter asks for.
    pub access: &'a Access,
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
    let PaywallPage { book, title, access, signed_in, login, register, subscribe, tenant_name } = *page;
    let layout = Layout { tenant_name, title, private: true, ..Layout::default() };
    layout.render(html! {
        p class="crumb" { a href={ "/books/" (book.slug) } lang=(book.language) { (book.title) } }
        h1 lang=(book.language) { (title) }
        div class="panel" {
            @match access {
                Access::Tier(name) => {
                    p { "This chapter is for readers of the tier " strong { (name) } ", and for those who own the book." }
                    p { a class="button" href=(subscribe) { "Subscribe" } }
                }
                _ => { p { "This chapter is for members. Membership is free." } }
            }
            @if !signed_in {
                p { a class="button" href=(login) { "Log in" } }
                p { "New here? " a href=(register) { "Register" } "." }
            }
        }
        nav class="turn" aria-label="Book" { a href={ "/books/" (book.slug) } { "Contents" } }
    })
}
