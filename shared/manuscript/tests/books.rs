//! Whole books in every form, and broken ones.

use std::io::{Cursor, Write};

use aw_manuscript::{Kind, Manuscript, ManuscriptError, read, resolve};
use zip::{ZipWriter, write::SimpleFileOptions};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

const CONTAINER: &[u8] =
    br#"<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"#;
const PACKAGE: &[u8] = br#"<?xml version="1.0"?><package version="3.0" xmlns="http://www.idpf.org/2007/opf">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Whale</dc:title><dc:creator>H. Melville</dc:creator>
<dc:language>en-US</dc:language><dc:subject>Sea</dc:subject><dc:description>&lt;p&gt;A man &amp;amp; a whale&lt;/p&gt;</dc:description></metadata>
<manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="text/b.xhtml" media-type="application/xhtml+xml"/>
<item id="p" href="img/w%20hale.png" media-type="image/png" properties="cover-image"/></manifest>
<spine><itemref idref="cover"/><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>"#;
const NAV: &[u8] = br#"<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol>
<li><a href="text/a.xhtml">Loomings</a></li></ol></nav></body></html>"#;
const COVER: &[u8] = br#"<html xmlns="http://www.w3.org/1999/xhtml"><head><title>c</title></head><body><img src="img/w%20hale.png"/></body></html>"#;
const A: &[u8] = br##"<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title><style>p{color:red}</style></head><body><h1>Loomings</h1>
<p onclick="steal()" id="n1">Call me Ishmael. <a href="b.xhtml#s2">next</a> <a href="#n1">self</a> <a href="javascript:alert(1)">bad</a>
<a href="../../etc/passwd">out</a> <a href="cover.xhtml">gone</a></p><img src="../img/w%20hale.png" alt="whale" onerror="x()"/><img src="http://tracker.example/p.gif"/>
<script>alert(1)</script><math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mi>x</mi><mn>2</mn></mfrac></math></body></html>"##;
const B: &[u8] = br#"<html xmlns="http://www.w3.org/1999/xhtml"><body><h2 id="s2">The Carpet-Bag</h2><p>I stuffed a shirt.</p></body></html>"#;

fn epub_with(replace: &[(&str, Option<&[u8]>)]) -> Vec<u8> {
    let mut files: Vec<(&str, &[u8])> = vec![
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", CONTAINER),
        ("OPS/book.opf", PACKAGE),
        ("OPS/nav.xhtml", NAV),
        ("OPS/cover.xhtml", COVER),
        ("OPS/text/a.xhtml", A),
        ("OPS/text/b.xhtml", B),
        ("OPS/img/w hale.png", PNG),
    ];
    for (name, bytes) in replace {
        files.retain(|f| f.0 != *name);
        files.extend(bytes.map(|b| (*name, b)));
    }
    zip(&files)
}

fn epub(bytes: &[u8]) -> Result<Manuscript, ManuscriptError> {
    read(Kind::Epub, "whale.epub", bytes)
}

#[test]
fn an_epub_becomes_chapters_and_pictures() {
    let book = epub(&epub_with(&[])).unwrap();
    assert_eq!((book.title.as_str(), book.language.as_str()), ("The Whale", "en-US"));
    assert_eq!((book.authors, book.tags), (vec!["H. Melville".to_owned()], vec!["Sea".to_owned()]));
    assert_eq!(book.description, "A man & a whale");
    assert_eq!(book.cover, Some(0));
    assert_eq!((book.assets[0].media_type, book.assets[0].bytes.as_slice()), ("image/png", PNG));
    let titles: Vec<_> = book.chapters.iter().map(|c| c.title.as_str()).collect();
    assert_eq!(titles, ["Loomings", "The Carpet-Bag"], "the cover page has no words and is no chapter");
}

#[test]
fn nothing_that_runs_or_tracks_survives() {
    let html = epub(&epub_with(&[])).unwrap().chapters[0].html.clone();
    for bad in ["script", "onclick", "onerror", "javascript:", "tracker", "style", "passwd", "cover", "<h1"] {
        assert!(!html.contains(bad), "{bad} in {html}");
    }
    assert!(html.contains(r#"src="asset:0""#) && html.contains(r##"href="chapter:1#t-s2""##), "{html}");
    assert!(html.contains(r##"id="t-n1""##) && html.contains(r##"href="#t-n1""##), "{html}");
    assert!(html.contains("<mfrac><mi>x</mi><mn>2</mn></mfrac>"), "{html}");
    let done = resolve(&html, |n| format!("/a{n}"), |n| format!("/c{n}"));
    assert!(done.contains(r#"src="/a0""#) && done.contains(r##"href="/c1#t-s2""##), "{done}");
}

#[test]
fn a_broken_epub_is_refused_with_the_file_and_the_reason() {
    let encrypted = br#"<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></encryption>"#;
    let whole = epub_with(&[]);
    let cases: [(&str, Vec<u8>, &str, &str); 9] = [
        ("not a zip", b"hello".to_vec(), "whale.epub", "ZIP"),
        ("cut", whole[..whole.len() / 2].to_vec(), "whale.epub", "ZIP"),
        ("no container", epub_with(&[("META-INF/container.xml", None)]), "META-INF/container.xml", "missing"),
        (
            "container names nothing",
            epub_with(&[("META-INF/container.xml", Some(b"<a/>"))]),
            "container.xml",
            "rootfile",
        ),
        ("no package", epub_with(&[("OPS/book.opf", None)]), "OPS/book.opf", "missing"),
        ("package is no XML", epub_with(&[("OPS/book.opf", Some(b"<package"))]), "OPS/book.opf", "XML"),
        ("chapter missing", epub_with(&[("OPS/text/b.xhtml", None)]), "OPS/text/b.xhtml", "missing"),
        ("picture missing", epub_with(&[("OPS/img/w hale.png", None)]), "OPS/img/w hale.png", "missing"),
        ("protected", epub_with(&[("META-INF/encryption.xml", Some(encrypted))]), "encryption.xml", "protected"),
    ];
    for (what, bytes, place, reason) in cases {
        let error = epub(&bytes).expect_err(what);
        assert!(error.place.contains(place) && error.reason.contains(reason), "{what}: {error}");
    }
}

#[test]
fn a_bomb_is_refused_before_it_fills_the_memory() {
    let zeros = vec![b' '; 70 * 1024 * 1024];
    let error = epub(&epub_with(&[("OPS/text/a.xhtml", Some(&zeros))])).unwrap_err();
    assert!(error.reason.contains("more than a book"), "{error}");
}

#[test]
fn billion_laughs_are_refused() {
    let mut laughs = String::from("<!DOCTYPE p [<!ENTITY a0 \"ha\">");
    for n in 1..20 {
        laughs += &format!("<!ENTITY a{n} \"&a{};&a{};&a{};&a{};\">", n - 1, n - 1, n - 1, n - 1);
    }
    laughs += "]><package>&a19;</package>";
    assert!(epub(&epub_with(&[("OPS/book.opf", Some(laughs.as_bytes()))])).is_err());
}

#[test]
fn a_folder_is_read_in_natural_order() {
    let bytes = zip(&[
        ("b/ch10.md", b"# Ten\n\nten"),
        ("b/ch2.md", b"# Two\n\n![pic](p.png) and [ten](ch10.md)"),
        ("b/p.png", PNG),
        ("b/book.toml", b"[book]\ntitle = \"Numbers\"\nauthors = [\"A\", \"B\"]\ncover = \"p.png\"\n"),
    ]);
    let book = read(Kind::Folder, "b.zip", &bytes).unwrap();
    assert_eq!((book.title.as_str(), book.authors.len(), book.cover), ("Numbers", 2, Some(0)));
    assert_eq!(book.chapters.iter().map(|c| c.title.as_str()).collect::<Vec<_>>(), ["Two", "Ten"]);
    assert!(book.chapters[0].html.contains("asset:0") && book.chapters[0].html.contains("chapter:1"));
}

#[test]
fn a_summary_orders_a_folder_and_names_what_is_missing() {
    let summary = b"# Summary\n- [Z](z.md)\n- [A](a.md)\n";
    let book = read(Kind::Folder, "b.zip", &zip(&[("SUMMARY.md", summary), ("a.md", b"# A\nx"), ("z.md", b"# Z\ny")]))
        .unwrap();
    assert_eq!(book.chapters.iter().map(|c| c.title.as_str()).collect::<Vec<_>>(), ["Z", "A"]);
    let error = read(Kind::Folder, "b.zip", &zip(&[("SUMMARY.md", summary), ("a.md", b"# A\nx")])).unwrap_err();
    assert!(error.reason.contains("z.md"), "{error}");
}

#[test]
fn one_file_is_split_at_its_headings() {
    let book = read(Kind::Markdown, "x.md", b"# Book\n\nintro\n\n## One\n\na\n\n## Two\n\nb\n").unwrap();
    assert_eq!(book.title, "Book");
    assert_eq!(book.chapters.iter().map(|c| c.title.as_str()).collect::<Vec<_>>(), ["Front matter", "One", "Two"]);
    let plain = read(Kind::Html, "note.html", b"<p>only words</p>").unwrap();
    assert_eq!((plain.chapters[0].title.as_str(), plain.chapters[0].words), ("note", 2));
    assert!(read(Kind::Html, "empty.html", b"<p> </p>").is_err());
    assert!(read(Kind::Markdown, "x.md", b"\xff\xfe\x00").unwrap_err().reason.contains("UTF-8"));
}

#[test]
fn what_was_sanitised_once_is_left_alone_by_the_second_time() {
    let book =
        read(Kind::Markdown, "a.md", b"# One\n\nSee [there](#x) and [web](https://e.org).\n\n<p id=x>x</p>\n").unwrap();
    let once = &book.chapters[0].html;
    assert!(once.contains("href=\"#t-x\"") && once.contains("id=\"t-x\""), "{once}");
    let (twice, words) = aw_manuscript::sanitise_chapter(once, 1, 0);
    assert_eq!((&twice, words), (once, book.chapters[0].words));
    let (hostile, _) = aw_manuscript::sanitise_chapter("<img src=\"asset:00\"><a href=\"asset:0\">x</a>", 9, 9);
    assert!(!hostile.contains("asset:"), "{hostile}");
}

#[test]
fn a_chapter_cut_out_of_its_section_is_whole() {
    let html = b"<div><section><h1>One</h1><p>Call me</section><section><h1>Two</h1><p>Ishmael</section></div>";
    let book = read(Kind::Html, "whale.html", html).unwrap();
    let chapters: Vec<&str> = book.chapters.iter().map(|c| c.html.as_str()).collect();
    assert_eq!(chapters, ["<p>Call me</p><section></section>", "<p>Ishmael</p>"]);
}
