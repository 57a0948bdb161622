//! Logging in, registering, logging out: forms that need no JavaScript.

use maud::{Markup, html};

use crate::layout::Layout;

/// What a form for credentials shows.
#[derive(Clone, Copy, Debug)]
pub struct CredentialsPage<'a> {
    /// Goes into the hidden field `csrf`.
    pub csrf: &'a str,
    /// A local path to go to afterwards; goes into the hidden field `next`.
    pub next: &'a str,
    /// The same path, percent-encoded for a query.
    pub next_query: &'a str,
    /// The address that was typed before, to spare typing it again.
    pub email: &'a str,
    /// The name that was typed before.
    pub display_name: &'a str,
    /// Where else one may log in: names for addresses, and for people.
    pub providers: &'a [(&'a str, &'a str)],
    /// Why the last try failed.
    pub error: Option<&'a str>,
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// The page that logs in.
pub fn login_page(page: &CredentialsPage<'_>) -> String {
    Layout { script: true, ..frame(page, "Log in") }.render(html! {
        h1 { "Log in" }
        (error(page))
        form method="post" action="/login" {
            (hidden(page))
            (email(page))
            label { "Password" input type="password" name="password" required autocomplete="current-password" maxlength="1024"; }
            button { "Log in" }
        }
        // Shown by the script, where the browser has passkeys.
        div #passkey hidden {
            button type="button" data-next=(page.next) { "Log in with a passkey" }
            p class="error" role="alert" hidden {}
        }
        @for (name, label) in page.providers {
            p { a href={ "/login/oidc/" (name) "?next=" (page.next_query) } { "Log in with " (label) } }
        }
        p { "New here? " a href={ "/register?next=" (page.next_query) } { "Register" } ". " a href="/forgot" { "Forgot your password?" } }
    })
}

/// The page that registers.
pub fn register_page(page: &CredentialsPage<'_>) -> String {
    frame(page, "Register").render(html! {
        h1 { "Register" }
        (error(page))
        form method="post" action="/register" {
            (hidden(page))
            label { "Name" input type="text" name="displayName" value=(page.display_name) autocomplete="name" maxlength="100"; }
            (email(page))
            label { "Password" input type="password" name="password" required autocomplete="new-password" minlength="10" maxlength="1024" aria-describedby="rule"; }
            p #rule { "At least ten characters." }
            button { "Register" }
        }
        p { "Registered already? " a href={ "/login?next=" (page.next_query) } { "Log in" } "." }
    })
}

/// What a reader who has logged in sees in place of the login form.
#[derive(Clone, Copy, Debug)]
pub struct AccountPage<'a> {
    /// Goes into the hidden field `csrf`.
    pub csrf: &'a str,
    /// The roles, for staff to see that they are.
    pub roles: &'a [String],
    /// Whether the address is proved; where it is not, the page offers to mail the link again.
    pub email_verified: bool,
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// The page that logs out.
pub fn account_page(page: &AccountPage<'_>) -> String {
    let layout = Layout { tenant_name: page.tenant_name, title: "Account", private: true, ..Layout::default() };
    layout.render(html! {
        h1 { "Account" }
        p { "You are logged in." @if !page.roles.is_empty() { " Roles: " (page.roles.join(", ")) "." } }
        @if !page.email_verified {
            form method="post" action="/verify" {
                p { "Your e-mail address is not confirmed yet: follow the link in the mail that was sent to you." }
                input type="hidden" name="csrf" value=(page.csrf);
                button { "Send the mail again" }
            }
        }
        p { a href="/account/security" { "Passkeys and codes" } }
        form method="post" action="/logout" {
            input type="hidden" name="csrf" value=(page.csrf);
            button { "Log out" }
        }
    })
}

fn frame<'a>(page: &CredentialsPage<'a>, title: &'a str) -> Layout<'a> {
    Layout { tenant_name: page.tenant_name, title, private: true, ..Layout::default() }
}

fn error(page: &CredentialsPage<'_>) -> Markup {
    html! { @if let Some(why) = page.error { p class="error" role="alert" { (why) } } }
}

fn hidden(page: &CredentialsPage<'_>) -> Markup {
    html! {
        input type="hidden" name="csrf" value=(page.csrf);
        input type="hidden" name="next" value=(page.next);
    }
}

fn email(page: &CredentialsPage<'_>) -> Markup {
    html! {
        label { "E-mail" input type="email" name="email" value=(page.email) required autocomplete="email" maxlength="254"; }
    }
}
