//! Documents lose nothing that the sanitiser lets through.

use aw_manuscript::{Document, Kind, Targets, compose, document::DEPTH, read, sanitise_chapter};
use proptest::prelude::*;

fn targets() -> Targets {
    Targets { chapters: (0..4).map(|n| format!("c{n}")).collect(), assets: 3 }
}

/// HTML, as JSON and back.
fn round(html: &str) -> String {
    let document = compose(html, &targets());
    let json = serde_json::to_string(&document).unwrap();
    assert_eq!(serde_json::from_str::<Document>(&json).unwrap(), document);
    assert_eq!(compose(&document.html(), &targets()), document, "{html}");
    document.html()
}

#[test]
fn what_authors_write_comes_back() {
    for html in [
        "<p>One <em>two <strong>three</strong></em><strong>four</strong>.</p>",
        "<h2 id=\"t-a\">Title</h2><p>a<br>b</p><hr><ul><li>x</li><li><p>y</p><ol start=\"3\"><li>z</li></ol></li></ul>",
        "<table><tbody><tr><td colspan=\"2\">x</td></tr></tbody></table>",
        "<figure><img alt=\"a &quot;b&quot;\" src=\"asset:1\"><figcaption>C</figcaption></figure>",
        "<p>x<a id=\"t-n1\" rel=\"noopener noreferrer\"></a>&nbsp;&amp; &lt;y&gt;</p>",
        "<p><a href=\"chapter:c1#t-z\" rel=\"noopener noreferrer\">on</a> <sup id=\"t-1\">1</sup></p>",
        "<pre>\n\n two\n  lines</pre>",
        "<blockquote><p>q</p></blockquote><section lang=\"fr\"><p>r</p></section>",
        "<p><math display=\"block\"><mfrac><mi>a</mi><mn>2</mn></mfrac></math></p>",
        "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>",
        "bare text <em>here</em>",
    ] {
        assert_eq!(round(html), html);
    }
}

#[test]
fn gaps_between_blocks_are_none_and_marks_that_meet_are_one() {
    assert_eq!(round("\n<p>a</p>\n\n  <ul>\n<li>b</li>\n</ul>\n"), "<p>a</p><ul><li>b</li></ul>");
    assert_eq!(round("<p><em>a</em><em>b</em> <em>c</em></p>"), "<p><em>ab</em> <em>c</em></p>");
}

#[test]
fn a_document_says_what_it_is() {
    let json =
        serde_json::to_value(compose("<h2>T</h2><p>a <em>b</em><img src=\"asset:0\"></p><hr>", &targets())).unwrap();
    let expected = serde_json::json!({ "type": "doc", "content": [
        { "type": "heading", "attrs": { "level": "2" }, "content": [{ "type": "text", "text": "T" }] },
        { "type": "paragraph", "content": [
            { "type": "text", "text": "a " },
            { "type": "text", "text": "b", "marks": [{ "type": "em" }] },
            { "type": "picture", "attrs": { "src": "asset:0" } },
        ] },
        { "type": "sceneBreak" },
    ] });
    assert_eq!(json, expected);
}

#[test]
fn scenes_are_what_is_between_breaks() {
    let document = compose("<p>a</p><hr><p>b</p><hr id=\"x\"><p>c</p><hr>", &targets());
    let scenes = document.clone().scenes();
    let html: Vec<String> = scenes.iter().map(Document::html).collect();
    assert_eq!(html, ["<p>a</p>", "<p>b</p><hr id=\"t-x\"><p>c</p>", ""]);
    assert_eq!(Document::of_scenes(scenes), document);
}

#[test]
fn words_are_counted_across_marks_and_not_across_blocks() {
    assert_eq!(compose("<p>un<em>believ</em>able</p><p>two<br>three</p>", &targets()).count(), 3);
    assert_eq!(compose("<ul><li>a</li><li>b c</li></ul>", &targets()).count(), 3);
}

#[test]
fn a_tower_of_elements_is_levelled() {
    let html = format!("{}x{}", "<div>".repeat(5_000), "</div>".repeat(5_000));
    let document = compose(&html, &targets());
    let json = serde_json::to_string(&document).unwrap();
    assert_eq!(json.matches("element").count(), DEPTH);
    assert_eq!(serde_json::from_str::<Document>(&json).unwrap(), document);
}

#[test]
fn a_real_book_comes_back() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/books/pride-and-prejudice.epub");
    let book = read(Kind::Epub, "p.epub", &std::fs::read(file).unwrap()).unwrap();
    let targets =
        Targets { chapters: (0..book.chapters.len()).map(|n| format!("c{n}")).collect(), assets: book.assets.len() };
    for chapter in &book.chapters {
        let document = compose(&chapter.html, &targets);
        assert_eq!(compose(&document.html(), &targets), document);
        let plain = |html: &str| html.split(['<', '>']).step_by(2).flat_map(str::split_whitespace).collect::<String>();
        assert_eq!(plain(&document.html()), plain(&chapter.html), "{}", chapter.title);
        for mark in ["<em", "<i", "<img", "<a ", "<p", "id=", "<h", "<table"] {
            let there = chapter.html.matches(mark).count();
            assert!(document.html().matches(mark).count() >= there, "{mark} in {}", chapter.title);
        }
    }
}

fn html() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z &<>\"\u{a0}\n]{0,12}",
        Just("<br>".to_owned()),
        Just("<hr>".to_owned()),
        Just("<img src=\"asset:1\" alt=\"x\">".to_owned()),
        Just("<a id=\"x\"></a>".to_owned()),
        Just("<!-- c -->".to_owned()),
    ];
    let tags = "(p|div|em|strong|a|ul|li|blockquote|h2|pre|table|tr|td|span|section|script|math|mi|ruby|rt|figure|b)";
    leaf.prop_recursive(5, 60, 5, move |inner| {
        (tags, prop::collection::vec(inner, 0..5), any::<bool>()).prop_map(|(tag, parts, closed)| {
            format!(
                "<{tag} id=\"q\" href=\"chapter:1\">{}{}",
                parts.concat(),
                if closed { format!("</{tag}>") } else { String::new() }
            )
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_html_comes_to_rest_at_once(html in html()) {
        let (clean, _) = sanitise_chapter(&html, 4, 3);
        let document = compose(&html, &targets());
        let again = compose(&document.html(), &targets());
        prop_assert_eq!(&again.html(), &document.html());
        prop_assert_eq!(&again, &document);
        let plain = |html: &str| html.split_inclusive('>').flat_map(|s| s.split('<').next()).collect::<String>().split_whitespace().collect::<String>();
        prop_assert_eq!(plain(&document.html()), plain(&clean));
    }
}

#[test]
fn broken_nesting_comes_to_rest() {
    let document = compose("<a href=\"chapter:1\"><table><a id=\"x\"></a>", &targets());
    assert_eq!(compose(&document.html(), &targets()), document);
}
