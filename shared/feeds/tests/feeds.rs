//! Every list, as stock readers see it.

use aw_feeds::{Entry, Feed, For, Format, robots, sitemap, sitemap_index};
use feed_rs::parser;

const EVIL: &str = "A <b>& \"c\" 'd' ]]> \u{0}\u{1}\u{ffff} كتاب 🐳";

fn entries() -> Vec<Entry> {
    let entry = |n: u32| Entry {
        id: format!("urn:uuid:019b7700-0000-7000-8000-00000000000{n}"),
        url: format!("https://press.example/books/b{n}?x=1&y=2"),
        title: EVIL.into(),
        summary: EVIL.into(),
        authors: vec![EVIL.into(), "Ann".into()],
        tags: vec!["Sea".into(), EVIL.into(), "Sea".into()],
        language: "en".into(),
        series: Some(("S & T".into(), n)),
        published: format!("2026-11-0{n}T10:00:00.000Z"),
        updated: format!("2026-11-1{n}T10:00:00.000Z"),
        image: Some("https://press.example/books/b/assets/x.png".into()),
        epub: Some((format!("https://press.example/books/b{n}.epub"), For::Everybody)),
    };
    let members = Entry { epub: Some(("https://press.example/m.epub".into(), For::Members)), ..entry(2) };
    let payers = Entry { epub: Some(("https://press.example/p.epub".into(), For::Payers)), ..entry(3) };
    let none = Entry {
        id: "urn:x:4".into(),
        epub: None,
        image: None,
        published: "2026-11-04T10:00:00.000Z".into(),
        ..Entry::default()
    };
    vec![
        entry(1),
        members,
        payers,
        Entry { url: "https://press.example/books/b4".into(), title: "None".into(), ..none },
    ]
}

fn feed(entries: &[Entry]) -> Feed<'_> {
    Feed {
        title: EVIL,
        publisher: "The Press",
        about: "Books & more",
        language: "en",
        page: "https://press.example/",
        url: "https://press.example/feed",
        here: "",
        next: Some("?cursor=b2"),
        total: Some(4),
        entries,
    }
}

#[test]
fn stock_readers_read_rss_atom_and_json() {
    let entries = entries();
    for format in [Format::Rss, Format::Atom, Format::Json, Format::Opds1] {
        let text = feed(&entries).write(format);
        let read = parser::parse(text.as_bytes()).unwrap_or_else(|e| panic!("{format:?}: {e}\n{text}"));
        assert!(read.title.unwrap().content.contains("<b>& \"c\""), "{format:?}");
        assert_eq!(read.entries.len(), 4, "{format:?}");
        let first = &read.entries[0];
        assert_eq!(first.id, "urn:uuid:019b7700-0000-7000-8000-000000000001", "{format:?}");
        assert!(first.title.as_ref().unwrap().content.contains("كتاب 🐳"), "{format:?}");
        assert!(first.links.iter().any(|l| l.href == "https://press.example/books/b1?x=1&y=2"), "{format:?}");
        let at = |text: &str| Some(text.parse().unwrap());
        assert_eq!(first.published, at("2026-11-01T10:00:00Z"), "{format:?}");
        assert_eq!(first.authors.last().unwrap().name.as_deref(), Some("Ann"), "{format:?}");
        if format != Format::Json {
            roxmltree::Document::parse(&text).unwrap_or_else(|e| panic!("{format:?}: {e}"));
        }
    }
}

#[test]
fn catalogues_say_how_a_book_is_had() {
    let entries = entries();
    let relations = [
        ("http://opds-spec.org/acquisition/open-access", "https://press.example/books/b1.epub", "application/epub+zip"),
        ("http://opds-spec.org/acquisition", "https://press.example/m.epub", "application/epub+zip"),
        ("http://opds-spec.org/acquisition/subscribe", "https://press.example/p.epub", "application/epub+zip"),
        ("http://opds-spec.org/acquisition", "https://press.example/books/b4", "text/html"),
    ];
    let xml = feed(&entries).write(Format::Opds1);
    let document = roxmltree::Document::parse(&xml).unwrap();
    let acquired: Vec<_> = document
        .descendants()
        .filter(|n| n.has_tag_name("link") || n.tag_name().name() == "link")
        .filter_map(|n| Some((n.attribute("rel")?, n.attribute("href")?, n.attribute("type")?)))
        .filter(|(rel, ..)| rel.starts_with("http://opds-spec.org/acquisition"))
        .collect();
    assert_eq!(acquired, relations);
    assert!(xml.contains("rel=\"next\" href=\"https://press.example/feed?cursor=b2\""));
    let json: serde_json::Value = serde_json::from_str(&feed(&entries).write(Format::Opds2)).unwrap();
    for (publication, (rel, href, kind)) in json["publications"].as_array().unwrap().iter().zip(relations) {
        assert_eq!(publication["links"][0], serde_json::json!({ "rel": rel, "href": href, "type": kind }));
        assert_eq!(publication["metadata"]["@type"], "http://schema.org/Book");
    }
    assert_eq!(json["publications"][1]["metadata"]["belongsTo"]["series"]["position"], 2);
    assert_eq!(json["metadata"]["numberOfItems"], 4);
}

#[test]
fn an_empty_list_is_valid() {
    let empty = Feed { next: None, ..feed(&[]) };
    for format in [Format::Rss, Format::Atom, Format::Json] {
        assert!(parser::parse(empty.write(format).as_bytes()).unwrap().entries.is_empty(), "{format:?}");
    }
    let json: serde_json::Value = serde_json::from_str(&empty.write(Format::Opds2)).unwrap();
    assert!(json["publications"].is_null() && json["navigation"][0]["title"] == EVIL);
}

#[test]
fn sitemaps_are_xml() {
    let index = sitemap_index((0..2).map(|n| format!("https://press.example/sitemap-{n}.xml")));
    let one = sitemap([("https://press.example/a?b&c".to_owned(), "2026-01-01T00:00:00.000Z".to_owned())].into_iter());
    for (text, count) in [(index, 2), (one, 1)] {
        let document = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(document.descendants().filter(|n| n.tag_name().name() == "loc").count(), count);
    }
    assert!(robots("https://press.example").ends_with("Sitemap: https://press.example/sitemap.xml\n"));
}
