//! A real book, asked for over the API.

use aw_origin_harness::Who;
use serde_json::{Value, json};

use super::{Pdf, Press, text};

#[test]
fn a_novel_is_a_book() {
    let press = Press::new("print");
    let book = press.import("pride-and-prejudice.epub");
    let editor = Who::stranger(&press.tenant, [192, 0, 2, 1].into()).user("ed", "editor");
    let id = press.ask(&editor, &book, &json!({ "trim": "5x8" }));
    assert_eq!(press.job(&id)["waitingFor"], "worker", "nobody is there to do it, and that is said");
    let _worker = press.worker("w1", 30);
    let job = press.end(&id);
    assert_eq!((text(&job, "state"), &job["error"], &job["attempts"]), ("done", &Value::Null, &json!(1)), "{job}");
    // The result is a private file of whoever asked.
    let file = press.world.get(&editor, &format!("/v1/files/{}", text(&job, "file"))).expect(200).data();
    assert_eq!((text(&file, "owner"), text(&file, "visibility")), ("ed", "private"));
    assert_eq!((text(&file, "name"), text(&file, "mediaType")), ("pride-and-prejudice.pdf", "application/pdf"));
    let link = press.world.get(&editor, &format!("/v1/jobs/{id}/link")).expect(200).data();
    let pdf = Pdf::new(&press.world.fetch("GET", text(&link, "url"), &[], b"").expect(200).body);

    assert_eq!((pdf.info("Title"), pdf.info("Author")), ("Pride and Prejudice".to_owned(), "Jane Austen".to_owned()));
    assert_eq!(pdf.info("Page size"), "360 x 576 pts");
    let pages = pdf.pages();
    assert_eq!(pdf.info("Pages"), pages.len().to_string());
    assert!((300..700).contains(&pages.len()), "{}", pages.len());
    for font in pdf.fonts() {
        assert!(font.contains("LibertinusSerif") || font.contains("DejaVuSansMono"), "{font}");
    }
    assert!(pages[0].contains("Pride and Prejudice") && pages[0].contains("Jane Austen"), "{}", pages[0]);
    assert!(pages[1].contains("Edition of 20"), "{}", pages[1]);
    assert!(pages[2].contains("Contents"), "{}", pages[2]);
    // Chapters open on the right, which has odd numbers, with the number below and no running head.
    let opening = pages.iter().position(|page| page.contains("It is a truth universally acknowledged")).unwrap();
    assert_eq!(opening % 2, 0, "page {} is on the right", opening + 1);
    assert!(pages[opening].ends_with(" 1"), "its number is below: {}", pages[opening]);
    assert!(pages[opening + 1].starts_with("2 "), "and above on the next: {}", pages[opening + 1]);
    // The contents say where each is.
    let contents = pages[2..opening].join(" ");
    let last = opening + pages[opening..].iter().position(|page| page.starts_with("Chapter 61")).unwrap();
    assert_eq!(last % 2, 0);
    assert!(contents.contains(&(last - opening + 1).to_string()), "{} in {contents}", last - opening + 1);
    assert!(pages[last..].join(" ").contains("the means of uniting them"), "the last words of the last chapter");
    // Running heads: the book's title on the left, the chapter's on the right.
    let left =
        pages.iter().enumerate().skip(opening).filter(|(n, page)| n % 2 == 1 && page.contains("Pride and Prejudice"));
    assert!(left.count() > 100);
    // In order.
    let order =
        ["It is a truth universally acknowledged", "Pemberley", "Rosings", "Gracechurch", "Brighton", "Gretna Green"];
    let at = |words: &&str| pages.iter().skip(opening).position(|page| page.contains(words)).unwrap();
    assert!(order.iter().map(at).is_sorted());
    assert!(pdf.ask("pdfimages", &["-list"], &[]).lines().count() > 9, "its plates");
    // Margins are mirrored: the text begins farther from the edge on the right-hand page, where it is bound.
    let left_edge = |page: usize| {
        let page = page.to_string();
        let boxes = pdf.ask("pdftotext", &["-bbox", "-f", &page, "-l", &page], &["-"]);
        let edges =
            boxes.split("<word xMin=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0.parse::<f64>().unwrap());
        edges.fold(f64::MAX, f64::min)
    };
    let inner = (opening + 3..opening + 30).step_by(2).map(left_edge).fold(f64::MAX, f64::min);
    let outer = (opening + 4..opening + 31).step_by(2).map(left_edge).fold(f64::MAX, f64::min);
    assert!((inner - 61.0).abs() < 3.0 && (outer - 45.0).abs() < 3.0, "{inner} {outer}");
}

#[test]
fn pictures_and_a_cover_are_set() {
    let press = Press::new("plates");
    let book = press.import("a-day-at-a-time.epub");
    let id = press.ask(&press.operator(), &book, &json!({ "trim": "6x9", "cover": true }));
    let _worker = press.worker("w1", 30);
    let job = press.end(&id);
    assert_eq!(text(&job, "state"), "done", "{job}");
    let link = press.world.get(&press.operator(), &format!("/v1/jobs/{id}/link")).expect(200).data();
    let pdf = Pdf::new(&press.world.fetch("GET", text(&link, "url"), &[], b"").expect(200).body);
    assert_eq!(pdf.info("Page size"), "432 x 648 pts");
    let images = pdf.ask("pdfimages", &["-list"], &[]);
    let first: Vec<&str> = images.lines().nth(2).unwrap().split_whitespace().collect();
    assert_eq!(first[0], "1", "the cover is the first page: {images}");
    let pages = pdf.pages();
    assert!(pages[1].is_empty() && pages[2].contains("Day at a Time"), "{:?}", &pages[..3]);
}
