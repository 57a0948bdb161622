//! A failure, told to a person.

use maud::html;

use crate::layout::Layout;

/// What an error's page shows.
#[derive(Clone, Copy, Debug)]
pub struct ErrorPage<'a> {
    /// The HTTP status.
    pub status: u16,
    /// A sentence for people.
    pub message: &'a str,
    /// What finds this request in the records.
    pub request_id: &'a str,
    /// The tenant's name; empty where it is not known.
    pub tenant_name: &'a str,
}

/// The page, a whole HTML document.
pub fn error_page(page: &ErrorPage<'_>) -> String {
    let title = match page.status {
        400 => "That request was not understood",
        401 | 403 => "Not allowed",
        404 => "There is no such page",
        405 => "That cannot be done here",
        429 => "Too many tries",
        503 | 504 => "Back in a moment",
        500.. => "Something went wrong",
        _ => "That did not work",
    };
    let layout = Layout { tenant_name: page.tenant_name, title, private: true, ..Layout::default() };
    let mut message = page.message.to_owned();
    if let Some(first) = message.get(..1).map(str::to_ascii_uppercase) {
        message.replace_range(..1, &first);
    }
    layout.render(html! {
        h1 { (title) }
        p { (message) @if !message.ends_with('.') { "." } }
        p class="meta" { "Request " code { (page.request_id) } }
    })
}
