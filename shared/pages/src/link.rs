//! What a mailed link leads to, and the way to have one mailed: forms that need no JavaScript.

use maud::{Markup, html};

use crate::layout::Layout;

/// What such a form shows.
#[derive(Clone, Copy, Debug)]
pub struct LinkPage<'a> {
    /// Goes into the hidden field `csrf`.
    pub csrf: &'a str,
    /// What the link carries; goes into the hidden field `token`.
    pub token: &'a str,
    /// The address that was typed before, to spare typing it again.
    pub email: &'a str,
    /// Why the last try failed.
    pub error: Option<&'a str>,
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// The page that confirms an account's address. A person presses the button: programs that look into mails follow
/// links, and press nothing. Without what a link carries it offers to mail one, to those who are `signed_in`.
pub fn verify_page(page: &LinkPage<'_>, signed_in: bool) -> String {
    let main = html! {
        @if !page.token.is_empty() {
            form method="post" action="/verify" { (hidden(page)) button { "Confirm my address" } }
        } @else if signed_in {
            p { "Follow the link in the mail that was sent to you." }
            form method="post" action="/verify" { (hidden(page)) button { "Send the mail again" } }
        } @else {
            p { "Follow the link in the mail that was sent to you, or " a href="/login?next=%2Fverify" { "log in" } " to have it sent again." }
        }
    };
    frame(page, "Confirm your address", main)
}

/// The page that confirms an account's new address.
pub fn confirm_email_page(page: &LinkPage<'_>) -> String {
    let main = html! {
        @if page.token.is_empty() {
            p { "Follow the link in the mail that was sent to the new address." }
        } @else {
            form method="post" action="/confirm-email" { (hidden(page)) button { "Use this address from now on" } }
        }
    };
    frame(page, "Confirm your new address", main)
}

/// The page that has a link mailed to set a new password.
pub fn forgot_page(page: &LinkPage<'_>) -> String {
    let main = html! {
        form method="post" action="/forgot" {
            (hidden(page))
            label { "E-mail" input type="email" name="email" value=(page.email) required autocomplete="email" maxlength="254"; }
            button { "Send me a link" }
        }
        p { a href="/login" { "Back to the login" } }
    };
    frame(page, "Forgotten password", main)
}

/// The page that sets a new password.
pub fn reset_page(page: &LinkPage<'_>) -> String {
    let main = html! {
        @if page.token.is_empty() {
            p { "Follow the link in the mail that was sent to you, or " a href="/forgot" { "have one sent" } "." }
        } @else {
            form method="post" action="/reset" {
                (hidden(page))
                label { "New password" input type="password" name="password" required autocomplete="new-password" minlength="10" maxlength="1024" aria-describedby="rule"; }
                p #rule { "At least ten characters. You will be logged out everywhere." }
                button { "Set the password" }
            }
            p { a href="/forgot" { "Have another link sent" } }
        }
    };
    frame(page, "New password", main)
}

/// What is shown when it is done.
#[derive(Clone, Copy, Debug)]
pub struct DonePage<'a> {
    /// The heading.
    pub title: &'a str,
    /// What is said.
    pub message: &'a str,
    /// Where to go on: a local path, and what it is called.
    pub next: (&'a str, &'a str),
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// That it is done.
pub fn done_page(page: &DonePage<'_>) -> String {
    let layout = Layout { tenant_name: page.tenant_name, title: page.title, private: true, ..Layout::default() };
    layout.render(html! {
        h1 { (page.title) }
        p role="status" { (page.message) }
        p { a class="button" href=(page.next.0) { (page.next.1) } }
    })
}

fn frame(page: &LinkPage<'_>, title: &str, main: Markup) -> String {
    let layout = Layout { tenant_name: page.tenant_name, title, private: true, ..Layout::default() };
    layout.render(html! {
        h1 { (title) }
        @if let Some(why) = page.error { p class="error" role="alert" { (why) } }
        (main)
    })
}

fn hidden(page: &LinkPage<'_>) -> Markup {
    html! {
        input type="hidden" name="csrf" value=(page.csrf);
        @if !page.token.is_empty() { input type="hidden" name="token" value=(page.token); }
    }
}
