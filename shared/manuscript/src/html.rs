//! One HTML file: a chapter per heading.

use std::sync::Arc;

use crate::{
    Manuscript, ManuscriptChapter, ManuscriptError,
    headings::{self, Heading},
    sanitise::{self, Places},
    stem,
};

/// Splits at the headings of the highest level that occurs more than once; a single heading above them is the
/// book's title.
pub(crate) fn read(name: &str, html: &str) -> Result<Manuscript, ManuscriptError> {
    let clean = sanitise::clean(html, name, &Arc::new(Places::default()));
    let mut all: Vec<Heading> = Vec::new();
    let mut from = 0;
    while let Some(heading) = headings::next(&clean, from) {
        from = heading.end;
        all.push(heading);
    }
    let count = |level| all.iter().filter(|h| h.level == level).count();
    let split = (1..=3).find(|l| count(*l) > 1).or_else(|| (1..=3).find(|l| count(*l) == 1)).unwrap_or(1);
    let marks: Vec<&Heading> = all.iter().filter(|h| h.level == split).collect();
    let above = all.iter().find(|h| h.level < split && marks.first().is_none_or(|m| h.start < m.start));
    let mut chapters = Vec::new();
    let mut push = |title: String, html: &str| {
        if !headings::plain(html).is_empty() || html.contains("<img") {
            let title = if title.is_empty() { format!("Part {}", chapters.len() + 1) } else { title };
            chapters.push(ManuscriptChapter {
                title,
                words: headings::words(html),
                html: html.to_owned(),
                ..Default::default()
            });
        }
    };
    let start = above.map_or(0, |h| h.end);
    push("Front matter".into(), &clean[start..marks.first().map_or(clean.len(), |m| m.start.max(start))]);
    for (n, mark) in marks.iter().enumerate() {
        push(mark.text.clone(), &clean[mark.end..marks.get(n + 1).map_or(clean.len(), |m| m.start)]);
    }
    if marks.is_empty()
        && let Some(only) = chapters.first_mut()
    {
        only.title = stem(name);
    }
    Ok(Manuscript { title: above.map_or_else(|| stem(name), |h| h.text.clone()), chapters, ..Manuscript::default() })
}
