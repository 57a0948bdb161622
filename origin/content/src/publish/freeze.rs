//! From a draft to immutable objects and a manifest: a function of its arguments.

use std::{cell::RefCell, collections::BTreeMap};

use aw_model::{Access, Asset, Book, Chapter, Manifest, Matter, ObjectRef, Opening};
use aw_origin_data::objects::{Object, sha256};
use aw_pages::{ChapterPage, chapter_page};
use aw_platform::{Error, Result};
use bytes::Bytes;
use serde::Serialize;

use super::linked::{Linked, Rule};

/// A draft's chapter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SourceChapter {
    pub(super) id: String,
    pub(super) number: u32,
    pub(super) title: String,
    /// The title of its part.
    pub(super) part: Option<String>,
    pub(super) matter: Matter,
    pub(super) role: Option<String>,
    pub(super) access: Access,
    pub(super) openings: Vec<Opening>,
    pub(super) words: u32,
    /// Sanitised, with `asset:N` and `chapter:ID` in it.
    pub(super) html: String,
}

/// A draft, as it is to be published.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Source {
    pub(super) tenant_name: String,
    pub(super) base_url: String,
    /// Its cover is set here, from `cover`.
    pub(super) book: Book,
    pub(super) chapters: Vec<SourceChapter>,
    /// By number.
    pub(super) assets: BTreeMap<usize, Object>,
    /// The number of the asset that is its cover.
    pub(super) cover: Option<usize>,
}

/// A book as it is published.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frozen {
    pub(super) manifest: Manifest,
    /// Pages and chapters' JSON, with their bytes.
    pub(super) made: Vec<(Object, Bytes)>,
    /// The assets that are published with it; the object store has had them since they came.
    pub(super) assets: Vec<Object>,
}

/// A chapter's JSON: the `data` of what the API answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    id: &'a str,
    number: u32,
    title: &'a str,
    access: &'a Access,
    #[serde(skip_serializing_if = "<[Opening]>::is_empty")]
    openings: &'a [Opening],
    words: u32,
    book: BookName<'a>,
    previous: Option<u32>,
    next: Option<u32>,
    html: &'a str,
}

#[derive(Serialize)]
struct BookName<'a> {
    id: &'a str,
    slug: &'a str,
    title: &'a str,
}

const PAGE: &str = "text/html; charset=utf-8";
const DATA: &str = "application/json";

/// Freezes a draft. The same draft gives the same objects, whenever it is published.
pub(super) fn freeze(source: &Source) -> Result<Frozen> {
    let slug = &source.book.slug;
    let linked = RefCell::new(Linked::default());
    let mut book = source.book.clone();
    book.cover = source.cover.and_then(|n| source.assets.get(&n)).map(name);
    if let Some(cover) = source.cover.filter(|n| source.assets.contains_key(n)) {
        linked.borrow_mut().add(cover, &Rule::free());
    }
    // Not when it was published: a page that changed with the clock would be another object every time.
    let shown = Book { published_at: String::new(), updated_at: String::new(), ..book.clone() };
    let (mut made, mut chapters) = (Vec::new(), Vec::new());
    let numbers: BTreeMap<&str, u32> = source.chapters.iter().map(|c| (c.id.as_str(), c.number)).collect();
    for (n, chapter) in source.chapters.iter().enumerate() {
        let first = chapter.openings.first().map_or(&chapter.access, |opening| &opening.access);
        let rule = Rule { access: first.clone(), openings: chapter.openings.clone() };
        let asset = |n: usize| match source.assets.get(&n) {
            Some(object) => {
                linked.borrow_mut().add(n, &rule);
                format!("/books/{slug}/assets/{}", name(object))
            }
            None => String::new(),
        };
        // A chapter that readers do not have yet is somewhere in the book.
        let link = |id: &str| match numbers.get(id) {
            Some(number) => format!("/books/{slug}/{number}"),
            None => format!("/books/{slug}"),
        };
        let html = aw_manuscript::resolve_ids(&chapter.html, asset, link);
        let prev = n.checked_sub(1).and_then(|n| source.chapters.get(n));
        let next = source.chapters.get(n + 1);
        let page = chapter_page(&ChapterPage {
            book: &shown,
            number: chapter.number,
            title: &chapter.title,
            html: &html,
            prev: prev.map(|c| (c.number, c.title.as_str())),
            next: next.map(|c| (c.number, c.title.as_str())),
            base_url: &source.base_url,
            tenant_name: &source.tenant_name,
        });
        let data = serde_json::to_vec(&Data {
            id: &chapter.id,
            number: chapter.number,
            title: &chapter.title,
            access: &chapter.access,
            openings: &chapter.openings,
            words: chapter.words,
            book: BookName { id: &book.id, slug, title: &book.title },
            previous: prev.map(|c| c.number),
            next: next.map(|c| c.number),
            html: &html,
        });
        let data = data.map_err(|e| Error::internal(e.to_string()))?;
        let (page, data) = (object(PAGE, page.into()), object(DATA, data.into()));
        chapters.push(Chapter {
            id: chapter.id.clone(),
            number: chapter.number,
            title: chapter.title.clone(),
            part: chapter.part.clone(),
            matter: chapter.matter,
            role: chapter.role.clone(),
            access: rule.access,
            openings: rule.openings,
            words: chapter.words,
            published_at: String::new(),
            page: reference(&page.0),
            data: reference(&data.0),
        });
        made.extend([page, data]);
    }
    let (mut assets, mut named) = (Vec::new(), BTreeMap::new());
    let mut rules: BTreeMap<String, (Rule, &Object)> = BTreeMap::new();
    for (n, rule) in linked.into_inner().iter() {
        let Some(object) = source.assets.get(&n) else { continue };
        // Two numbers can be one file: who may see either may see it.
        rules
            .entry(name(object))
            .and_modify(|(there, _)| *there = there.or(rule))
            .or_insert_with(|| (rule.clone(), object));
        assets.push(object.clone());
    }
    for (name, (Rule { access, openings }, object)) in rules {
        let media_type = object.media_type.clone();
        named.insert(name, Asset { object: reference(object), media_type, access, openings });
    }
    Ok(Frozen { manifest: Manifest { book, chapters, assets: named, epub: None }, made, assets })
}

pub(super) fn object(media_type: &str, bytes: Bytes) -> (Object, Bytes) {
    let object = Object { sha256: sha256(&bytes), size: bytes.len() as u64, media_type: media_type.to_owned() };
    (object, bytes)
}

pub(super) fn reference(object: &Object) -> ObjectRef {
    ObjectRef { sha256: object.sha256.clone(), size: object.size }
}

/// An asset's name in URLs.
fn name(object: &Object) -> String {
    let extension = match object.media_type.as_str() {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        _ => "bin",
    };
    format!("{}.{extension}", object.sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Source {
        let asset =
            |n: u8, media_type: &str| Object { sha256: sha256(&[n]), size: 1, media_type: media_type.to_owned() };
        let chapter = |number: u32, access: &str, html: &str| SourceChapter {
            id: format!("c{number}"),
            number,
            title: format!("Chapter {number}"),
            part: None,
            matter: Matter::Body,
            role: None,
            access: access.parse().unwrap(),
            openings: Vec::new(),
            words: 1,
            html: html.into(),
        };
        Source {
            tenant_name: "Press".into(),
            base_url: "https://press.example".into(),
            book: Book {
                id: "b".into(),
                slug: "whale".into(),
                title: "The <Whale>".into(),
                authors: vec!["H. M.".into()],
                language: "en".into(),
                description: String::new(),
                tags: vec![],
                series: None,
                contributors: vec![],
                licence: None,
                cover: None,
                published_at: "2026-01-01T00:00:00.000Z".into(),
                updated_at: "2026-01-01T00:00:00.000Z".into(),
            },
            chapters: vec![
                chapter(1, "free", "<p><img src=\"asset:0\"> <a href=\"chapter:c2#t-x\">on</a></p>"),
                chapter(
                    2,
                    "tier:gold",
                    "<p id=\"t-x\"><img src=\"asset:0\"><img src=\"asset:1\"><img src=\"asset:9\"></p>",
                ),
            ],
            assets: [
                (0, asset(0, "image/png")),
                (1, asset(1, "image/jpeg")),
                (2, asset(2, "image/gif")),
                (3, asset(3, "image/webp")),
            ]
            .into(),
            cover: Some(2),
        }
    }

    fn text(frozen: &Frozen, sha256: &str) -> String {
        let (_, bytes) = frozen.made.iter().find(|(o, _)| o.sha256 == sha256).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn links_get_addresses_and_assets_the_widest_access() {
        let frozen = freeze(&source()).unwrap();
        let png = format!("{}.png", sha256(&[0]));
        let page = text(&frozen, &frozen.manifest.chapters[0].page.sha256);
        assert!(page.contains(&format!("src=\"/books/whale/assets/{png}\"")), "{page}");
        assert!(page.contains("href=\"/books/whale/2#t-x\"") && page.contains("The &lt;Whale&gt;"), "{page}");
        let access: Vec<String> =
            frozen.manifest.assets.values().map(|a| format!("{} {}", a.media_type, a.access)).collect();
        let mut access = access;
        access.sort();
        assert_eq!(access, ["image/gif free", "image/jpeg tier:gold", "image/png free"], "what nobody links stays out");
        assert_eq!(frozen.manifest.book.cover.as_deref(), Some(format!("{}.gif", sha256(&[2])).as_str()));
        assert_eq!((frozen.made.len(), frozen.assets.len()), (4, 3));
    }

    #[test]
    fn data_is_json_with_its_neighbours() {
        let frozen = freeze(&source()).unwrap();
        let data: serde_json::Value =
            serde_json::from_str(&text(&frozen, &frozen.manifest.chapters[1].data.sha256)).unwrap();
        assert_eq!(
            (&data["previous"], &data["next"], &data["access"]),
            (&1.into(), &serde_json::Value::Null, &"tier:gold".into())
        );
        assert!(data["html"].as_str().unwrap().contains("/assets/"));
    }

    #[test]
    fn the_time_of_publishing_is_in_no_object() {
        let mut later = source();
        later.book.published_at = "2027-01-01T00:00:00.000Z".into();
        later.book.updated_at = "2027-01-02T00:00:00.000Z".into();
        assert_eq!(freeze(&source()).unwrap().made, freeze(&later).unwrap().made);
    }
}
