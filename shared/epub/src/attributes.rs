//! Which attributes an element keeps, and with what values (HTML Living Standard, as EPUB's XHTML has it).

use std::borrow::Cow;

use crate::{conform::Chapter, language, links, node::Element};

/// Keeps of an element's attributes those that `name` (what it is called now) may have.
pub(crate) fn keep(from: &Element, name: &'static str, chapter: &mut Chapter<'_>) -> Element {
    let mut out = Element { name: Cow::Borrowed(name), ..Element::default() };
    for (attribute, value) in &from.attributes {
        if let Some(value) = value_of(name, attribute, value.trim(), chapter)
            && let Some(attribute) = known(attribute)
        {
            out = out.with(attribute, value);
        }
    }
    if let Some(lang) = out.attribute("lang").map(str::to_owned) {
        out = out.with("xml:lang", lang);
    }
    match from.attribute("align").unwrap_or_default() {
        "right" if matches!(name, "td" | "th") => out.with("class", "right"),
        "center" if matches!(name, "td" | "th") => out.with("class", "center"),
        _ => out,
    }
}

fn known(name: &str) -> Option<&'static str> {
    const ALL: [&str; 13] = [
        "id", "lang", "dir", "title", "href", "hreflang", "alt", "width", "height", "start", "colspan", "rowspan",
        "scope",
    ];
    ALL.into_iter().find(|known| *known == name)
}

fn value_of(element: &str, attribute: &str, value: &str, chapter: &mut Chapter<'_>) -> Option<String> {
    let owned = |ok: bool| ok.then(|| value.to_owned());
    let number = |from: u32, to: u32| {
        let n = value.parse::<u32>().ok().filter(|n| value.len() <= 10 && (from..=to).contains(n))?;
        Some(n.to_string())
    };
    match (element, attribute) {
        (_, "id") => links::id(value).filter(|id| chapter.ids.insert(id.clone())),
        (_, "lang") => language::well_formed(value).map(str::to_owned),
        (_, "dir") => owned(matches!(value, "ltr" | "rtl" | "auto") && !(element == "bdo" && value == "auto")),
        (_, "title") | ("img", "alt") => owned(!value.is_empty()),
        ("a", "href") => links::target(value, chapter.index, chapter.count),
        ("a", "hreflang") => language::well_formed(value).map(str::to_owned),
        ("img", "width" | "height") => number(1, 100_000),
        ("ol", "start") => value.parse::<i32>().ok().map(|n| n.to_string()),
        ("td" | "th", "colspan") => number(2, 1000),
        ("td" | "th", "rowspan") => number(2, 65_534),
        ("th", "scope") => owned(matches!(value, "row" | "col" | "rowgroup" | "colgroup")),
        _ => None,
    }
}
