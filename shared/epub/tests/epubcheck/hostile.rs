//! What no author would write and every importer meets.

use aw_epub::{Book, Chapter, Contributor};
use aw_manuscript::sanitise_chapter;

use crate::{check::checked, read};

/// One of each: broken markup, odd characters, elements where they may not be.
const CHAPTERS: [&str; 24] = [
    "<p>Unclosed <b>bold <i>both</b> italic<p>next</i> &nbsp;&bogus; &lt; &amp;amp; &#0; &#x80; &#xfffe; ]]> <!-- -- > -->",
    "text <ul>loose<li>one<ul><li>a</ul><ol><li>b</ol><li>two</ul><ul><ul><li>deep</ul></ul> <li>stray</li> <dd>stray</dd>",
    "<ol start=\"-3\"><li>x</ol><ol start=\"1.5\"><li>y</ol><dl><dd>first</dd><dt><h2>term</h2><section>s</section></dt></dl><dl>t</dl>",
    "<table><caption>A <table><tr><td>in</table></caption><tfoot><tr><td>f</tfoot><thead><tr><th scope=\"x\"><h3>h</h3><th scope=\"col\" colspan=\"0\">i</thead>\
     <tr><td colspan=\"9999999999\" rowspan=\"2\" align=\"right\" headers=\"zz\">1<td>2<tr>loose<td>3<col><colgroup span=\"3\"></colgroup></table><table></table>",
    "<em>a<p>b</p>c<ul><li>d</li></ul></em><span id=\"x\"><div>one</div><div>two</div></span><a href=\"#t-x\">there</a>",
    "<h1>One<div>two</div><p>three</h1><h2><ul><li>a<li>b</ul></h2><h6><img src=\"asset:0\"></h6><pre>\n\n a <div>b</div></pre>",
    "<p id=\"a b\">A</p><p id=\"a b\">again</p><p id=\"1\">n</p><a href=\"#t-a b\">x</a> <a href=\"#t-gone\">gone</a> <a href=\"chapter:2#t-gone\">near</a> <a href=\"chapter:4#t-x\">far</a> <a href=\"chapter:999\">off</a>",
    "<a href=\"https://example.org/a b|c?q=[1]&amp;r=<>#x#y\">w</a> <a href=\"http://\">none</a> <a href=\"mailto:a b@c\">m</a> <a href=\"https://ex ample/\">bad</a> <a href=\"http://[::1]:80/\">six</a> <a>bare</a>",
    "<img src=\"asset:0\" alt=\"a picture\" width=\"100%\" height=\"12\"> <img src=\"asset:77\" alt=\"lost &quot;one&quot;\"> <img src=\"asset:1\"> <img> <img src=\"asset:2\">",
    "<div dir=\"rtl\" lang=\"ar\">مرحبا <bdo dir=\"ltr\">abc</bdo> <bdo>no</bdo> <span dir=\"sideways\" lang=\"not a language\">x</span> <bdi>ש</bdi></div>",
    "🐳 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 e\u{301} \u{200b}\u{feff}\u{2028} 𝕏 \u{fdd0}\u{1ffff}",
    "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt>tail</ruby><ruby><rt>alone</rt></ruby><ruby>only</ruby><rt>stray</rt>",
    "<figure><p>x</p><figcaption>one</figcaption><figcaption>two</figcaption></figure><figure><figcaption><h2>c</h2></figcaption>y</figure><figcaption>stray</figcaption>",
    "<details><p>no summary</p></details><details><p>late</p><summary>S <h2>h</h2><p>p</p></summary></details><summary>stray</summary><a href=\"https://a.example/\"><details><summary>in</summary>x</details></a>",
    "<header><header>h</header><footer>f</footer></header><footer><section><footer>x</footer></section></footer><hgroup><h1>t</h1><p>s</p></hgroup><nav>n</nav><article><aside>a</aside></article>",
    "<center>c<p>d</center> <tt>t</tt> <strike>s</strike> <acronym title=\"World\">W</acronym> <time datetime=\"never\">now</time> <data>d</data> <map><area alt=\"x\" href=\"https://a.example\">m</map> <big>b</big><font>f</font>",
    "<ins><p>in</p></ins><del>out<h2>h</h2></del><q cite=\"x y\">q</q><blockquote cite=\"::\">b</blockquote><dfn>a <dfn>b</dfn></dfn><hr size=\"1\" width=\"9\"><br clear=\"all\"><wbr>",
    "<math display=\"block\"><mfrac><mi>x</mi><mn>2</mn></mfrac><msubsup><mi>a</mi><mi>b</mi><mi>c</mi></msubsup><mtable><mtr><mtd><mi>m</mi></mtd></mtr></mtable></math>",
    "<p>bad <math>loose<mfrac><mi>x</mi></mfrac></math> and <math><mmultiscripts><mi>x</mi><mi>a</mi><none></none><mprescripts></mprescripts><mi>c</mi><mi>d</mi></mmultiscripts></math> and <math><mtext><b>x</b></mtext></math><math></math></p>",
    "<math><mfenced open=\"[\" close=\")\"><mi mathvariant=\"bold\">x</mi><mo stretchy=\"true\">+</mo></mfenced><mlabeledtr><mtd></mtd></mlabeledtr></math><mi>stray</mi>",
    "<p>quote \" ' and <span title=\"&quot;&lt;&amp;\">title</span> <code>&lt;script&gt;alert(1)&lt;/script&gt;</code></p>",
    "",
    "<p></p><div></div><ul></ul><ol></ol><dl></dl><blockquote></blockquote><h2></h2><a href=\"#\">top</a><span></span><section></section>",
    "<sup><sub><small><u><s><var><samp><kbd><cite><mark><abbr>x<div>y<p>z",
];

/// A PNG of that size, of one colour. Its pixels are not there: a reader that shows it shows nothing.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    out.extend(width.to_be_bytes());
    out.extend(height.to_be_bytes());
    out.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    out.extend(b"\0\0\0\0IEND\xaeB`\x82");
    out
}

fn hostile() -> Book {
    let count = CHAPTERS.len() + 3;
    let deep = format!("{}deep{}", "<div><span>".repeat(1_000), "</span></div>".repeat(1_000));
    let wide =
        format!("<b><i><u><s><em><a href=\"https://a.example/\">{}</a></em></s></u></i></b>", "<p>x</p>".repeat(2_000));
    let rows = format!("<table>{}</table>", "<tr><td>1<td>2".repeat(2_000));
    let all = CHAPTERS.iter().map(|html| (*html).to_owned()).chain([deep, wide, rows]);
    let chapter = |(n, html): (usize, String)| {
        let title = match n {
            0 => "A <b>title</b> & \"more\" \u{1}\u{0} 🐳".into(),
            1 => " \u{7} ".into(),
            n => format!("Chapter {n}"),
        };
        Chapter { title, html: sanitise_chapter(&html, count, 4).0, ..Chapter::default() }
    };
    let mut huge = png(30_000, 30_000);
    huge.resize(6 << 20, 0);
    Book {
        id: "urn:uuid:019b7700-0000-7000-8000-000000000002".into(),
        title: "  <Hostile> & \u{0}\u{ffff} كتاب ".into(),
        contributors: vec![
            Contributor { name: "Ann & <Bob>".into(), role: String::new() },
            Contributor { name: "Ed".into(), role: "edt".into() },
            Contributor { name: "  ".into(), role: "ill".into() },
        ],
        language: "ar".into(),
        description: "A\nB ]]> <c>".into(),
        tags: vec!["x & y".into(), " ".into()],
        series: Some((" ".into(), 1)),
        publisher: String::new(),
        rights: "All <rights>\nreserved".into(),
        published: String::new(),
        modified: "2026-02-03T04:05:06.789Z".into(),
        cover: Some(1),
        chapters: all.enumerate().map(chapter).collect(),
        pictures: vec![png(10, 10), huge, b"\x89PNG\r\n\x1a\n....".to_vec(), Vec::new()],
    }
}

#[test]
fn a_hostile_book_is_valid_and_loses_no_text() {
    let book = hostile();
    let bytes = checked("hostile", &book);
    let again = aw_manuscript::read(aw_manuscript::Kind::Epub, "hostile.epub", &bytes).unwrap();
    let all: String = again.chapters.iter().map(|chapter| chapter.html.as_str()).collect();
    for text in [
        "loose",
        "stray",
        "deep",
        "term",
        "late",
        "[lost \"one\"]",
        "مرحبا",
        "👩‍👩‍👧‍👦",
        "&lt;script&gt;",
        "tail",
        "no summary",
    ] {
        assert!(all.contains(text), "{text} is gone");
    }
    assert!(!all.contains("<script"));
}

#[test]
fn a_book_with_nothing_in_it_is_valid() {
    let book = Book {
        id: "urn:uuid:019b7700-0000-7000-8000-000000000003".into(),
        language: "no such language".into(),
        cover: Some(7),
        chapters: vec![Chapter::default()],
        ..Book::default()
    };
    let _ = checked("nothing", &book);
}

#[test]
fn what_is_too_large_is_refused() {
    let mut book = crate::book(read(aw_manuscript::Kind::Epub, "pride-and-prejudice.epub"));
    assert_eq!(aw_epub::write(&book, 300_000), Err(aw_epub::EpubError::TooLarge));
    book.pictures[0] = vec![0; 1 << 20];
    assert!(aw_epub::write(&book, 1 << 20).is_ok(), "a picture that is none is left out");
}
