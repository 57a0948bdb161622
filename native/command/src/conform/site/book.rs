//! Books as publishing leaves them: a manifest and objects.

use std::collections::BTreeMap;

use aw_conformance::origin::pattern;
use aw_model::{Access, Asset, Book, BookCard, Chapter, Manifest, ObjectRef, Series, key, object, record};
use serde_json::json;

use super::{Error, TENANT, VERSION, Value};

/// What a book is to be like.
pub(crate) struct Plan {
    /// Its name in URLs.
    pub(crate) slug: String,
    /// The title.
    pub(crate) title: String,
    /// Each chapter's access rule and the size of its page in bytes.
    pub(crate) chapters: Vec<(Access, usize)>,
    /// Each file's access rule, extension, media type and size in bytes.
    pub(crate) assets: Vec<(Access, &'static str, &'static str, usize)>,
}

impl Plan {
    /// A book with every kind of chapter and file, a chapter longer than one part among them.
    pub(crate) fn whale() -> Self {
        let gold = || Access::Tier("gold".to_owned());
        Self {
            slug: "moby-dick".to_owned(),
            title: "Moby-Dick; oder: \"Der Wal\" <1851> & mehr".to_owned(),
            chapters: vec![
                (Access::Free, 20_000),
                (Access::Free, 900),
                (Access::Members, 20_000),
                (gold(), 20_000),
                (gold(), 1_300_000),
            ],
            assets: vec![
                (Access::Free, "png", "image/png", 5_000),
                (gold(), "mp3", "audio/mpeg", 50_000),
                (Access::Free, "bin", "application/octet-stream", 1_000_000),
            ],
        }
    }

    /// The `n`th of many small books.
    pub(crate) fn short(n: u32) -> Self {
        Self {
            slug: format!("book-{n}"),
            title: format!("Book {n} of many"),
            chapters: vec![(Access::Free, 600)],
            assets: Vec::new(),
        }
    }
}

/// A book as an edge has it.
pub(crate) struct Published {
    /// Its manifest.
    pub(crate) manifest: Manifest,
}

impl Published {
    pub(super) fn card(&self) -> BookCard {
        let book = &self.manifest.book;
        BookCard {
            id: book.id.clone(),
            slug: book.slug.clone(),
            title: book.title.clone(),
            authors: book.authors.clone(),
            tags: book.tags.clone(),
            series: book.series.clone(),
            cover: book.cover.clone(),
            chapters: self.manifest.chapters.len() as u32,
            published_at: book.published_at.clone(),
            updated_at: book.updated_at.clone(),
            language: book.language.clone(),
            summary: book.description.clone(),
            epub: self.manifest.epub.as_ref().map(|epub| epub.access.clone()),
        }
    }
}

/// A UUID whose place among others follows from `n`.
fn id(kind: u8, n: u32, part: usize) -> String {
    format!("0190{n:04x}-{:04x}-7000-8000-0000{kind:04x}{part:04x}", n >> 16)
}

/// Makes the `n`th book of the site after `plan` and adds its values.
pub(super) fn publish(plan: &Plan, n: u32, values: &mut Vec<Value>) -> Result<Published, Error> {
    let mut chapters = Vec::new();
    for (index, (access, size)) in plan.chapters.iter().enumerate() {
        let number = index as u32 + 1;
        let title = format!("Chapter {number}");
        let html = page(plan, number, *size);
        let data = json!({ "number": number, "title": title, "html": html.len(), "book": plan.slug }).to_string();
        chapters.push(Chapter {
            id: id(2, n, index),
            number,
            title,
            part: None,
            matter: Default::default(),
            role: None,
            access: access.clone(),
            openings: Vec::new(),
            words: (size / 6) as u32,
            published_at: String::new(),
            page: keep(html.into_bytes(), values),
            data: keep(data.into_bytes(), values),
        });
    }
    let mut assets = BTreeMap::new();
    for (index, (access, extension, media_type, size)) in plan.assets.iter().enumerate() {
        let mut bytes = vec![0; *size];
        pattern(u64::from(n) + index as u64, &mut bytes);
        let object = keep(bytes, values);
        let name = format!("{}.{extension}", object.sha256);
        let asset =
            Asset { object, media_type: (*media_type).to_owned(), access: access.clone(), openings: Vec::new() };
        assets.insert(name, asset);
    }
    let at = format!("2026-{:02}-{:02}T08:00:00.000Z", n / 28 % 12 + 1, n % 28 + 1);
    let cover = assets.iter().find(|(_, asset)| asset.media_type.starts_with("image/")).map(|(name, _)| name.clone());
    let book = Book {
        id: id(1, n, 0),
        slug: plan.slug.clone(),
        title: plan.title.clone(),
        authors: vec![["Herman Melville", "Mary Shelley", "E. T. A. Hoffmann"][n as usize % 3].to_owned()],
        language: "en".to_owned(),
        description: "Call me Ishmael. Some years ago…".to_owned(),
        tags: ["The sea", "Horror", "Night"].iter().take(n as usize % 3 + 1).map(|&tag| tag.to_owned()).collect(),
        series: n.is_multiple_of(5).then(|| Series { name: "Whales".to_owned(), position: n / 5 + 1 }),
        contributors: Vec::new(),
        licence: None,
        cover,
        published_at: at.clone(),
        updated_at: at,
    };
    values.push((key::book_id(TENANT, &book.id), record::encode(VERSION, Some(&book.slug))?));
    let manifest = Manifest { book, chapters, assets, epub: None };
    values.push((key::manifest(TENANT, &plan.slug), record::join(VERSION, &manifest.to_json()?)));
    Ok(Published { manifest })
}

/// A page of about `size` bytes, its name in it.
fn page(plan: &Plan, number: u32, size: usize) -> String {
    let mut html = format!("<!doctype html>\n<html lang=\"en\"><title>{} {number}</title>\n", plan.slug);
    let mut line = 0;
    while html.len() < size {
        line += 1;
        html.push_str(&format!(
            "<p>{line}: It was the Whiteness of the whale that above all things appalled me. — Ü</p>\n"
        ));
    }
    html
}

/// Adds an object's parts and gives its name. The same object twice is one.
fn keep(bytes: Vec<u8>, values: &mut Vec<Value>) -> ObjectRef {
    let sha256 = aw_trust::digest::sha256_hex(&bytes);
    for (part, chunk) in bytes.chunks(object::PART as usize).enumerate() {
        let key = key::object(TENANT, &sha256, part as u32);
        if !values.iter().rev().take(8).any(|(there, _)| *there == key) {
            values.push((key, chunk.to_vec()));
        }
    }
    ObjectRef { sha256, size: bytes.len() as u64 }
}
