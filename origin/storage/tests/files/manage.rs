//! Files are listed, renamed, copied, referred to, deleted.

use aw_origin_harness::{Who, World};
use serde_json::json;

use super::{author, complete, keys, png, send, store, text, used, work};

#[test]
fn lists_have_pages_and_filters() {
    let world = World::new(&[]);
    let tenant = world.tenant("list");
    let (ada, bob) = (author(&tenant, "ada"), author(&tenant, "bob"));
    let mut made: Vec<String> = (0..5_u8)
        .map(|n| text(&store(&world, &ada, &format!("Picture {n}.png"), &png(100, n), json!({})), "id").to_owned())
        .collect();
    made.reverse();
    let others =
        store(&world, &bob, "b.txt", b"just text", json!({ "mediaType": "text/plain", "visibility": "public" }));
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get(&ada, &format!("/v1/files?limit=2{cursor}")).expect(200).json();
        seen.extend(page["data"].as_array().unwrap().iter().map(|file| text(file, "id").to_owned()));
        match page["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, made, "an author's own, newest first");
    let editor = Who::stranger(&tenant, [192, 0, 2, 1].into()).user("eve", "editor");
    let count =
        |query: &str| world.get(&editor, &format!("/v1/files?{query}")).expect(200).data().as_array().unwrap().len();
    for (query, expected) in [
        ("", 6),
        ("owner=bob", 1),
        ("visibility=public", 1),
        ("state=uploading", 0),
        ("mediaType=image/", 5),
        ("name=PICTURE", 5),
        ("name=%25", 0),
    ] {
        assert_eq!(count(query), expected, "{query}");
    }
    for bad in ["state=deleted", "visibility=x", "limit=0", "cursor=x", "name=%00"] {
        assert_eq!(world.get(&ada, &format!("/v1/files?{bad}")).status, 400, "{bad}");
    }
    assert_eq!(world.get(&ada, &format!("/v1/files/{}", text(&others, "id"))).status, 404);
    assert_eq!(world.get(&ada, "/v1/files/x").status, 400);
}

#[test]
fn a_lost_rename_is_a_412() {
    let world = World::new(&[]);
    let tenant = world.tenant("rename");
    let ada = author(&tenant, "ada");
    let file = store(&world, &ada, "a.png", &png(100, 1), json!({}));
    let target = format!("/v1/files/{}", text(&file, "id"));
    let etag = world.get(&ada, &target).expect(200).etag();
    let patch = |fields: &[(&str, &str)], body: serde_json::Value| {
        let fields = [&[("content-type", "application/json")], fields].concat();
        world.ask(&ada, "PATCH", &target, &fields, body.to_string().as_bytes())
    };
    assert_eq!(patch(&[], json!({ "name": "b.png" })).status, 428);
    let renamed = patch(&[("if-match", &etag)], json!({ "name": "b.png" })).expect(200);
    assert_eq!(text(&renamed.data(), "name"), "b.png");
    assert_eq!(patch(&[("if-match", &etag)], json!({ "name": "c.png" })).status, 412);
    assert_eq!(patch(&[("if-match", "*")], json!({ "name": "../c.png" })).status, 422);
    assert_eq!(patch(&[("if-match", "*")], json!({ "size": 1 })).status, 400);
    let public = patch(&[("if-match", &renamed.etag())], json!({ "visibility": "public" })).expect(200).data();
    assert_eq!(text(&public, "url"), format!("/files/{}/b.png", text(&file, "sha256")));
    let record = format!("/_aw/values?key=f/{tenant}/{}", text(&file, "sha256"));
    let value = String::from_utf8(world.get(&Who::edge("eu"), &record).expect(200).body).unwrap();
    assert!(value.ends_with(r#"{"size":100,"mediaType":"image/png","names":["b.png"]}"#), "{value}");
    let bytes = world.get(&Who::edge("eu"), &format!("/_aw/values?key=o/{tenant}/{}", text(&file, "sha256")));
    assert_eq!(bytes.expect(200).body, png(100, 1));
    let _ = patch(&[("if-match", "*")], json!({ "visibility": "private" })).expect(200);
    let value = world.get(&Who::edge("eu"), &record).expect(200).body;
    assert!(value.ends_with(b"\n"), "a tombstone");
    let bytes = world.get(&Who::edge("eu"), &format!("/_aw/values?key=o/{tenant}/{}", text(&file, "sha256")));
    assert_eq!(bytes.status, 404);
}

#[test]
fn what_is_referred_to_stays() {
    let world = World::new(&[]);
    let tenant = world.tenant("refer");
    let ada = author(&tenant, "ada");
    let file = store(&world, &ada, "a.png", &png(100, 1), json!({}));
    let target = format!("/v1/files/{}", text(&file, "id"));
    let ask = |method: &str, path: &str| world.ask(&ada, method, &format!("{target}{path}"), &[], b"");
    for _ in 0..2 {
        let _ = ask("PUT", "/references/book:1").expect(204);
    }
    let _ = ask("PUT", "/references/chapter:a-2").expect(204);
    assert_eq!(world.get(&ada, &target).expect(200).data()["references"], 2);
    let refused = ask("DELETE", "").expect(409);
    assert_eq!(refused.json()["error"]["details"]["references"], json!(["book:1", "chapter:a-2"]));
    assert_eq!(ask("PUT", "/references/Book:1").status, 400);
    // What a service says by itself is not said by hand.
    for method in ["PUT", "DELETE"] {
        assert_eq!(ask(method, "/references/cover:1").expect(409).code(), "STORAGE_REFERENCE_KEPT", "{method}");
    }
    for subject in ["book:1", "chapter:a-2", "chapter:a-2"] {
        let _ = ask("DELETE", &format!("/references/{subject}")).expect(204);
    }
    let _ = ask("DELETE", "").expect(204);
    assert_eq!(ask("DELETE", "").status, 404);
    assert_eq!(ask("PUT", "/references/book:1").status, 404);
    work(&world);
    assert_eq!((keys(&world, &tenant).len(), used(&world, &tenant)), (0, 0));
}

#[test]
fn of_copies_the_last_takes_the_bytes_along() {
    let world = World::new(&[]);
    let tenant = world.tenant("copies");
    let ada = author(&tenant, "ada");
    let bytes = png(100, 1);
    let file = store(&world, &ada, "a.png", &bytes, json!({}));
    let fields = [("content-type", "application/json"), ("idempotency-key", "copy-1")];
    let copy = || {
        let target = format!("/v1/files/{}/copy", text(&file, "id"));
        world.ask(&ada, "POST", &target, &fields, br#"{"name":"b.png","visibility":"public"}"#).expect(201).data()
    };
    let (copied, again) = (copy(), copy());
    assert_eq!((text(&copied, "name"), text(&copied, "id")), ("b.png", text(&again, "id")));
    assert_eq!((keys(&world, &tenant).len(), used(&world, &tenant)), (1, 200));
    let delete = |file: &serde_json::Value| {
        let _ = world.ask(&ada, "DELETE", &format!("/v1/files/{}", text(file, "id")), &[], b"").expect(204);
        work(&world);
    };
    delete(&file);
    let link = world.get(&ada, &format!("/v1/files/{}/link", text(&copied, "id"))).expect(200).data();
    assert_eq!(world.fetch("GET", text(&link, "url"), &[], b"").expect(200).body, bytes);
    delete(&copied);
    assert_eq!((keys(&world, &tenant).len(), used(&world, &tenant)), (0, 0));
}

#[test]
fn a_file_that_is_announced_again_is_the_same_file_whatever_has_become_of_it() {
    let world = World::new(&[]);
    let tenant = world.tenant("announced-again");
    let ada = author(&tenant, "ada");
    let bytes = png(2000, 7);
    let body = json!({ "name": "a.png", "size": bytes.len(), "mediaType": "image/png" }).to_string();
    let fields = [("content-type", "application/json"), ("idempotency-key", "one")];
    let announce = || world.ask(&ada, "POST", "/v1/files", &fields, body.as_bytes()).expect(201).data();
    let begun = announce();
    let _ = send(&world, &begun["upload"]["requests"][0], &bytes).expect(200);
    let id = text(&begun["file"], "id");
    let _ = complete(&world, &ada, id).expect(200);
    let again = announce();
    assert_eq!((text(&again["file"], "id"), text(&again["file"], "state")), (id, "stored"));
    assert_eq!(again["upload"]["requests"], json!([]));
}
