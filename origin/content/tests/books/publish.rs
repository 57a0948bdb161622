//! Publishing.

use aw_origin_harness::{Who, World};
use serde_json::json;

use super::{change, epub, import, publish, record, text, write};

#[test]
fn what_did_not_change_is_not_published_again() {
    let world = World::new(&[]);
    let tenant = world.tenant("twice");
    let book = import(&world, &tenant, "Twice", 3);
    let first = publish(&world, &tenant, text(&book, "id")).expect(200).data();
    // Two objects a chapter and the EPUB; the manifest, the id, and the head and leaf of the one shelf.
    assert_eq!((text(&first, "slug"), &first["objects"], &first["records"]), ("twice", &json!(7), &json!(4)));
    let snapshot = || world.sql(&tenant, "SELECT key, version, md5(json) FROM records ORDER BY key");
    let before = snapshot();
    let again = publish(&world, &tenant, "twice").expect(200).data();
    assert_eq!((&again["objects"], &again["records"], &again["version"]), (&json!(0), &json!(0), &first["version"]));
    assert_eq!(snapshot(), before);

    let _ = write(&world, &tenant, "twice", 2, "<p>Other words.</p>").expect(200);
    let third = publish(&world, &tenant, "twice").expect(200).data();
    // Its page, its data and the EPUB; the manifest, and when it was updated in the leaf.
    assert_eq!((&third["objects"], &third["records"]), (&json!(3), &json!(2)));
    assert!(third["version"].as_u64() > first["version"].as_u64());
    let (_, manifest) = record(&world, "m/twice/twice").unwrap();
    let (_, id) = record(&world, &format!("i/twice/{}", text(&book, "id"))).unwrap();
    assert_eq!(id, "twice");
    assert!(text(&manifest["book"], "updatedAt") > text(&manifest["book"], "publishedAt"), "{manifest}");
    let draft = world.get(&Who::operator(&tenant), "/v1/drafts/twice").expect(200).data()["book"].clone();
    assert_eq!((&draft["changed"], &draft["publishedSlug"]), (&json!(false), &json!("twice")));
}

#[test]
fn pages_link_pictures_and_chapters_by_address() {
    let world = World::new(&[]);
    let tenant = world.tenant("linked");
    let target = "/v1/imports?kind=epub&name=w.epub";
    let _ = world.ask(&Who::operator(&tenant), "POST", target, &[], &epub::book("W", 50)).expect(201);
    let range = json!({ "access": "tier:gold", "from": 2 });
    let _ = world.json(&Who::operator(&tenant), "PATCH", "/v1/books/w/chapters", &range).expect(200);
    let done = publish(&world, &tenant, "w").expect(200).data();
    assert_eq!(done["objects"], 6, "two chapters, a picture and a cover");
    let (_, manifest) = record(&world, "m/linked/w").unwrap();
    let cover = text(&manifest["book"], "cover");
    let assets = manifest["assets"].as_object().unwrap();
    let picture = assets.keys().find(|name| *name != cover).unwrap();
    assert_eq!((&assets[cover]["access"], &assets[picture]["access"]), (&json!("free"), &json!("tier:gold")));
    let object = |n: usize, kind: &str| {
        let sha = text(&manifest["chapters"][n][kind], "sha256").to_owned();
        let bytes = world.get(&Who::edge("eu"), &format!("/_aw/values?key=o/linked/{sha}")).expect(200).body;
        assert_eq!(aw_origin_data::objects::sha256(&bytes), sha);
        String::from_utf8(bytes).unwrap()
    };
    assert!(object(0, "page").contains("href=\"/books/w/2#t-x\""));
    assert!(object(1, "page").contains(&format!("src=\"/books/w/assets/{picture}\"")));
    let data: serde_json::Value = serde_json::from_str(&object(1, "data")).unwrap();
    assert_eq!((text(&data, "access"), &data["previous"]), ("tier:gold", &json!(1)));
}

#[test]
fn a_book_is_withdrawn_renamed_and_removed() {
    let world = World::new(&[]);
    let tenant = world.tenant("withdrawn");
    let book = import(&world, &tenant, "Old", 1);
    let id = text(&book, "id").to_owned();
    let operator = Who::operator(&tenant);
    let unpublish = || world.ask(&operator, "POST", &format!("/v1/books/{id}/unpublish"), &[], b"").expect(200).data();
    assert_eq!(unpublish()["records"], 0, "it was not published");
    let _ = publish(&world, &tenant, &id).expect(200);
    let (version, first) = record(&world, "m/withdrawn/old").unwrap();
    assert_eq!(unpublish()["records"], 4);
    assert_eq!(record(&world, "m/withdrawn/old"), None);
    let tombstone = world.get(&Who::edge("eu"), "/_aw/values?key=m/withdrawn/old").expect(200);
    assert!(aw_model::record::split(&tombstone.body).is_some_and(|(v, json)| v > version && json.is_empty()));
    assert_eq!(record(&world, "s/withdrawn/newest").unwrap().1, json!({ "name": "Newest", "count": 0, "next": 1 }));

    // Again, under another name: first published when it was, on a place that is new.
    let target = format!("/v1/books/{id}");
    let _ = change(&world, &tenant, ("PATCH", &target), "*", &json!({ "slug": "new", "tags": ["Sea"] })).expect(200);
    let _ = publish(&world, &tenant, &id).expect(200);
    let (_, manifest) = record(&world, "m/withdrawn/new").unwrap();
    assert_eq!(manifest["book"]["publishedAt"], first["book"]["publishedAt"]);
    assert_eq!(record(&world, "s/withdrawn/newest").unwrap().1, json!({ "name": "Newest", "count": 1, "next": 2 }));
    assert_eq!(record(&world, &format!("i/withdrawn/{id}")).unwrap().1, "new");
    let _ = change(&world, &tenant, ("PATCH", &target), "*", &json!({ "slug": "newer" })).expect(200);
    let _ = publish(&world, &tenant, &id).expect(200);
    assert_eq!(record(&world, "m/withdrawn/new"), None);
    assert!(record(&world, "m/withdrawn/newer").is_some());

    let _ = change(&world, &tenant, ("DELETE", &target), "*", &json!({})).expect(204);
    assert_eq!(record(&world, "m/withdrawn/newer"), None);
    assert_eq!(record(&world, "s/withdrawn/tag/sea"), None, "an empty shelf is none");
    assert_eq!(record(&world, "l/withdrawn/newest/0").unwrap().1, json!({ "books": [] }));
}

#[test]
fn a_book_without_chapters_and_one_that_is_not_there_are_refused() {
    let world = World::new(&[]);
    let tenant = world.tenant("empty");
    let _ = world.json(&Who::operator(&tenant), "POST", "/v1/books", &json!({ "title": "Empty" })).expect(201);
    assert_eq!(publish(&world, &tenant, "empty").expect(422).code(), "CONTENT_BOOK_EMPTY");
    assert_eq!(publish(&world, &tenant, "nothing").expect(404).code(), "CONTENT_BOOK_NOT_FOUND");
    assert_eq!(world.ask(&Who::operator(&tenant), "GET", "/v1/books/empty/publish", &[], b"").status, 405);
}

#[test]
fn a_book_that_is_edited_while_it_is_published_is_published_whole() {
    let world = World::new(&[]);
    let tenant = world.tenant("edited");
    let book = import(&world, &tenant, "Edited", 2);
    let id = text(&book, "id");
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let (world, tenant) = (&world, &tenant);
            scope.spawn(move || {
                for n in 0..10 {
                    let _ = write(world, tenant, id, writer + 1, &format!("<p>Version {n}</p>")).expect(200);
                }
            });
        }
        for _ in 0..4 {
            assert!(matches!(publish(&world, &tenant, id).status, 200 | 409));
        }
    });
    let _ = publish(&world, &tenant, id).expect(200);
    let (_, manifest) = record(&world, "m/edited/edited").unwrap();
    for chapter in manifest["chapters"].as_array().unwrap() {
        let key = format!("/_aw/values?key=o/edited/{}", text(&chapter["data"], "sha256"));
        let data = String::from_utf8(world.get(&Who::edge("eu"), &key).expect(200).body).unwrap();
        assert!(data.contains("Version 9"), "{data}");
    }
}

#[test]
fn a_real_book_goes_all_the_way() {
    let world = World::new(&[]);
    let tenant = world.tenant("real");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/books/pride-and-prejudice.epub");
    let target = "/v1/imports?kind=epub&name=pride-and-prejudice.epub";
    let body = std::fs::read(file).unwrap();
    let book = world.ask(&Who::operator(&tenant), "POST", target, &[], &body).expect(201).data()["book"].clone();
    let chapters = book["chapters"].as_u64().unwrap();
    assert!(chapters >= 30, "{book}");
    let done = publish(&world, &tenant, text(&book, "slug")).expect(200).data();
    let (_, manifest) = record(&world, &format!("m/real/{}", text(&book, "slug"))).unwrap();
    let manifest: aw_model::Manifest = serde_json::from_value(manifest).unwrap();
    assert_eq!(manifest.chapters.len() as u64, chapters);
    let objects: Vec<_> = manifest
        .chapters
        .iter()
        .flat_map(|c| [&c.page, &c.data])
        .chain(manifest.assets.values().map(|a| &a.object))
        .chain(manifest.epub.iter().map(|epub| &epub.object))
        .collect();
    assert_eq!(done["objects"].as_u64().unwrap() as usize, objects.len());
    for object in objects {
        let key = aw_model::key::object(&tenant, &object.sha256, 0);
        let bytes = world.get(&Who::edge("eu"), &format!("/_aw/values?key={key}")).expect(200).body;
        assert_eq!((bytes.len() as u64, aw_origin_data::objects::sha256(&bytes)), (object.size, object.sha256.clone()));
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("src=\"asset:") && !text.contains("href=\"chapter:"), "{key} has a placeholder");
    }
    assert_eq!(publish(&world, &tenant, text(&book, "slug")).expect(200).data()["records"], 0);
}
