//! Books that are odd, or meant to do harm.

use aw_epub::{Book, Chapter, write};

use super::{Pdf, typeset};

/// A picture of one red point.
const DOT: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 144, 119, 83,
    222, 0, 0, 0, 12, 73, 68, 65, 84, 8, 215, 99, 248, 207, 192, 0, 0, 3, 1, 1, 0, 24, 221, 141, 176, 0, 0, 0, 0, 73,
    69, 78, 68, 174, 66, 96, 130,
];

fn chapter(title: &str, html: &str) -> Chapter {
    Chapter { title: title.into(), html: html.into(), ..Chapter::default() }
}

fn book(language: &str, chapters: Vec<Chapter>) -> Book {
    Book {
        id: "urn:x".into(),
        title: "A Book".into(),
        language: language.into(),
        modified: "2026-02-03T04:05:06Z".into(),
        chapters,
        ..Book::default()
    }
}

fn epub(book: &Book) -> Vec<u8> {
    write(book, 64 << 20).unwrap()
}

#[test]
fn what_a_stranger_writes_is_text_and_never_source() {
    let html = "<p>#panic(\"x\") $x$ *a* _b_ `c` @d \\ // no /* no */ #import \"/etc/passwd\": * \" ] [ }</p>\
        <table><tr><td>1<td colspan=\"3\">2<tr><th>3<tr></table><pre>#f(\n)</pre><ul><li>a<ol><li>b</ol></ul>\
        <p>e\u{301} עברית</p><p><code>`#x`</code> <a href=\"https://a.example/#\">l</a> <a href=\"chapter:0\">c</a></p>\
        <math><mfrac><mi>x</mi><mn>2</mn></mfrac></math><ruby>a<rt>b</rt></ruby><blockquote><p>q</p></blockquote><hr>";
    let deep = format!("{}deep{}", "<div><em>".repeat(200), "</em></div>".repeat(200));
    let title = "A #t \"title\" \\";
    let chapters = vec![chapter(title, html), chapter(title, &deep), chapter(title, ""), chapter("", "<p> </p>")];
    let book = Book { title: "#1 \"Book\" \\n".into(), ..book("und", chapters) };
    let pdf = Pdf::of(&typeset(&epub(&book), &[]));
    let text = pdf.pages().join(" ");
    for part in ["#panic(\"x\") $x$ *a* _b_ `c` @d \\ // no /* no */ #import \"/etc/passwd\"", "#f(", "deep", "`#x`"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(pdf.info("Title"), "#1 \"Book\" \\n");
}

#[test]
fn an_empty_chapter_has_its_page_and_a_broken_picture_its_words() {
    let mut broken = DOT.to_vec();
    broken.truncate(50);
    let html = "<p>Before</p><p><img src=\"asset:0\" alt=\"a red point\"></p><p><img src=\"asset:1\" alt=\"lost\"></p>";
    let mut book = book("en", vec![chapter("Empty", ""), chapter("Pictures", html)]);
    book.pictures = vec![DOT.to_vec(), broken];
    let output = typeset(&epub(&book), &[]);
    let pdf = Pdf::of(&output);
    let pages = pdf.pages();
    assert!(pages.iter().any(|page| page == "Empty 1"), "{pages:?}");
    let shown = pages.last().unwrap();
    assert!(shown.contains("Before") && shown.contains("[lost]") && !shown.contains("red point"), "{shown}");
    assert_eq!(pdf.ask("pdfimages", &["-list"], &[]).lines().count(), 3, "one of the two");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("note: ") && said.contains("is left out"), "{said}");
}

#[test]
fn two_megabytes_are_a_chapter() {
    let paragraph = format!("<p>{}</p>", "Call me Ishmael. ".repeat(60));
    let html = paragraph.repeat((2 << 20) / paragraph.len() + 1);
    assert!(html.len() > 2 << 20);
    let pdf = Pdf::of(&typeset(&epub(&book("en", vec![chapter("Long", &html)])), &[]));
    let pages: usize = pdf.info("Pages").parse().unwrap();
    assert!(pages > 500, "{pages}");
    assert!(pdf.pages().last().unwrap().contains("Call me Ishmael."));
}

#[test]
fn a_book_from_right_to_left_is_bound_on_the_right() {
    let html = format!("<p>{}</p>", "בראשית ברא אלהים את השמים ואת הארץ ".repeat(80));
    let pdf = Pdf::of(&typeset(&epub(&book("he", vec![chapter("פרק ראשון", &html)])), &[]));
    assert!(pdf.pages().join(" ").contains("אלהים"));
    assert!(pdf.fonts().iter().all(|font| font.contains("LibertinusSerif")), "{:?}", pdf.fonts());
}

#[test]
fn letters_that_no_font_has_are_told_or_are_the_end() {
    // One in a long text: told, and the book is made.
    let latin = "Call me Ishmael. ".repeat(100);
    let output = typeset(&epub(&book("en", vec![chapter("One", &format!("<p>{latin}\u{13460}</p>"))])), &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Pdf::of(&output);
    assert!(said.contains("no font has these") && said.contains('\u{13460}'), "{said}");
    // A book of them would be empty pages.
    let output = typeset(&epub(&book("egy", vec![chapter("One", &format!("<p>{}</p>", "\u{13460}".repeat(99)))])), &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(said.contains("in no font") && said.contains("fonts-noto"), "{said}");
    // Chinese is set in what the machine has, and which that is is said; or it is said what helps.
    let output = typeset(&epub(&book("zh", vec![chapter("一", &format!("<p>{}</p>", "漢字".repeat(99)))])), &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        assert!(said.contains("are set in "), "{said}");
        assert!(Pdf::of(&output).pages().join(" ").contains("漢字"));
    } else {
        assert!(said.contains("fonts-noto-cjk"), "{said}");
    }
}

#[test]
fn limits_hold_and_what_is_no_book_is_refused() {
    let whole = epub(&book("en", vec![chapter("Long", &"<p>Call me Ishmael.</p>".repeat(20_000))]));
    let bad: [(&[u8], &[&str]); 5] = [
        (&whole, &["--memory", "64"]),
        (&whole, &["--seconds", "1"]),
        (&whole[..1000], &[]),
        (b"", &[]),
        (&whole, &["--trim", "9x9"]),
    ];
    for (input, arguments) in bad {
        let output = typeset(input, arguments);
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}");
    }
}
