//! What is a file, and what is refused.

use aw_origin_harness::World;
use serde_json::json;

use super::{announce, author, complete, keys, png, send, sha256, store, text, used};

#[test]
fn a_small_file_goes_straight_to_the_object_store() {
    let world = World::new(&[]);
    let tenant = world.tenant("small");
    let ada = author(&tenant, "ada");
    let bytes = png(1000, 1);
    let begun = announce(&world, &ada, "Grüße.png", &bytes, json!({})).expect(201).data();
    assert_eq!((text(&begun["file"], "state"), begun["upload"]["partCount"].as_u64()), ("uploading", Some(1)));
    let id = text(&begun["file"], "id");
    assert_eq!(complete(&world, &ada, id).expect(409).code(), "STORAGE_UPLOAD_INCOMPLETE");
    let request = &begun["upload"]["requests"][0];
    assert_eq!(send(&world, request, &bytes[1..]).status, 403, "the length is pinned");
    let _ = send(&world, request, &bytes).expect(200);
    let done = complete(&world, &ada, id).expect(200);
    let file = done.data();
    assert_eq!((text(&file, "state"), text(&file, "mediaType")), ("stored", "image/png"));
    assert_eq!((text(&file, "sha256"), &file["url"]), (sha256(&bytes).as_str(), &json!(null)));
    // Again is the same, and what is sent to the URL now changes nothing.
    assert_eq!(complete(&world, &ada, id).expect(200).etag(), done.etag());
    let _ = send(&world, request, &png(1000, 2)).expect(200);
    let link = world.get(&ada, &format!("/v1/files/{id}/link")).expect(200).data();
    assert_eq!(world.fetch("GET", text(&link, "url"), &[], b"").expect(200).body, bytes);
    assert_eq!(used(&world, &tenant), 1000);
    // Signing again is for what is awaited.
    assert_eq!(world.get(&ada, &format!("/v1/files/{id}/upload")).status, 409);
}

#[test]
fn the_store_checks_a_checksum_that_was_announced() {
    let world = World::new(&[]);
    let tenant = world.tenant("sum");
    let ada = author(&tenant, "ada");
    let bytes = png(500, 1);
    let begun = announce(&world, &ada, "a.png", &bytes, json!({ "sha256": sha256(&bytes) })).expect(201).data();
    let request = &begun["upload"]["requests"][0];
    assert_eq!(send(&world, request, &png(500, 2)).status, 400);
    let _ = send(&world, request, &bytes).expect(200);
    let file = complete(&world, &ada, text(&begun["file"], "id")).expect(200).data();
    assert_eq!(text(&file, "sha256"), sha256(&bytes));
}

#[test]
fn what_is_not_what_was_announced_is_refused_and_gone() {
    let world = World::new(&[]);
    let tenant = world.tenant("refused");
    let ada = author(&tenant, "ada");
    let elf = [b"\x7fELF\x02\x01\x01\0".as_slice(), &[0; 100]].concat();
    let page = b"<!doctype html><script>alert(1)</script>".to_vec();
    for (bytes, code) in [(elf, "STORAGE_FILE_TYPE_REFUSED"), (page, "STORAGE_FILE_TYPE_MISMATCH")] {
        let begun = announce(&world, &ada, "a.png", &bytes, json!({})).expect(201).data();
        let id = text(&begun["file"], "id").to_owned();
        let _ = send(&world, &begun["upload"]["requests"][0], &bytes).expect(200);
        for _ in 0..2 {
            assert_eq!(complete(&world, &ada, &id).expect(422).code(), code);
        }
        let file = world.get(&ada, &format!("/v1/files/{id}")).expect(200).data();
        assert_eq!((text(&file, "state"), text(&file["refusal"], "code")), ("refused", code));
        assert_eq!(world.get(&ada, &format!("/v1/files/{id}/link")).status, 409);
    }
    assert_eq!(keys(&world, &tenant), Vec::<String>::new());
    assert_eq!(used(&world, &tenant), 0);
    // A checksum that the store was not told of: a file in parts, by its row.
    let bytes = png(400, 3);
    let begun = announce(&world, &ada, "a.png", &bytes, json!({})).expect(201).data();
    let id = text(&begun["file"], "id").to_owned();
    let _ = send(&world, &begun["upload"]["requests"][0], &bytes).expect(200);
    world.sql(&tenant, &format!("UPDATE files SET sha256 = '{}' WHERE id = '{id}'", sha256(b"other")));
    assert_eq!(complete(&world, &ada, &id).expect(422).code(), "STORAGE_FILE_DIGEST_MISMATCH");
    assert_eq!(keys(&world, &tenant), Vec::<String>::new());
}

#[test]
fn what_may_not_be_is_not_announced() {
    let world = World::new(&[]);
    let tenant = world.tenant("announce");
    let ada = author(&tenant, "ada");
    let public = json!({ "visibility": "public" });
    for (body, status, code) in [
        (json!({ "name": "a/b", "size": 1, "mediaType": "image/png" }), 422, "STORAGE_NAME_INVALID"),
        (json!({ "name": "a", "size": 0, "mediaType": "image/png" }), 422, "STORAGE_FILE_EMPTY"),
        (json!({ "name": "a", "size": 1, "mediaType": "application/x-msdownload" }), 422, "STORAGE_FILE_TYPE_REFUSED"),
        (json!({ "name": "a", "size": 54_000_000_000_u64, "mediaType": "" }), 413, "STORAGE_FILE_TOO_LARGE"),
        (json!({ "name": "a", "size": 1, "mediaType": "", "sha256": "x" }), 422, "STORAGE_FILE_DIGEST_INVALID"),
        (json!({ "name": "a", "size": -1, "mediaType": "" }), 400, "REQUEST_BODY_INVALID"),
        (json!({ "name": "a", "size": 1, "mediaType": "", "owner": "x" }), 400, "REQUEST_BODY_INVALID"),
    ] {
        assert_eq!(world.json(&ada, "POST", "/v1/files", &body).expect(status).code(), code, "{body}");
    }
    let large =
        json!({ "name": "a", "size": 70_000_000, "mediaType": "image/png", "visibility": public["visibility"] });
    assert_eq!(world.json(&ada, "POST", "/v1/files", &large).expect(413).code(), "STORAGE_FILE_TOO_LARGE");
    let reader = author(&tenant, "r").with("x-aw-roles", "");
    assert!(matches!(world.get(&reader, "/v1/files").status, 401 | 403));
    let reader = aw_origin_harness::Who::stranger(&tenant, [192, 0, 2, 9].into()).user("r", "reader");
    assert_eq!(world.get(&reader, "/v1/files").status, 403);
    assert_eq!(used(&world, &tenant), 0);
}

#[test]
fn the_same_key_announces_once() {
    let world = World::new(&[]);
    let tenant = world.tenant("once");
    let ada = author(&tenant, "ada");
    let body = json!({ "name": "a.png", "size": 100, "mediaType": "image/png" }).to_string();
    let fields = [("content-type", "application/json"), ("idempotency-key", "k1")];
    let ask = || world.ask(&ada, "POST", "/v1/files", &fields, body.as_bytes()).expect(201).data();
    let (first, second) = (ask(), ask());
    assert_eq!(text(&first["file"], "id"), text(&second["file"], "id"));
    assert_eq!(used(&world, &tenant), 100);
}

#[test]
fn of_many_who_complete_one_does() {
    let world = World::new(&[]);
    let tenant = world.tenant("many");
    let ada = author(&tenant, "ada");
    let bytes = png(3_000_000, 1);
    let begun = announce(&world, &ada, "a.png", &bytes, json!({})).expect(201).data();
    let id = text(&begun["file"], "id");
    let _ = send(&world, &begun["upload"]["requests"][0], &bytes).expect(200);
    let statuses = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| complete(&world, &ada, id).status)).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(statuses.iter().all(|status| matches!(status, 200 | 202)), "{statuses:?}");
    assert_eq!(text(&complete(&world, &ada, id).expect(200).data(), "sha256"), sha256(&bytes));
    let audits = world.sql(&tenant, "SELECT count(*) FROM audit WHERE action = 'storage.file.stored'");
    assert_eq!(audits, ["1"]);
    let file = store(&world, &ada, "b.png", &bytes, json!({}));
    assert_eq!(used(&world, &tenant), 6_000_000, "{file}");
}
