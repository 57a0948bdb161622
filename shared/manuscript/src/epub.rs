//! EPUB 2 and 3 (EPUB 3.3, sections 4 and 5): container, package document, spine.

use std::{collections::HashMap, sync::Arc};

use roxmltree::{Document, Node, ParsingOptions};

use crate::{
    Manuscript, ManuscriptAsset, ManuscriptChapter, ManuscriptError,
    archive::Archive,
    headings,
    links::relative,
    matter::{self, Said},
    navigation::{self, text},
    sanitise::{self, Places},
    sniff,
};

const CONTAINER: &str = "META-INF/container.xml";
const ENCRYPTION: &str = "META-INF/encryption.xml";
/// Font obfuscation hides fonts, which we do not read; every other algorithm hides the book.
const FONTS: [&str; 2] = ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

struct Item {
    path: String,
    media_type: String,
    properties: String,
}

pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Manuscript, ManuscriptError> {
    let mut archive = Archive::open(name, bytes)?;
    refuse_protected(&mut archive)?;
    let container = archive.text(CONTAINER)?;
    let package_path = {
        let place = archive.place(CONTAINER);
        let document = parse(&container, &place)?;
        let root = document.descendants().find(|n| n.tag_name().name() == "rootfile");
        let path = root.and_then(|n| n.attribute("full-path"));
        path.ok_or_else(|| ManuscriptError::new(&place, "it names no package document (rootfile full-path)"))?
            .to_owned()
    };
    let package = archive.text(&package_path)?;
    let place = archive.place(&package_path);
    let document = parse(&package, &place)?;
    let items = manifest(&document, &package_path);
    let mut book = metadata(&document);
    let spine: Vec<&Item> = named(&document, "itemref")
        .filter(|n| n.attribute("linear") != Some("no"))
        .map(|n| {
            let id = n.attribute("idref").unwrap_or_default();
            items.get(id).ok_or_else(|| {
                ManuscriptError::new(&place, format!("its spine names «{id}», which its manifest lacks"))
            })
        })
        .collect::<Result<_, _>>()?;
    let mut spine: Vec<&Item> =
        spine.into_iter().filter(|i| is_html(i) && !i.properties.split(' ').any(|p| p == "nav")).collect();
    if spine.is_empty() {
        return Err(ManuscriptError::new(place, "its spine is empty"));
    }
    let (titles, marks) = contents(&mut archive, &items, &document)?;
    let guide = matter::guide(&package_path, &document);
    let mut places = Places::default();
    pictures(&mut archive, &items, &document, &mut places, &mut book)?;
    let texts: Vec<String> = spine.iter().map(|item| archive.text(&item.path)).collect::<Result<_, _>>()?;
    let has_text = |html: &str| {
        let clean = sanitise::clean(html, "", &Arc::new(Places::default()));
        !headings::plain(&clean).is_empty()
    };
    // A page without words (a cover, a blank) is no chapter; links to it have nowhere to go.
    let mut texts: Vec<Option<String>> = texts.into_iter().map(|t| Some(t).filter(|t| has_text(t))).collect();
    let mut kept = texts.iter().map(Option::is_some).collect::<Vec<_>>().into_iter();
    spine.retain(|_| kept.next().unwrap_or(false));
    texts.retain(Option::is_some);
    places.chapters = spine.iter().enumerate().map(|(n, item)| (item.path.clone(), n)).collect();
    let places = Arc::new(places);
    let mut said = Vec::new();
    for (item, html) in spine.iter().zip(texts.into_iter().flatten()) {
        let elsewhere = marks.get(&item.path).or_else(|| guide.get(&item.path)).copied().unwrap_or_default();
        said.push((matter::of_page(&html), elsewhere));
        let clean = sanitise::clean(&html, &item.path, &places);
        let (heading, body) = headings::take_leading(&clean);
        let title = titles.get(&item.path).cloned().or_else(|| heading.clone());
        let title = title.unwrap_or_else(|| format!("Chapter {}", book.chapters.len() + 1));
        // The heading that the page shows is the title; one that says something else stays.
        let repeats = heading.as_deref().is_none_or(|h| h == title || title.ends_with(h) || h.ends_with(&title));
        let html = if repeats { body } else { clean };
        book.chapters.push(ManuscriptChapter { title, words: headings::words(&html), html, ..Default::default() });
    }
    let all: Vec<_> = book.chapters.iter().zip(said).map(|(c, (own, other))| (c.title.as_str(), own, other)).collect();
    let all = matter::settle(&all);
    for (chapter, said) in book.chapters.iter_mut().zip(all) {
        (chapter.matter, chapter.role) = (said.matter.unwrap_or_default(), said.role);
    }
    Ok(book)
}

fn parse<'a>(xml: &'a str, place: &str) -> Result<Document<'a>, ManuscriptError> {
    let options = ParsingOptions { allow_dtd: true, nodes_limit: 200_000, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).map_err(|e| ManuscriptError::new(place, format!("it is not XML: {e}")))
}

fn named<'a, 'i: 'a>(document: &'a Document<'i>, name: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    document.descendants().filter(move |n| n.tag_name().name() == name)
}

fn is_html(item: &Item) -> bool {
    matches!(item.media_type.as_str(), "application/xhtml+xml" | "text/html" | "application/x-dtbncx+html")
}

fn refuse_protected(archive: &mut Archive<'_>) -> Result<(), ManuscriptError> {
    let place = archive.place(ENCRYPTION);
    if archive.read(ENCRYPTION)?.is_none() {
        return Ok(());
    }
    let xml = archive.text(ENCRYPTION)?;
    let document = parse(&xml, &place)?;
    let protected =
        named(&document, "EncryptionMethod").any(|n| !n.attribute("Algorithm").is_some_and(|a| FONTS.contains(&a)));
    if protected {
        Err(ManuscriptError::new(place, "the book is copy-protected: import an unprotected file"))
    } else {
        Ok(())
    }
}

fn manifest(document: &Document<'_>, package_path: &str) -> HashMap<String, Item> {
    named(document, "item")
        .filter_map(|n| {
            let (path, _) = relative(package_path, n.attribute("href")?)?;
            let media_type = n.attribute("media-type").unwrap_or_default().to_owned();
            let properties = n.attribute("properties").unwrap_or_default().to_owned();
            Some((n.attribute("id")?.to_owned(), Item { path, media_type, properties }))
        })
        .collect()
}

fn metadata(document: &Document<'_>) -> Manuscript {
    let dc = |name: &str| -> Vec<String> {
        document
            .descendants()
            .filter(|n| {
                n.tag_name().name() == name && n.tag_name().namespace() == Some("http://purl.org/dc/elements/1.1/")
            })
            .map(text)
            .filter(|t| !t.is_empty())
            .collect()
    };
    let first = |name: &str| dc(name).into_iter().next().unwrap_or_default();
    Manuscript {
        title: first("title"),
        authors: dc("creator"),
        language: first("language"),
        // Descriptions often hold markup of their own, escaped.
        description: headings::plain(&first("description")),
        tags: dc("subject").into_iter().take(20).collect(),
        ..Manuscript::default()
    }
}

/// Titles, and what is said besides, by the files' paths.
type Titles = HashMap<String, String>;
type Marks = HashMap<String, Said>;

fn contents(
    archive: &mut Archive<'_>,
    items: &HashMap<String, Item>,
    document: &Document<'_>,
) -> Result<(Titles, Marks), ManuscriptError> {
    let nav = items.values().find(|i| i.properties.split(' ').any(|p| p == "nav"));
    let ncx = named(document, "spine").next().and_then(|n| items.get(n.attribute("toc")?));
    match nav.or(ncx) {
        Some(item) => {
            let text = archive.text(&item.path)?;
            Ok((navigation::titles(&item.path, &text), matter::landmarks(&item.path, &text)))
        }
        None => Ok((HashMap::new(), HashMap::new())),
    }
}

fn pictures(
    archive: &mut Archive<'_>,
    items: &HashMap<String, Item>,
    document: &Document<'_>,
    places: &mut Places,
    book: &mut Manuscript,
) -> Result<(), ManuscriptError> {
    let cover_id =
        named(document, "meta").find(|n| n.attribute("name") == Some("cover")).and_then(|n| n.attribute("content"));
    let mut all: Vec<(&String, &Item)> = items.iter().filter(|(_, i)| i.media_type.starts_with("image/")).collect();
    all.sort_by(|a, b| a.1.path.cmp(&b.1.path));
    for (id, item) in all {
        let Some(bytes) = archive.read(&item.path)? else {
            return Err(ManuscriptError::new(
                archive.place(&item.path),
                "it is in the manifest and missing from the archive",
            ));
        };
        let Some(media_type) = sniff::media_type(&bytes) else { continue };
        let index = book.assets.len();
        if item.properties.split(' ').any(|p| p == "cover-image") || cover_id == Some(id.as_str()) {
            book.cover = Some(index);
        }
        places.assets.insert(item.path.clone(), index);
        book.assets.push(ManuscriptAsset { name: item.path.clone(), media_type, bytes });
    }
    Ok(())
}
