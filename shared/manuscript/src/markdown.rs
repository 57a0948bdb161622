//! Markdown to HTML.

use pulldown_cmark::{Options, Parser, html};

/// CommonMark with tables, footnotes, strikethrough and typographic punctuation. The HTML is not yet sanitised.
pub(crate) fn to_html(text: &str) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_SMART_PUNCTUATION;
    let mut out = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut out, Parser::new_ext(text, options));
    out
}
