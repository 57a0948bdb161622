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
    let mut builder = builder(&["http", "https", "mailto"]);
    builder.attribute_filter(move |element, attribute, value| rewrite(element, attribute, value, &base, &places));
    builder.clean(html).to_string()
}

/// Sanitises a chapter's HTML that has placeholders already. Those of a book with so many chapters and assets stay.
pub(crate) fn clean_again(html: &str, chapters: usize, assets: usize) -> String {
    let mut builder = builder(&["http", "https", "mailto", "asset", "chapter"]);
    builder.attribute_filter(move |element, attribute, value| keep(element, attribute, value, chapters, assets));
    builder.clean(html).to_string()
}

/// What a chapter's placeholders may name.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// The ids of the book's chapters in their order.
    pub chapters: Vec<String>,
    /// How many assets it has.
    pub assets: usize,
}

/// Cleans as [`clean_again`], any number of texts; links to chapters name them by their id.
pub(crate) fn cleaner(targets: &Targets) -> impl Fn(&str) -> String + use<> {
    let targets = Arc::new(targets.clone());
    let mut builder = builder(&["http", "https", "mailto", "asset", "chapter"]);
    builder.attribute_filter(move |element, attribute, value| {
        let Some(rest) = value.strip_prefix("chapter:").filter(|_| (element, attribute) == ("a", "href")) else {
            return keep(element, attribute, value, 0, targets.assets);
        };
        let (name, fragment) = rest.split_once('#').map_or((rest, None), |(n, f)| (n, Some(f)));
        let numbered = || targets.chapters.get(name.parse::<usize>().ok()?);
        let id = targets.chapters.iter().find(|id| *id == name).or_else(numbered)?;
        Some(Cow::Owned(format!("chapter:{id}{}", fragment.map(part).unwrap_or_default())))
    });
    move |html| builder.clean(html).to_string()
}

/// Ids are prefixed, so that an author's cannot collide with the page's own.
fn part(fragment: &str) -> String {
    format!("#t-{}", fragment.strip_prefix("t-").unwrap_or(fragment))
}

fn builder(schemes: &[&'static str]) -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .add_tags(MATHML)
        .add_tags(STRUCTURE)
        .add_generic_attributes(["id", "lang", "dir"])
        .rm_clean_content_tags(["style"])
        .clean_content_tags(["script", "style", "title", "head", "iframe", "object", "template"].into())
        .id_prefix(Some("t-"))
        .url_relative(UrlRelative::PassThrough)
        .url_schemes(schemes.iter().copied().collect())
        .link_rel(Some("noopener noreferrer"));
    for tag in MATHML {
        builder.add_tag_attributes(tag, MATHML_ATTRIBUTES);
    }
    builder
}

fn keep<'a>(element: &str, attribute: &str, value: &'a str, chapters: usize, assets: usize) -> Option<Cow<'a, str>> {
    let below = |number: &str, count| number.parse::<usize>().is_ok_and(|n| n < count && n.to_string() == number);
    match (element, attribute) {
        ("img", "src") => value.strip_prefix("asset:").filter(|n| below(n, assets)).map(|_| value.into()),
        ("a", "href") if ["http://", "https://", "mailto:"].iter().any(|s| value.starts_with(s)) => Some(value.into()),
        ("a", "href") => {
            let (path, fragment) = value.split_once('#').map_or((value, None), |(p, f)| (p, Some(f)));
            let fragment = fragment.map(part).unwrap_or_default();
            let ours = path.strip_prefix("chapter:").is_some_and(|n| below(n, chapters));
            (ours || path.is_empty() && !fragment.is_empty()).then(|| Cow::Owned(format!("{path}{fragment}")))
        }
        (_, "src" | "href" | "cite" | "data" | "action" | "poster" | "background") => None,
        _ => Some(value.into()),
    }
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
