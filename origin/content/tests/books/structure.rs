//! Parts and chapters, and their order.

use aw_origin_harness::{Who, World};
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};

use super::{change, import, publish, record, text, write};

fn structure(world: &World, tenant: &str, book: &str) -> (Value, String) {
    let answer = world.get(&Who::operator(tenant), &format!("/v1/drafts/{book}/structure")).expect(200);
    (answer.data(), answer.etag())
}

/// The structure as a line: `a b | [P: c d] e | f`.
fn line(structure: &Value) -> String {
    let titles = |chapters: &Value| {
        chapters.as_array().unwrap().iter().map(|c| text(c, "title").to_owned()).collect::<Vec<_>>().join(" ")
    };
    let body = structure["body"].as_array().unwrap().iter().map(|entry| match entry.get("part") {
        Some(part) => format!("[{}: {}]", text(part, "title"), titles(&part["chapters"])),
        None => text(&entry["chapter"], "title").to_owned(),
    });
    let body = body.collect::<Vec<_>>().join(" ");
    format!("{} | {body} | {}", titles(&structure["front"]), titles(&structure["back"]))
}

fn numbers(world: &World, tenant: &str, book: &str) -> Vec<(i64, String)> {
    let draft = world.get(&Who::operator(tenant), &format!("/v1/drafts/{book}")).expect(200).data();
    let chapter = |c: &Value| (c["number"].as_i64().unwrap(), text(c, "title").to_owned());
    draft["chapters"].as_array().unwrap().iter().map(chapter).collect()
}

#[test]
fn a_book_is_put_together_and_taken_apart() {
    let world = World::new(&[]);
    let tenant = world.tenant("structure");
    let operator = Who::operator(&tenant);
    let _ = world.json(&operator, "POST", "/v1/books", &json!({ "title": "Whole" })).expect(201);
    let part = |title: &str, position: Option<u32>| {
        let body = json!({ "title": title, "position": position });
        text(&world.json(&operator, "POST", "/v1/books/whole/parts", &body).expect(201).data(), "id").to_owned()
    };
    let chapter = |body: Value| world.json(&operator, "POST", "/v1/books/whole/chapters", &body);
    let two = part("II", None);
    let one = part("I", Some(0));
    let made = chapter(json!({ "title": "B", "part": two, "html": "<p>b</p>" })).expect(201).data();
    assert_eq!((&made["number"], &made["part"], &made["revision"]), (&json!(1), &json!(two), &json!(1)));
    for body in [
        json!({ "title": "A", "part": one }),
        json!({ "title": "Preface", "kind": "front" }),
        json!({ "title": "Index", "kind": "back" }),
        json!({ "title": "Epilogue" }),
        json!({ "title": "Motto", "kind": "front", "position": 0 }),
    ] {
        let _ = chapter(body).expect(201);
    }
    let (shown, etag) = structure(&world, &tenant, "whole");
    assert_eq!(line(&shown), "Motto Preface | [I: A] [II: B] Epilogue | Index");
    let titles: Vec<String> = numbers(&world, &tenant, "whole").into_iter().map(|(_, title)| title).collect();
    assert_eq!(titles, ["Motto", "Preface", "A", "B", "Epilogue", "Index"]);
    for (body, status) in [
        (json!({ "title": "x", "part": "00000000-0000-7000-8000-000000000000" }), 422),
        (json!({ "title": "x", "part": one, "kind": "front" }), 422),
        (json!({ "title": "x", "kind": "middle" }), 400),
        (json!({ "title": "x", "html": "<p>x</p>", "document": { "type": "doc" } }), 422),
    ] {
        assert_eq!(chapter(body.clone()).status, status, "{body}");
    }

    // All at once, and only as a whole.
    let id = |title: &str| {
        let draft = world.get(&operator, "/v1/drafts/whole").expect(200).data();
        let all = draft["chapters"].as_array().unwrap().clone();
        text(all.iter().find(|c| c["title"] == title).unwrap(), "id").to_owned()
    };
    let (a, b, epilogue) = (id("A"), id("B"), id("Epilogue"));
    let (front, back) = ([id("Preface"), id("Motto")], [id("Index")]);
    let wanted = json!({ "front": front, "back": back, "body": [
        { "chapter": epilogue }, { "part": two, "chapters": [a, b] }, { "part": one },
    ] });
    let target = ("PUT", "/v1/books/whole/structure");
    let mut lossy = wanted.clone();
    lossy["front"] = json!([]);
    assert_eq!(change(&world, &tenant, target, &etag, &lossy).expect(422).code(), "CONTENT_STRUCTURE_INVALID");
    let mut doubled = wanted.clone();
    doubled["back"] = json!([id("Index"), id("Index")]);
    assert_eq!(change(&world, &tenant, target, &etag, &doubled).status, 422);
    let done = change(&world, &tenant, target, &etag, &wanted).expect(200);
    assert_eq!(line(&done.data()), "Preface Motto | Epilogue [II: A B] [I: ] | Index");
    assert_eq!(change(&world, &tenant, target, &etag, &wanted).status, 412, "a lost update");
    assert_eq!(world.json(&operator, "PUT", "/v1/books/whole/structure", &wanted).status, 428);

    // One at a time.
    let to = |chapter: &str, place: Value| {
        let path = format!("/v1/books/whole/chapters/{chapter}/move");
        line(&world.json(&operator, "POST", &path, &place).expect(200).data())
    };
    assert_eq!(to(&b, json!({ "part": one })), "Preface Motto | Epilogue [II: A] [I: B] | Index");
    assert_eq!(to("3", json!({ "kind": "back", "position": 0 })), "Preface Motto | [II: A] [I: B] | Epilogue Index");
    let path = format!("/v1/books/whole/parts/{one}");
    let renamed = world.json(&operator, "PATCH", &path, &json!({ "title": "Second" })).expect(200).data();
    assert_eq!(line(&renamed), "Preface Motto | [II: A] [Second: B] | Epilogue Index");
    let gone = world.ask(&operator, "DELETE", &format!("/v1/books/whole/parts/{two}"), &[], b"").expect(200).data();
    assert_eq!(line(&gone), "Preface Motto | A [Second: B] | Epilogue Index");
    assert_eq!(world.ask(&operator, "DELETE", &format!("/v1/books/whole/parts/{two}"), &[], b"").status, 404);
    let removed = change(&world, &tenant, ("DELETE", "/v1/books/whole/chapters/2"), "*", &json!({}));
    let _ = removed.expect(204);
    assert_eq!(line(&structure(&world, &tenant, "whole").0), "Preface | A [Second: B] | Epilogue Index");
    let last = numbers(&world, &tenant, "whole").into_iter().map(|(number, _)| number).collect::<Vec<_>>();
    assert_eq!(last, [1, 2, 3, 4, 5]);
    let texts = "SELECT count(*) FROM texts WHERE sha256 NOT IN (SELECT text FROM revision_scenes)";
    assert_eq!(world.sql(&tenant, texts), ["0"]);
}

#[test]
fn links_follow_a_chapter_that_moves() {
    let world = World::new(&[]);
    let tenant = world.tenant("follow");
    let book = import(&world, &tenant, "Follow", 3);
    let _ = write(&world, &tenant, "follow", 1, "<p><a href=\"chapter:2#x\">to the third</a></p>").expect(200);
    let place = json!({ "position": 0 });
    let _ = world.json(&Who::operator(&tenant), "POST", "/v1/books/follow/chapters/3/move", &place).expect(200);
    let _ = publish(&world, &tenant, text(&book, "id")).expect(200);
    let (_, manifest) = record(&world, "m/follow/follow").unwrap();
    let sha256 = text(&manifest["chapters"][1]["data"], "sha256").to_owned();
    let key = format!("/_aw/values?key=o/follow/{sha256}");
    let data = world.get(&Who::edge("eu"), &key).expect(200).json();
    assert!(text(&data, "html").contains("href=\"/books/follow/1#t-x\""), "{data}");
}

#[test]
fn moves_at_random_lose_nothing() {
    let world = World::new(&[]);
    let tenant = world.tenant("random");
    import(&world, &tenant, "Random", 8);
    let operator = Who::operator(&tenant);
    let parts: Vec<String> = (0..3)
        .map(|n| {
            let body = json!({ "title": format!("Part {n}") });
            text(&world.json(&operator, "POST", "/v1/books/random/parts", &body).expect(201).data(), "id").to_owned()
        })
        .collect();
    let all = || {
        let mut titles: Vec<_> = numbers(&world, &tenant, "random").into_iter().map(|(_, title)| title).collect();
        titles.sort();
        titles
    };
    let before = all();
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() });
    let one = (1..9u32, 0..4usize, prop::option::of(0..9u32), prop_oneof![Just("front"), Just("body"), Just("back")]);
    let done = runner.run(&one, |(chapter, part, position, kind)| {
        let part = parts.get(part).filter(|_| kind == "body");
        let place = json!({ "kind": kind, "part": part, "position": position });
        let target = format!("/v1/books/random/chapters/{chapter}/move");
        let moved = world.json(&operator, "POST", &target, &place);
        prop_assert_eq!(moved.status, 200);
        prop_assert_eq!(all(), before.clone());
        let now: Vec<i64> = numbers(&world, &tenant, "random").into_iter().map(|(number, _)| number).collect();
        prop_assert_eq!(now, (1..9).collect::<Vec<_>>());
        Ok(())
    });
    done.unwrap();
    let kinds = world.sql(&tenant, "SELECT string_agg(kind, ' ' ORDER BY number) FROM chapters");
    let kinds: Vec<&str> = kinds[0].split(' ').collect();
    assert!(kinds.is_sorted_by_key(|kind| ["front", "body", "back"].iter().position(|k| k == kind)), "{kinds:?}");
}
