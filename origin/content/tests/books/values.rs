//! What edges fill a miss with.

use aw_origin_data::objects::sha256;
use aw_origin_harness::{Who, World};

use super::{epub, import, publish, record, text};

#[test]
fn every_value_is_there_with_its_hash() {
    let world = World::new(&[]);
    let tenant = world.tenant("values");
    // A cover of two and a half parts.
    let target = "/v1/imports?kind=epub&name=big.epub";
    let _ = world.ask(&Who::operator(&tenant), "POST", target, &[], &epub::book("Big", 2_250_000)).expect(201);
    let _ = publish(&world, &tenant, "big").expect(200);
    let edge = Who::edge("eu");
    let get = |key: &str| world.get(&edge, &format!("/_aw/values?key={key}"));
    let (_, manifest) = record(&world, "m/values/big").unwrap();
    let cover = &manifest["assets"][text(&manifest["book"], "cover")]["object"];
    let sha = text(cover, "sha256");
    let parts: Vec<_> = (0..3).map(|n| get(&aw_model::key::object(&tenant, sha, n)).expect(200)).collect();
    assert_eq!(parts.iter().map(|p| p.body.len()).collect::<Vec<_>>(), [900_000, 900_000, 450_000]);
    assert!(parts.iter().all(|p| p.etag() == format!("\"{}\"", sha256(&p.body))));
    assert_eq!(sha256(&parts.into_iter().flat_map(|p| p.body).collect::<Vec<_>>()), sha);
    let record = get("m/values/big").expect(200);
    assert_eq!(record.headers["content-type"], "application/octet-stream");
    assert_eq!(record.etag(), format!("\"{}\"", sha256(&record.body)));
    let version = record.headers["x-aw-version"].to_str().unwrap();
    assert!(record.body.starts_with(format!("{version}\n").as_bytes()));
    for key in ["s/values/newest", "l/values/newest/0", "h/values.localhost", "s/values/tag/sea"] {
        let _ = get(key).expect(200);
    }
    for nothing in [
        &aw_model::key::object(&tenant, sha, 3),
        &format!("o/values/{}", "0".repeat(64)),
        "m/values/none",
        "m/none/big",
        "h/nowhere.localhost",
        "o/values/short",
    ] {
        assert_eq!(get(nothing).expect(404).code(), "VALUE_NOT_FOUND", "{nothing}");
    }
    for wrong in ["", "x/values/big", "m/values/../big", "m/Values/big", &format!("m/values/{}", "x".repeat(250))] {
        assert_eq!(get(wrong).expect(400).code(), "VALUE_KEY_INVALID", "{wrong}");
    }
}

#[test]
fn only_edges_for_themselves_and_the_operator_read_values() {
    let world = World::new(&[]);
    let tenant = world.tenant("forwarded");
    import(&world, &tenant, "Paid", 1);
    let _ = publish(&world, &tenant, "paid").expect(200);
    let target = "/_aw/values?key=m/forwarded/paid";
    assert_eq!(world.get(&Who::operator(&tenant), target).status, 200);
    let browser = Who::stranger(&tenant, [192, 0, 2, 1].into());
    assert_eq!(world.get(&browser, target).expect(403).code(), "VALUE_FORBIDDEN");
    let push = world.ask(&browser.user("x", "owner"), "POST", "/_aw/push", &[], b"");
    assert_eq!(push.expect(403).code(), "AUTH_OPERATOR_REQUIRED");
}
