//! EPUB and folders. An archive of any parts is read or refused; so are bytes that are none.
#![no_main]

use std::io::{Cursor, Write};

use aw_manuscript::{Kind, read, sanitise_chapter};
use libfuzzer_sys::fuzz_target;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const CONTAINER: &[u8] = br#"<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>"#;
const NAMES: [&str; 8] = [
    "OPS/book.opf",
    "OPS/nav.xhtml",
    "OPS/a.xhtml",
    "OPS/b.xhtml",
    "OPS/p.png",
    "OPS/toc.ncx",
    "META-INF/encryption.xml",
    "META-INF/container.xml",
];

/// Parts that the input separates with a byte that no text has, packed so that their checksums are right.
fn pack(data: &[u8]) -> Option<Vec<u8>> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let parts: Vec<&[u8]> = data.split(|b| *b == 0xff).take(NAMES.len()).collect();
    if parts.len() < NAMES.len() {
        zip.start_file("META-INF/container.xml", options).ok()?;
        zip.write_all(CONTAINER).ok()?;
    }
    for (name, part) in NAMES.iter().zip(parts) {
        // An empty part is a file that is missing.
        if !part.is_empty() {
            zip.start_file(*name, options).ok()?;
            zip.write_all(part).ok()?;
        }
    }
    Some(zip.finish().ok()?.into_inner())
}

fuzz_target!(|data: &[u8]| {
    for kind in [Kind::Epub, Kind::Folder] {
        let _ = read(kind, "book.epub", data);
    }
    let Some(epub) = pack(data) else { return };
    match read(Kind::Epub, "book.epub", &epub) {
        Ok(book) => {
            assert!(!book.title.is_empty() && !book.chapters.is_empty());
            assert!(book.cover.is_none_or(|cover| cover < book.assets.len()));
            for chapter in &book.chapters {
                assert!(!chapter.title.is_empty() && !chapter.html.to_ascii_lowercase().contains("<script"));
                let (again, words) = sanitise_chapter(&chapter.html, book.chapters.len(), book.assets.len());
                assert_eq!((&again, words), (&chapter.html, chapter.words));
            }
        }
        Err(error) => assert!(!error.place.is_empty() && !error.reason.is_empty()),
    }
});
