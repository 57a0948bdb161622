//! Large files go in parts.

use aw_origin_harness::World;
use serde_json::json;

use super::{announce, author, complete, keys, png, send, sha256, text};

const PART: usize = 8 << 20;

#[test]
fn a_large_file_goes_in_parts_and_is_gone_on_with() {
    let world = World::new(&[]);
    let tenant = world.tenant("parts");
    let ada = author(&tenant, "ada");
    let bytes = png(2 * PART + 1000, 5);
    let begun = announce(&world, &ada, "a.png", &bytes, json!({ "sha256": sha256(&bytes) })).expect(201).data();
    let id = text(&begun["file"], "id").to_owned();
    let upload = &begun["upload"];
    assert_eq!((upload["partSize"].as_u64(), upload["partCount"].as_u64()), (Some(PART as u64), Some(3)));
    let part = |n: usize| &bytes[n * PART..bytes.len().min((n + 1) * PART)];
    let _ = send(&world, &upload["requests"][0], part(0)).expect(200);
    assert_eq!(send(&world, &upload["requests"][2], &part(2)[1..]).status, 403, "the length is pinned");
    let missing = complete(&world, &ada, &id).expect(409).json();
    assert_eq!(missing["error"]["details"]["missing"], json!([2, 3]));
    // A client that comes back asks what has arrived.
    let upload = world.get(&ada, &format!("/v1/files/{id}/upload")).expect(200).data();
    assert_eq!(upload["arrived"], json!([{ "number": 1, "size": PART }]));
    assert_eq!(upload["requests"].as_array().unwrap().len(), 2);
    let page = world.get(&ada, &format!("/v1/files/{id}/upload?after=1&limit=1")).expect(200).data();
    assert_eq!((page["requests"][0]["number"].as_u64(), page["nextAfter"].as_u64()), (Some(2), Some(2)));
    assert_eq!(world.get(&ada, &format!("/v1/files/{id}/upload?limit=0")).status, 400);
    for (n, request) in [1, 2].into_iter().zip(upload["requests"].as_array().unwrap()) {
        let _ = send(&world, request, part(n)).expect(200);
    }
    let file = complete(&world, &ada, &id).expect(200).data();
    assert_eq!((text(&file, "state"), text(&file, "sha256")), ("stored", sha256(&bytes).as_str()));
    // Nobody can write to it any more.
    assert_eq!(send(&world, &upload["requests"][0], part(1)).status, 404);
    let link = world.get(&ada, &format!("/v1/files/{id}/link")).expect(200).data();
    let range = format!("bytes={}-{}", PART - 2, PART + 1);
    let got = world.fetch("GET", text(&link, "url"), &[("range", &range)], b"").expect(206);
    assert_eq!(got.body, bytes[PART - 2..PART + 2]);
    assert_eq!(keys(&world, &tenant).len(), 1);
}

#[test]
fn an_upload_in_parts_that_is_deleted_leaves_nothing() {
    let world = World::new(&[]);
    let tenant = world.tenant("dropped");
    let ada = author(&tenant, "ada");
    let bytes = png(PART * 2 + 1, 5);
    let begun = announce(&world, &ada, "a.png", &bytes, json!({})).expect(201).data();
    let id = text(&begun["file"], "id").to_owned();
    let requests = &begun["upload"]["requests"];
    let _ = send(&world, &requests[0], &bytes[..PART]).expect(200);
    let _ = world.ask(&ada, "DELETE", &format!("/v1/files/{id}"), &[], b"").expect(204);
    assert_eq!(world.get(&ada, &format!("/v1/files/{id}")).status, 404);
    assert_eq!(complete(&world, &ada, &id).status, 404);
    super::work(&world);
    assert_eq!(send(&world, &requests[1], &bytes[PART..2 * PART]).status, 404, "the upload has ended");
    assert_eq!((keys(&world, &tenant).len(), super::used(&world, &tenant)), (0, 0));
}
