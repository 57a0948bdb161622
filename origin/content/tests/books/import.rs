//! Importing.

use aw_origin_harness::{Answer, Who, World};
use serde_json::json;

use super::{epub, markdown, text};

const EVERYTHING: &str = "SELECT (SELECT count(*) FROM books) + (SELECT count(*) FROM chapters) \
    + (SELECT count(*) FROM assets) + (SELECT count(*) FROM idempotency) + (SELECT count(*) FROM audit)";

fn post(world: &World, tenant: &str, query: &str, fields: &[(&str, &str)], body: &[u8]) -> Answer {
    world.ask(&Who::operator(tenant), "POST", &format!("/v1/imports?{query}"), fields, body)
}

#[test]
fn an_epub_becomes_a_draft_with_its_chapters_and_pictures() {
    let world = World::new(&[]);
    let tenant = world.tenant("epub");
    let answer = post(&world, &tenant, "name=whale.epub", &[], &epub::book("The Whale", 0)).expect(201).data();
    let book = &answer["book"];
    assert_eq!((text(book, "slug"), text(book, "title"), &book["chapters"]), ("the-whale", "The Whale", &json!(2)));
    assert_eq!((&book["authors"], &book["tags"]), (&json!(["Ann Author"]), &json!(["Sea"])));
    assert_eq!((&book["publishedAt"], &book["changed"]), (&json!(null), &json!(true)));
    let id = text(book, "id");
    let draft = world.get(&Who::operator(&tenant), &format!("/v1/drafts/{id}")).expect(200).data();
    let titles: Vec<&str> = draft["chapters"].as_array().unwrap().iter().map(|c| text(c, "title")).collect();
    assert_eq!(titles, ["One", "Two"]);
    let two = world.get(&Who::operator(&tenant), &format!("/v1/drafts/{id}/chapters/2")).expect(200).data();
    assert!(text(&two, "html").contains("src=\"asset:"), "{two}");
    // The picture and the cover are the same bytes here: one object, two assets.
    assert_eq!((world.stored(&tenant), world.sql(&tenant, "SELECT count(*) FROM assets")), (1, vec!["2".to_owned()]));
}

#[test]
fn a_broken_file_is_refused_with_place_and_reason_and_leaves_nothing() {
    let world = World::new(&[]);
    let tenant = world.tenant("broken");
    let whole = epub::book("The Whale", 0);
    let no_package =
        epub::zip(&[("META-INF/container.xml", b"<container><rootfile full-path=\"gone.opf\"/></container>")]);
    let key = [("idempotency-key", "k-1")];
    for (query, body) in [
        ("kind=epub&name=a.epub", &whole[..whole.len() / 2]),
        ("kind=epub&name=a.epub", &no_package),
        ("kind=epub&name=a.epub", b"not a zip"),
        ("kind=markdown&name=a.md", b"\xff\xfe"),
        ("kind=html&name=a.html", b""),
    ] {
        let answer = post(&world, &tenant, query, &key, body).expect(422);
        assert_eq!(answer.code(), "CONTENT_IMPORT_BROKEN");
        let details = answer.json()["error"]["details"].clone();
        assert!(text(&details, "place").starts_with("a.") && !text(&details, "reason").is_empty(), "{details}");
    }
    assert_eq!(post(&world, &tenant, "name=a.exe", &[], b"x").expect(400).code(), "CONTENT_IMPORT_KIND");
    assert_eq!(world.sql(&tenant, EVERYTHING), ["0"]);
    assert_eq!(world.stored(&tenant), 0);
    let reader = Who::stranger(&tenant, [192, 0, 2, 1].into()).user("01890000-0000-7000-8000-000000000000", "reader");
    let answer = world.ask(&reader, "POST", "/v1/imports?kind=epub", &[], &whole);
    assert_eq!((answer.status, answer.code().as_str()), (403, "AUTH_ROLE_REQUIRED"));
}

#[test]
fn one_key_makes_one_book_however_often_and_at_once() {
    let world = World::new(&[]);
    let tenant = world.tenant("once");
    let body = markdown("Once", 2);
    let key = [("idempotency-key", "import-1")];
    let ids = std::thread::scope(|scope| {
        let one = || post(&world, &tenant, "kind=markdown", &key, body.as_bytes()).expect(201).data();
        let all: Vec<_> = (0..6).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|t| text(&t.join().unwrap()["book"], "id").to_owned()).collect::<Vec<_>>()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM books"), ["1"]);
    let other = post(&world, &tenant, "kind=markdown", &key, markdown("Other", 2).as_bytes());
    assert_eq!((other.status, other.code().as_str()), (422, "REQUEST_IDEMPOTENCY_KEY_REUSED"));
    let books = |key: &str| {
        let fields = [("content-type", "application/json"), ("idempotency-key", key)];
        let answer = world.ask(&Who::operator(&tenant), "POST", "/v1/books", &fields, br#"{"title":"Once"}"#);
        text(&answer.expect(201).data()["book"], "slug").to_owned()
    };
    assert_eq!((books("a"), books("a"), books("b")), ("once-2".into(), "once-2".into(), "once-3".into()));
}

#[test]
fn books_of_one_title_at_once_get_slugs_of_their_own() {
    let world = World::new(&[]);
    let tenant = world.tenant("slugs");
    let mut slugs = std::thread::scope(|scope| {
        let one = || text(&super::import(&world, &tenant, "Same", 1), "slug").to_owned();
        let all: Vec<_> = (0..5).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect::<Vec<_>>()
    });
    slugs.sort();
    assert_eq!(slugs, ["same", "same-2", "same-3", "same-4", "same-5"]);
}

/// A real book of that many megabytes: chapters of prose, each with a picture.
fn large(megabytes: usize) -> Vec<u8> {
    let chapters = 40;
    let prose = "<p>It was the <em>best</em> of times, it was the worst of times.</p>\n".repeat(megabytes * 400);
    let picture = |n: usize| {
        let mut bytes = epub::PNG.to_vec();
        // Noise: what a picture is to a packer.
        let mut seed = n as u64 + 1;
        bytes.extend((0..30_000).map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as u8
        }));
        bytes
    };
    let mut files: Vec<(String, Vec<u8>)> = vec![("book.toml".into(), b"[book]\ntitle = \"Large\"\n".to_vec())];
    for n in 0..chapters {
        let html = format!("<h1>Chapter {n}</h1><img src=\"p{n}.png\" alt=\"\">{prose}<hr>{prose}");
        files.push((format!("c{n:02}.html"), html.into_bytes()));
        files.push((format!("p{n}.png"), picture(n)));
    }
    epub::zip(&files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

#[test]
fn a_large_book_with_pictures_says_how_far_it_is() {
    let world = World::new(&[]);
    let tenant = world.tenant("large");
    let body = large(1);
    assert!(body.len() > 1_000_000, "{}", body.len());
    let id = "01890000-0000-4000-8000-00000000abcd";
    let watch = || world.get(&Who::operator(&tenant), &format!("/v1/imports/{id}"));
    assert_eq!(watch().status, 404);
    let (book, seen) = std::thread::scope(|scope| {
        let query = format!("kind=folder&name=large.zip&id={id}");
        let (world, tenant, body) = (&world, &tenant, &body);
        let import = scope.spawn(move || post(world, tenant, &query, &[], body).expect(201).data()["book"].clone());
        let mut seen = std::collections::BTreeSet::new();
        while !import.is_finished() {
            let answer = watch();
            if answer.status == 200 {
                seen.insert(text(&answer.data(), "stage").to_owned());
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        (import.join().unwrap(), seen)
    });
    assert!(seen.len() > 1, "{seen:?}");
    let done = watch().expect(200).data();
    assert_eq!((text(&done, "state"), text(&done, "name"), &done["book"]), ("done", "large.zip", &book["id"]));
    assert_eq!((&book["chapters"], world.stored(&tenant)), (&json!(40), 40));
    assert_eq!(
        world.sql(&tenant, "SELECT count(*), count(DISTINCT text) FROM scenes"),
        ["80|41"],
        "a text is kept once"
    );
    let chapter = world.get(&Who::operator(&tenant), "/v1/drafts/large/chapters/40").expect(200).data();
    assert_eq!(chapter["scenes"].as_array().unwrap().len(), 2);
    assert!(text(&chapter, "html").contains("src=\"asset:"));

    // Cut in half it leaves nothing but the word that it failed.
    let other = "01890000-0000-4000-8000-00000000abce";
    let query = format!("kind=folder&name=half.zip&id={other}");
    let _ = post(&world, &tenant, &query, &[], &body[..body.len() / 2]).expect(422);
    let failed = world.get(&Who::operator(&tenant), &format!("/v1/imports/{other}")).expect(200).data();
    assert_eq!((text(&failed, "state"), failed["error"].is_string()), ("failed", true));
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM books"), ["1"]);
    let author = Who::stranger(&tenant, [192, 0, 2, 1].into()).user("01890000-0000-7000-8000-000000000000", "author");
    assert_eq!(world.get(&author, &format!("/v1/imports/{other}")).status, 404, "another's");
    let taken = world.ask(&author, "POST", &format!("/v1/imports?{query}"), &[], &body);
    assert_eq!((taken.status, taken.code().as_str()), (409, "CONTENT_IMPORT_EXISTS"));
}
