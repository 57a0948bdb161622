//! Scenes and their texts.

use aw_origin_harness::{Answer, Who, World};
use serde_json::{Value, json};

use super::{change, text, write};

struct Book {
    world: World,
    tenant: String,
}

impl Book {
    fn new(tenant: &str) -> Self {
        let world = World::new(&[]);
        let tenant = world.tenant(tenant);
        let _ = world.json(&Who::operator(&tenant), "POST", "/v1/books", &json!({ "title": "Book" })).expect(201);
        Self { world, tenant }
    }

    fn chapter(&self, number: u32) -> Value {
        let target = format!("/v1/drafts/book/chapters/{number}");
        self.world.get(&Who::operator(&self.tenant), &target).expect(200).data()
    }

    fn change(&self, method: &str, path: &str, body: &Value) -> Answer {
        change(&self.world, &self.tenant, (method, &format!("/v1/books/book/chapters/{path}")), "*", body)
    }
}

fn ids(chapter: &Value) -> Vec<String> {
    chapter["scenes"].as_array().unwrap().iter().map(|s| text(s, "id").to_owned()).collect()
}

#[test]
fn scenes_stay_themselves_when_the_whole_is_written() {
    let book = Book::new("scenes");
    let _ = write(&book.world, &book.tenant, "book", 1, "<p>a</p><hr><p>b</p><hr><p>c</p>").expect(201);
    let first = ids(&book.chapter(1));
    assert_eq!(first.len(), 3);
    let _ = write(&book.world, &book.tenant, "book", 1, "<p>a</p><hr><p>B</p><hr><p>new</p><hr><p>c</p>").expect(200);
    let second = ids(&book.chapter(1));
    assert_eq!((&second[0], &second[1], &second[3]), (&first[0], &first[1], &first[2]));
    assert!(!first.contains(&second[2]));
    let _ = write(&book.world, &book.tenant, "book", 1, "<p>c</p>").expect(200);
    assert_eq!(ids(&book.chapter(1)), [first[2].clone()]);
    assert_eq!(book.chapter(1)["html"], "<p>c</p>");
}

#[test]
fn scenes_are_made_written_ordered_and_moved() {
    let book = Book::new("scenework");
    for n in 1..=2 {
        let _ = write(&book.world, &book.tenant, "book", n, &format!("<p>{n}</p>")).expect(201);
    }
    let body = json!({ "title": "Storm", "html": "<p>wind</p><script>x</script>", "position": 0 });
    let made = book.change("POST", "1/scenes", &body).expect(201).data();
    assert_eq!((text(&made, "html"), &made["scenes"][0]["title"]), ("<p>wind</p><hr><p>1</p>", &json!("Storm")));
    let [storm, one] = <[String; 2]>::try_from(ids(&made)).unwrap();
    let doc = json!({ "type": "doc", "content": [{ "type": "paragraph", "content": [
        { "type": "text", "text": "rain", "marks": [{ "type": "em" }] },
        { "type": "element", "attrs": { "tag": "script" }, "content": [{ "type": "text", "text": "x" }] },
        { "type": "element", "attrs": { "tag": "p onclick=x" } }] }] });
    let written = book.change("PUT", &format!("1/scenes/{storm}"), &json!({ "document": doc })).expect(200).data();
    assert!(text(&written, "html").starts_with("<p><em>rain</em></p>"), "{written}");
    assert!(!text(&written, "html").contains("script") && !text(&written, "html").contains("onclick"), "{written}");
    let ordered = book.change("PUT", "1/scenes", &json!({ "scenes": [one, storm] })).expect(200).data();
    assert_eq!(ids(&ordered), [one.clone(), storm.clone()]);
    for bad in [json!({ "scenes": [one] }), json!({ "scenes": [one, one, storm] })] {
        assert_eq!(book.change("PUT", "1/scenes", &bad).status, 422, "{bad}");
    }
    let moved = book.change("POST", &format!("1/scenes/{storm}/move"), &json!({ "chapter": "2", "position": 0 }));
    let moved = moved.expect(200).data();
    assert_eq!((ids(&moved)[0].as_str(), &moved["number"]), (storm.as_str(), &json!(2)));
    assert_eq!((ids(&book.chapter(1)), book.chapter(1)["html"].clone()), (vec![one.clone()], json!("<p>1</p>")));
    assert_eq!(
        book.change("DELETE", &format!("1/scenes/{storm}"), &json!({})).expect(404).code(),
        "CONTENT_SCENE_NOT_FOUND"
    );
    let left = book.change("DELETE", &format!("2/scenes/{storm}"), &json!({})).expect(200).data();
    assert_eq!(text(&left, "html"), "<p>2</p>");
    let revisions = book.world.get(&Who::operator(&book.tenant), "/v1/drafts/book/chapters/1/revisions").expect(200);
    let revisions = revisions.json()["data"].clone();
    let causes: Vec<&str> = revisions.as_array().unwrap().iter().map(|r| text(r, "cause")).collect();
    assert_eq!(causes, ["moved", "moved", "written", "written", "written"]);
}

#[test]
fn a_scene_that_an_editor_keeps_is_written_there_alone() {
    let book = Book::new("elsewhere");
    let _ = write(&book.world, &book.tenant, "book", 1, "<p>a</p><hr><p>b</p>").expect(201);
    let kept = ids(&book.chapter(1))[1].clone();
    book.world.sql(&book.tenant, &format!("UPDATE scenes SET source = 'yjs' WHERE id = '{kept}'"));
    let refused = write(&book.world, &book.tenant, "book", 1, "<p>a</p><hr><p>other</p>").expect(409);
    assert_eq!(refused.code(), "CONTENT_SCENE_ELSEWHERE");
    assert_eq!(book.change("PUT", &format!("1/scenes/{kept}"), &json!({ "html": "<p>x</p>" })).status, 409);
    let other = write(&book.world, &book.tenant, "book", 1, "<p>A</p><hr><p>b</p>").expect(200).data();
    assert_eq!((text(&other, "html"), &other["scenes"][1]["source"]), ("<p>A</p><hr><p>b</p>", &json!("yjs")));
}

#[test]
fn a_chapter_is_read_as_a_document_and_written_as_one() {
    let book = Book::new("document");
    let html = "<h2>T</h2><p>a <strong>b</strong></p><ul><li>c</li></ul>";
    let _ = write(&book.world, &book.tenant, "book", 1, html).expect(201);
    let target = "/v1/drafts/book/chapters/1?format=document";
    let read = book.world.get(&Who::operator(&book.tenant), target).expect(200).data();
    assert_eq!((read.get("html"), &read["document"]["content"][0]["type"]), (None, &json!("heading")));
    let body = json!({ "title": "Chapter 1", "document": read["document"] });
    let same = book.change("PUT", "1", &body).expect(200).data();
    assert_eq!((text(&same, "html"), &same["version"]), (html, &read["version"]), "nothing changed");
    for bad in [json!({ "title": "x" }), json!({ "title": "x", "html": "a", "document": read["document"] })] {
        assert_eq!(book.change("PUT", "1", &bad).status, 422, "{bad}");
    }
}
