//! What we write, as EPUBCheck, the standard's own validator, sees it.

mod check;
mod hostile;
mod real;

use aw_epub::{Book, Chapter, Contributor};
use aw_manuscript::{Kind, Manuscript, ManuscriptChapter};

/// A manuscript as a book to be written.
fn book(from: Manuscript) -> Book {
    Book {
        id: "urn:uuid:019b7700-0000-7000-8000-000000000001".into(),
        title: from.title,
        contributors: from.authors.into_iter().map(|name| Contributor { name, role: String::new() }).collect(),
        language: from.language,
        description: from.description,
        tags: from.tags,
        series: Some(("A series & more".into(), 2)),
        publisher: "A <Press>".into(),
        rights: String::new(),
        published: "2026-01-01T00:00:00.000Z".into(),
        modified: "2026-02-03T04:05:06.789Z".into(),
        cover: from.cover,
        chapters: from.chapters.into_iter().map(chapter).collect(),
        pictures: from.assets.into_iter().map(|asset| asset.bytes).collect(),
    }
}

fn chapter(from: ManuscriptChapter) -> Chapter {
    Chapter { title: from.title, html: from.html, matter: from.matter, role: from.role }
}

/// One of the repository's books for tests.
fn read(kind: Kind, name: &str) -> Manuscript {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/books").join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    aw_manuscript::read(kind, name, &bytes).unwrap()
}
