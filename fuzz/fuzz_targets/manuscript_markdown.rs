//! Markdown and HTML. What is read is clean, and stays as it is when it is cleaned again.
#![no_main]

use aw_manuscript::{Kind, read, sanitise_chapter};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for kind in [Kind::Markdown, Kind::Html] {
        let Ok(book) = read(kind, "book", data) else { continue };
        assert!(!book.title.is_empty() && !book.chapters.is_empty());
        for chapter in &book.chapters {
            let lower = chapter.html.to_ascii_lowercase();
            assert!(!lower.contains("<script") && !lower.contains("<iframe") && !lower.contains("<style"));
            let (again, words) = sanitise_chapter(&chapter.html, book.chapters.len(), book.assets.len());
            assert_eq!((&again, words), (&chapter.html, chapter.words));
        }
    }
});
