//! Pages escape what they show, are the same each time, and give nothing away.

use aw_model::{Access, Book, BookCard, Chapter, Contributor, Manifest, ObjectRef, Series};
use aw_pages::{
    AccountPage, BookPage, ChapterPage, CredentialsPage, DonePage, ErrorPage, FactorPage, LinkPage, PaywallPage,
    SCRIPT_PATH, STYLE, STYLE_PATH, SecurityPage, ShelfPage, account_page, book_page, chapter_page, confirm_email_page,
    done_page, error_page, factor_page, forgot_page, is_script_path, is_style_path, login_page, paywall_page,
    register_page, reset_page, security_page, shelf_page, verify_page,
};

/// Breaks out of text, of an attribute in either quotes, and of a URL.
const EVIL: &str = "\"><script>alert('1')</script>&";

fn book() -> Book {
    Book {
        id: "b-1".into(),
        slug: "whale".into(),
        title: EVIL.into(),
        authors: vec![EVIL.into(), "B".into()],
        language: EVIL.into(),
        description: format!("{EVIL}\n\nsecond"),
        tags: vec![EVIL.into()],
        series: Some(Series { name: EVIL.into(), position: 2 }),
        contributors: vec![Contributor { name: EVIL.into(), role: EVIL.into() }],
        licence: Some(EVIL.into()),
        cover: Some(EVIL.into()),
        published_at: String::new(),
        updated_at: String::new(),
    }
}

fn chapter(number: u32, access: Access) -> Chapter {
    let object = ObjectRef { sha256: "0".repeat(64), size: 1 };
    let page = object.clone();
    Chapter {
        id: String::new(),
        number,
        title: EVIL.into(),
        part: Some(EVIL.into()),
        matter: Default::default(),
        role: None,
        access,
        openings: Vec::new(),
        published_at: String::new(),
        words: 1,
        page,
        data: object,
    }
}

fn page_of(book: &Book, html: &str) -> String {
    chapter_page(&ChapterPage {
        book,
        number: 2,
        title: EVIL,
        html,
        prev: Some((1, EVIL)),
        next: Some((3, EVIL)),
        base_url: "https://press.example",
        tenant_name: EVIL,
    })
}

/// Every page, made of hostile values.
fn all() -> Vec<(&'static str, String)> {
    let book = book();
    let chapters = vec![chapter(1, Access::Free), chapter(2, Access::Members), chapter(3, Access::Tier("gold".into()))];
    let manifest = Manifest { book: book.clone(), chapters, assets: Default::default(), epub: None };
    let card = BookCard {
        id: String::new(),
        slug: "whale".into(),
        title: EVIL.into(),
        authors: vec![EVIL.into()],
        tags: vec![EVIL.into()],
        series: None,
        cover: Some(EVIL.into()),
        chapters: 3,
        ..BookCard::default()
    };
    let link = LinkPage { csrf: EVIL, token: EVIL, email: EVIL, error: Some(EVIL), tenant_name: EVIL };
    let form = CredentialsPage {
        csrf: EVIL,
        next: EVIL,
        next_query: EVIL,
        email: EVIL,
        display_name: EVIL,
        providers: &[(EVIL, EVIL)],
        error: Some(EVIL),
        tenant_name: EVIL,
    };
    let shelf = ShelfPage {
        heading: EVIL,
        path: "/tags/x",
        books: &[card],
        next: Some(EVIL),
        continued: true,
        base_url: "https://press.example",
        tenant_name: EVIL,
    };
    let paywall = PaywallPage {
        subscribe: EVIL,
        book: &book,
        title: EVIL,
        access: Some(&Access::Members),
        next: None,
        signed_in: false,
        login: EVIL,
        register: EVIL,
        tenant_name: EVIL,
    };
    let factor = FactorPage {
        csrf: EVIL,
        next: EVIL,
        challenge: EVIL,
        factors: "totp recovery passkey",
        error: Some(EVIL),
        tenant_name: EVIL,
    };
    vec![
        ("factor", factor_page(&factor)),
        ("security", security_page(&SecurityPage { tenant_name: EVIL })),
        ("chapter", page_of(&book, "<p>text</p>")),
        (
            "book",
            book_page(&BookPage { manifest: &manifest, base_url: "https://press.example", tenant_name: EVIL, now: 0 }),
        ),
        ("shelf", shelf_page(&shelf)),
        ("paywall", paywall_page(&paywall)),
        ("login", login_page(&form)),
        ("register", register_page(&form)),
        (
            "account",
            account_page(&AccountPage { csrf: EVIL, roles: &[EVIL.into()], email_verified: false, tenant_name: EVIL }),
        ),
        ("verify", verify_page(&link, true)),
        ("confirm-email", confirm_email_page(&link)),
        ("forgot", forgot_page(&link)),
        ("reset", reset_page(&link)),
        ("done", done_page(&DonePage { title: EVIL, message: EVIL, next: (EVIL, EVIL), tenant_name: EVIL })),
        ("error", error_page(&ErrorPage { status: 404, message: EVIL, request_id: EVIL, tenant_name: EVIL })),
    ]
}

#[test]
fn nothing_that_is_shown_becomes_markup() {
    for (name, html) in all() {
        assert!(html.contains("&lt;script&gt;"), "{name} shows it");
        let ours = format!("<script type=\"module\" src=\"{SCRIPT_PATH}\"></script>");
        assert!(!html.replacen(&ours, "", 1).contains("<script"), "{name}: {html}");
        assert!(
            !html.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").replace("&quot;", "").contains('&'),
            "{name}"
        );
    }
}

#[test]
fn a_chapters_page_is_the_same_each_time_and_has_its_text_as_it_is() {
    let book = book();
    let html =
        "<p id=\"p1\">It was the <em>whale</em> &amp; no other.</p><img src=\"/books/whale/assets/a.png\" alt=\"x\">";
    let page = page_of(&book, html);
    assert_eq!(page, page_of(&book, html));
    assert!(page.contains(html));
    for part in [
        "href=\"https://press.example/books/whale/2\"",
        "<link rel=\"prev\" href=\"/books/whale/1\">",
        "<link rel=\"next\" href=\"/books/whale/3\">",
        "<a href=\"/books/whale/1\" rel=\"prev\">",
        "<a href=\"/books/whale/3\" rel=\"next\">",
        STYLE_PATH,
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
}

#[test]
fn the_first_and_the_last_chapter_lead_nowhere_further() {
    let book = book();
    let alone = chapter_page(&ChapterPage {
        book: &book,
        number: 1,
        title: "One",
        html: "",
        prev: None,
        next: None,
        base_url: "",
        tenant_name: "T",
    });
    assert!(!alone.contains("rel=\"prev\"") && !alone.contains("rel=\"next\""));
}

#[test]
fn pages_have_landmarks_a_language_one_heading_and_labels() {
    for (name, html) in all() {
        for part in [
            "<!DOCTYPE html><html lang=\"",
            "<main id=\"main\"",
            "<header",
            "<footer",
            "href=\"#main\"",
            "<meta charset=\"utf-8\">",
        ] {
            assert!(html.contains(part), "{name}: {part}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        let inputs = html.matches("<input").count() - html.matches("type=\"hidden\"").count();
        assert_eq!(inputs, html.matches("<label>").count(), "{name}: every field has a label");
        assert_eq!(html.matches("<img").count(), html.matches(" alt=").count(), "{name}: every picture has an alt");
    }
}

#[test]
fn the_stylesheets_path_is_of_its_content() {
    assert!(is_style_path(STYLE_PATH), "{STYLE_PATH}");
    assert!(is_script_path(SCRIPT_PATH) && !is_script_path(STYLE_PATH), "{SCRIPT_PATH}");
    assert!(STYLE.len() < 8_000);
    for other in [
        "/style-.css",
        "/style-0123456789abcde.css",
        "/style-0123456789ABCDEF.css",
        "/style-0123456789abcdef.css/",
        "/x",
    ] {
        assert!(!is_style_path(other), "{other}");
    }
}

#[test]
fn an_errors_message_is_a_sentence() {
    let page = |message| error_page(&ErrorPage { status: 404, message, request_id: "r", tenant_name: "" });
    assert!(page("there is none").contains("<p>There is none.</p>"));
    assert!(page("Ünder way.").contains("<p>Ünder way.</p>"));
    assert!(page("").contains("<h1>"));
}
