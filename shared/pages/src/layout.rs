//! What every page has: head, landmarks, the way home.

use maud::{DOCTYPE, Markup, html};

use crate::{SCRIPT_PATH, STYLE_PATH};

/// A page around its main part.
#[derive(Default)]
pub(crate) struct Layout<'a> {
    /// The publisher's name: the link home.
    pub(crate) tenant_name: &'a str,
    /// The title of the page without the publisher's name.
    pub(crate) title: &'a str,
    /// BCP 47 language of the main part; empty: English, as the frame around it.
    pub(crate) language: &'a str,
    /// The page's one address, absolute.
    pub(crate) canonical: Option<String>,
    /// The addresses before and after this one.
    pub(crate) prev: Option<String>,
    pub(crate) next: Option<String>,
    /// One sentence for search engines and link previews; empty: none.
    pub(crate) description: &'a str,
    /// For pages that belong in no index: forms, errors.
    pub(crate) private: bool,
    /// The path of the feeds that follow what is shown, such as `/books/whale/`; empty: none.
    pub(crate) feeds: &'a str,
    /// For lists: more than a column of text.
    pub(crate) wide: bool,
    /// For pages that work passkeys.
    pub(crate) script: bool,
}

impl Layout<'_> {
    pub(crate) fn render(&self, main: Markup) -> String {
        let language = if self.language.is_empty() { "en" } else { self.language };
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width,initial-scale=1";
                    title { (self.title) @if !self.tenant_name.is_empty() && self.title != self.tenant_name { " · " (self.tenant_name) } }
                    @if self.private { meta name="robots" content="noindex"; }
                    @if !self.description.is_empty() { meta name="description" content=(self.description); }
                    @if let Some(url) = &self.canonical {
                        link rel="canonical" href=(url);
                        meta property="og:url" content=(url);
                        meta property="og:title" content=(self.title);
                    }
                    @if let Some(path) = &self.prev { link rel="prev" href=(path); }
                    @if let Some(path) = &self.next { link rel="next" href=(path); }
                    @if !self.feeds.is_empty() {
                        link rel="alternate" type="application/rss+xml" title="RSS" href={ (self.feeds) "feed.xml" };
                        link rel="alternate" type="application/atom+xml" title="Atom" href={ (self.feeds) "atom.xml" };
                        link rel="alternate" type="application/feed+json" title="JSON Feed" href={ (self.feeds) "feed.json" };
                    }
                    @if self.feeds == "/" {
                        link rel="alternate" type="application/atom+xml;profile=opds-catalog;kind=acquisition" title="OPDS" href="/opds";
                        link rel="alternate" type="application/opds+json" title="OPDS 2" href="/opds.json";
                    }
                    link rel="stylesheet" href=(STYLE_PATH);
                    @if self.script { script type="module" src=(SCRIPT_PATH) {} }
                }
                body {
                    a class="skip" href="#main" { "Skip to the text" }
                    header class=(if self.wide { "top wide" } else { "top" }) {
                        a href="/" { (if self.tenant_name.is_empty() { "Home" } else { self.tenant_name }) }
                        a href="/login" { "Account" }
                    }
                    main #main lang=(language) dir="auto" class=[self.wide.then_some("wide")] { (main) }
                    footer class=(if self.wide { "foot wide" } else { "foot" }) { p { "Published with AuthorWorks" } }
                }
            }
        }
        .into_string()
    }
}
