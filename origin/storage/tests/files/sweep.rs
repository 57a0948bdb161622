//! What is left of uploads that nobody completes.

use aw_origin_harness::{Who, World};
use serde_json::json;

use super::{announce, author, complete, keys, png, send, text, used, work};

#[test]
fn an_upload_that_rests_too_long_leaves_nothing() {
    let world = World::new(&[]);
    let tenant = world.tenant("rests");
    let ada = author(&tenant, "ada");
    let bytes = png(1000, 1);
    let small = announce(&world, &ada, "a.png", &bytes, json!({})).expect(201).data();
    let large = announce(&world, &ada, "b.png", &png(20 << 20, 1), json!({})).expect(201).data();
    let request = &small["upload"]["requests"][0];
    let _ = send(&world, request, &bytes).expect(200);
    work(&world);
    assert_eq!(
        text(&world.get(&ada, &format!("/v1/files/{}", text(&small["file"], "id"))).data(), "state"),
        "uploading"
    );
    world.sql(&tenant, "UPDATE files SET due_at = now() - interval '1 second'");
    work(&world);
    assert_eq!(used(&world, &tenant), 0);
    work(&world);
    assert_eq!(keys(&world, &tenant).len(), 0);
    let part = &large["upload"]["requests"][0];
    assert_eq!(send(&world, part, &png(8 << 20, 1)).status, 404, "the upload in parts has ended");
    // A URL that is still good writes once more: what it wrote goes when it is good no longer.
    let _ = send(&world, request, &bytes).expect(200);
    assert_eq!(keys(&world, &tenant).len(), 1);
    world.sql(&tenant, "UPDATE files SET due_at = now(), signed_until = now() - interval '2 minutes'");
    work(&world);
    assert_eq!(keys(&world, &tenant).len(), 0);
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM files"), ["0"]);
    for id in [&small, &large] {
        assert_eq!(complete(&world, &ada, text(&id["file"], "id")).status, 404);
    }
}

#[test]
fn what_was_staged_goes_when_the_url_is_good_no_longer() {
    let world = World::new(&[]);
    let tenant = world.tenant("staged");
    let ada = author(&tenant, "ada");
    let bytes = png(1000, 1);
    let begun = announce(&world, &ada, "a.png", &bytes, json!({})).expect(201).data();
    let request = &begun["upload"]["requests"][0];
    let _ = send(&world, request, &bytes).expect(200);
    let file = complete(&world, &ada, text(&begun["file"], "id")).expect(200).data();
    assert_eq!(keys(&world, &tenant).len(), 1);
    let _ = send(&world, request, &bytes).expect(200);
    assert_eq!(keys(&world, &tenant).len(), 2, "the URL is still good");
    world.sql(&tenant, "UPDATE files SET due_at = now(), signed_until = now() - interval '2 minutes'");
    work(&world);
    assert_eq!(keys(&world, &tenant).len(), 1);
    assert_eq!(world.sql(&tenant, "SELECT due_at IS NULL FROM files"), ["t"]);
    assert_eq!(
        text(&world.get(&ada, &format!("/v1/files/{}", text(&file, "id"))).expect(200).data(), "state"),
        "stored"
    );
}

#[test]
fn only_the_operator_has_it_done() {
    let world = World::new(&[]);
    let tenant = world.tenant("operator");
    for who in [author(&tenant, "ada"), Who::edge("eu"), author(&tenant, "o").user("o", "owner")] {
        let status = world.ask(&who, "POST", "/_aw/work/storage", &[], b"").status;
        assert!(matches!(status, 401 | 403), "{status}");
    }
    assert_eq!(world.get(&Who::operator(""), "/_aw/work/storage").status, 405);
}

#[test]
fn an_upload_in_parts_that_nobody_knows_of_is_ended_when_it_is_old() {
    let world = World::new(&[]);
    let tenant = world.tenant("strays");
    let ada = author(&tenant, "ada");
    let begun = announce(&world, &ada, "b.png", &png(20 << 20, 1), json!({})).expect(201).data();
    // Its beginner died before it could say.
    world.sql(&tenant, "UPDATE files SET upload = NULL");
    world.sql(&tenant, "UPDATE storage SET swept_at = now() - interval '1 day'");
    assert_eq!(work(&world)["aborted"], 0, "it is young");
    let part = &begun["upload"]["requests"][0];
    let _ = send(&world, part, &png(8 << 20, 1)).expect(200);
}
