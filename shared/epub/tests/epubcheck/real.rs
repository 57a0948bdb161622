//! Real books, imported and exported.

use aw_manuscript::{Kind, read as import};

use crate::{book, check::checked, read};

fn round_trip(kind: Kind, name: &str, chapters: usize) {
    let first = read(kind, name);
    assert_eq!(first.chapters.len(), chapters, "{name}");
    let bytes = checked(name, &book(first.clone()));
    let again = import(Kind::Epub, "again.epub", &bytes).unwrap();
    assert_eq!((&again.title, &again.authors), (&first.title, &first.authors));
    // The pages before the text are chapters to an importer: it cannot tell.
    let texts = &again.chapters[again.chapters.len() - chapters..];
    for (was, is) in first.chapters.iter().zip(texts) {
        assert_eq!(was.title, is.title, "{name}");
        assert_eq!((was.matter, was.role), (is.matter, is.role), "{name}: «{}»", was.title);
        let words = |html: &str| {
            let text = aw_manuscript::resolve(html, |_| String::new(), |_| String::new());
            let mut out = String::new();
            text.split('<').for_each(|part| out.push_str(part.split_once('>').map_or(part, |(_, text)| text)));
            out.split_whitespace().collect::<String>()
        };
        // In place of a picture that was not imported (SVG) is what was said of it.
        if was.html.matches("<img").count() == was.html.matches("src=\"asset:").count() {
            assert_eq!(words(&was.html), words(&is.html), "{name}: «{}» lost text", was.title);
        }
    }
    let shown = |m: &aw_manuscript::Manuscript| {
        m.chapters.iter().map(|c| c.html.matches("src=\"asset:").count()).sum::<usize>()
    };
    assert!(shown(&again) == shown(&first), "{name}: pictures");
}

#[test]
fn pride_and_prejudice() {
    round_trip(Kind::Epub, "pride-and-prejudice.epub", 61);
}

#[test]
fn a_day_at_a_time() {
    round_trip(Kind::Epub, "a-day-at-a-time.epub", 38);
}

#[test]
fn legend_land() {
    round_trip(Kind::Folder, "legend-land.zip", 17);
}
