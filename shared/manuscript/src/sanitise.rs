//! What of an author's HTML a reader's browser may see.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use ammonia::{Builder, UrlRelative};

use crate::links::relative;

/// Where the files of a book have gone: paths in the archive to chapters and pictures.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub(crate) chapters: HashMap<String, usize>,
    pub(crate) assets: HashMap<String, usize>,
}

/// Presentation MathML: a book of mathematics is unreadable without it.
const MATHML: [&str; 30] = [
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "mspace",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mfrac",
    "msqrt",
    "mroot",
    "mtable",
    "mtr",
    "mtd",
    "mlabeledtr",
    "mstyle",
    "mpadded",
    "mphantom",
    "mfenced",
    "menclose",
    "merror",
    "mmultiscripts",
    "mprescripts",
    "none",
];
const MATHML_ATTRIBUTES: [&str; 16] = [
    "display",
    "mathvariant",
    "open",
    "close",
    "separators",
    "columnalign",
    "rowalign",
    "columnspacing",
    "rowspacing",
    "width",
    "height",
    "depth",
    "linethickness",
    "stretchy",
    "accent",
    "notation",
];
const STRUCTURE: [&str; 6] = ["section", "article", "aside", "figure", "figcaption", "cite"];

/// Sanitises the HTML of the file at `path`. References to the book's own files become placeholders, references to
/// the web stay, everything else goes.
pub(crate) fn clean(html: &str, path: &str, places: &Arc<Places>) -> String {
    let (places, base) = (places.clone(), path.to_owned());
    let mut builder = Builder::default();
    builder
        .add_tags(MATHML)
        .add_tags(STRUCTURE)
        .add_generic_attributes(["id", "lang", "dir"])
        .rm_clean_content_tags(["style"])
        .clean_content_tags(["script", "style", "title", "head", "iframe", "object", "template"].into())
        .id_prefix(Some("t-"))
        .url_relative(UrlRelative::PassThrough)
        .url_schemes(["http", "https", "mailto"].into())
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(move |element, attribute, value| rewrite(element, attribute, value, &base, &places));
    for tag in MATHML {
        builder.add_tag_attributes(tag, MATHML_ATTRIBUTES);
    }
    builder.clean(html).to_string()
}

fn rewrite<'a>(element: &str, attribute: &str, value: &'a str, base: &str, places: &Places) -> Option<Cow<'a, str>> {
    match (element, attribute) {
        ("img", "src") => {
            let (path, _) = relative(base, value)?;
            places.assets.get(&path).map(|n| Cow::Owned(format!("asset:{n}")))
        }
        ("a", "href") if ["http://", "https://", "mailto:"].iter().any(|s| value.starts_with(s)) => Some(value.into()),
        ("a", "href") => {
            let (path, fragment) = relative(base, value)?;
            // Ids are prefixed, so that an author's cannot collide with the page's own.
            let fragment = fragment.map(|f| format!("#t-{f}")).unwrap_or_default();
            if path == base && !fragment.is_empty() {
                return Some(fragment.into());
            }
            places.chapters.get(&path).map(|n| Cow::Owned(format!("chapter:{n}{fragment}")))
        }
        (_, "src" | "href" | "cite" | "data" | "action" | "poster" | "background") => None,
        _ => Some(value.into()),
    }
}
