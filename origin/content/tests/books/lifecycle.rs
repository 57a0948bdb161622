//! States, schedules and the work that is due.

use std::{thread::sleep, time::Duration};

use aw_origin_harness::{Who, World};
use aw_platform::rfc3339;
use serde_json::{Value, json};

use super::{change, import, publish, record, text, write};

const DAY: u64 = 24 * 3600 * 1000;

fn now() -> u64 {
    std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as u64
}

fn draft(world: &World, tenant: &str, book: &str) -> Value {
    world.get(&Who::operator(tenant), &format!("/v1/drafts/{book}")).expect(200).data()["book"].clone()
}

/// Does what is due until some of it was.
fn work(world: &World) -> Value {
    for _ in 0..50 {
        let done = world.ask(&Who::operator(""), "POST", "/_aw/work/content", &[], b"").expect(200).data();
        if done["done"].as_u64() > Some(0) || done["failed"].as_u64() > Some(0) {
            return done;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("nothing was due");
}

#[test]
fn states_follow_the_table_and_do_what_they_say() {
    let world = World::new(&[]);
    let tenant = world.tenant("states");
    import(&world, &tenant, "States", 2);
    let go = |state: &str, etag: &str| {
        change(&world, &tenant, ("POST", "/v1/books/states/state"), etag, &json!({ "state": state }))
    };
    assert_eq!(draft(&world, &tenant, "states")["state"], "draft");
    let refused = go("archived", "*").expect(409);
    assert_eq!(refused.code(), "CONTENT_STATE_TRANSITION");
    let details = refused.json()["error"]["details"].clone();
    assert_eq!(details, json!({ "from": "draft", "allowed": ["writing", "editing", "review", "published"] }));
    let writing = go("writing", "*").expect(200);
    assert_eq!(go("editing", "\"1\"").status, 412);
    let _ = go("editing", &writing.etag()).expect(200);
    assert_eq!(go("sold", "*").status, 400);
    let published = go("published", "*").expect(200).data();
    assert_eq!((&published["book"]["state"], record(&world, "m/states/states").is_some()), (&json!("published"), true));

    // The archive: on no shelf, and there.
    let _ = go("archived", "*").expect(200);
    assert_eq!(record(&world, "s/states/newest").unwrap().1["count"], 0);
    assert!(
        record(&world, "m/states/states").is_some()
            && record(&world, "l/states/newest/0").unwrap().1 == json!({ "books": [] })
    );
    let _ = go("published", "*").expect(200);
    assert_eq!(record(&world, "s/states/newest").unwrap().1["count"], 1);
    let _ = go("archived", "*").expect(200);
    let _ = go("writing", "*").expect(200);
    assert_eq!(record(&world, "m/states/states"), None);
    assert_eq!(draft(&world, &tenant, "states")["publishedSlug"], Value::Null);
    let unpublished = publish(&world, &tenant, "states").expect(200);
    assert_eq!(unpublished.data()["slug"], "states");
}

#[test]
fn a_book_is_published_when_its_time_has_come() {
    // Alone: the work is over all tenants.
    let edge = World::edge("eu");
    let world = World::new(&[&edge]);
    let tenant = world.tenant("timed");
    let _ = world.json(&Who::operator(&tenant), "POST", "/v1/books", &json!({ "title": "Timed" })).expect(201);
    let set = |body: Value| change(&world, &tenant, ("PUT", "/v1/books/timed/schedule"), "*", &body);
    for bad in ["tomorrow", "2026-02-31T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00"] {
        let refused = set(json!({ "publishAt": bad })).expect(422);
        assert_eq!(refused.code(), "CONTENT_SCHEDULE_INVALID", "{bad}");
    }
    let at = rfc3339(now() + 1_000);
    let scheduled = set(json!({ "publishAt": at })).expect(200).data();
    assert_eq!(scheduled["publishAt"], json!(at));
    let early = world.ask(&Who::operator(""), "POST", "/_aw/work/content", &[], b"").expect(200).data();
    assert_eq!(early, json!({ "done": 0, "failed": 0, "waiting": 0 }));
    // It has no chapter: it fails, says why, and is not tried all the time.
    assert_eq!(work(&world), json!({ "done": 0, "failed": 1, "waiting": 0 }));
    let problem = draft(&world, &tenant, "timed")["problem"].clone();
    assert!(problem.as_str().unwrap().contains("no chapter"), "{problem}");
    let _ = write(&world, &tenant, "timed", 1, "<p>x</p>").expect(201);
    world.sql(&tenant, "UPDATE books SET due_at = now()");
    assert_eq!(work(&world), json!({ "done": 1, "failed": 0, "waiting": 0 }));
    let book = draft(&world, &tenant, "timed");
    assert_eq!(
        (&book["state"], &book["publishAt"], &book["problem"]),
        (&json!("published"), &Value::Null, &Value::Null)
    );
    assert!(record(&world, "m/timed/timed").is_some());
    let reader = Who::stranger(&tenant, [192, 0, 2, 1].into()).user("x", "owner");
    assert_eq!(world.ask(&reader, "POST", "/_aw/work/content", &[], b"").status, 403);
}

#[test]
fn a_serial_opens_chapter_by_chapter_and_earlier_for_who_pays() {
    let edge = World::edge("eu");
    let world = World::new(&[&edge]);
    let tenant = world.tenant("serial");
    import(&world, &tenant, "Serial", 4);
    let start = now() + DAY - 60_000;
    let serial = json!({ "startsAt": rfc3339(start), "days": 7, "first": 2,
        "ahead": [{ "access": "tier:gold", "days": 14 }, { "access": "members", "days": 1 }] });
    let set = |body: Value| change(&world, &tenant, ("PUT", "/v1/books/serial/schedule"), "*", &body);
    for bad in [
        json!({ "startsAt": rfc3339(start), "days": 0 }),
        json!({ "startsAt": rfc3339(start), "days": 7, "ahead": [{ "access": "free", "days": 3 }] }),
        json!({ "startsAt": rfc3339(start), "days": 7, "ahead": [{ "access": "members", "days": 3 }, { "access": "tier:gold", "days": 1 }] }),
    ] {
        assert_eq!(set(json!({ "serial": bad })).status, 422, "{bad}");
    }
    let shown = set(json!({ "serial": serial })).expect(200).data();
    let first = |n: usize| shown["chapters"][n]["openings"][0]["from"].as_u64();
    assert_eq!((first(0), first(1), first(2)), (None, Some(start - 14 * DAY), Some(start - 7 * DAY)));
    let openings =
        change(&world, &tenant, ("PUT", "/v1/books/serial/chapters/3/openings"), "*", &json!({ "openings": [] }));
    assert_eq!(openings.expect(409).code(), "CONTENT_SCHEDULE_SERIAL");

    // What opens within a day goes out: the third is closed to all but gold for now, the fourth opens today for gold.
    let _ = publish(&world, &tenant, "serial").expect(200);
    let (_, manifest) = record(&world, "m/serial/serial").unwrap();
    let manifest: aw_model::Manifest = serde_json::from_value(manifest).unwrap();
    assert_eq!(manifest.chapters.len(), 4, "the fourth opens for gold within a day");
    assert_eq!(manifest.chapters[1].access.to_string(), "tier:gold", "the narrowest, for an edge of before");
    let reads = |n: usize, at: u64, ent: &str| {
        let chapter = &manifest.chapters[n];
        let (ent, roles) = ([ent.to_owned()], ["reader".to_owned()]);
        aw_model::access::allows_at(&chapter.access, &chapter.openings, at, Some((&ent, &roles)), "b")
    };
    assert!(reads(1, now(), "tier:gold") && !reads(1, start - 2 * DAY, "x") && reads(1, start - DAY, "x"));
    assert!(!reads(3, now(), "tier:gold") && reads(3, start, "tier:gold") && !reads(3, start, "x"));

    // A chapter that is written later gets its place in the rhythm, and goes out a day before it opens.
    let _ = world
        .json(
            &Who::operator(&tenant),
            "POST",
            "/v1/books/serial/chapters",
            &json!({ "title": "Five", "html": "<p>5</p>" }),
        )
        .expect(201);
    let five = world.get(&Who::operator(&tenant), "/v1/drafts/serial/chapters/5").expect(200).data();
    assert_eq!(five["openings"][0]["from"].as_u64(), Some(start + 7 * DAY));
    let _ = publish(&world, &tenant, "serial").expect(200);
    let count = || record(&world, "m/serial/serial").unwrap().1["chapters"].as_array().unwrap().len();
    assert_eq!(count(), 4);
    world.sql(&tenant, "UPDATE serials SET starts_at = starts_at - interval '7 days'");
    let again = world.json(
        &Who::operator(&tenant),
        "PATCH",
        "/v1/books/serial/chapters",
        &json!({ "access": "members", "from": 5 }),
    );
    assert_eq!(again.expect(200).data()["changed"], 1);
    assert_eq!(work(&world)["done"], 1);
    assert_eq!(count(), 5);

    // The end of the serial: everything is open.
    let over = set(json!({})).expect(200).data();
    assert!(over["chapters"].as_array().unwrap().iter().all(|c| c["openings"] == json!([])), "{over}");
}

#[test]
fn one_chapter_has_openings_of_its_own() {
    let world = World::new(&[]);
    let tenant = world.tenant("openings");
    import(&world, &tenant, "Openings", 2);
    let set = |openings: Value| {
        let target = ("PUT", "/v1/books/openings/chapters/2/openings");
        change(&world, &tenant, target, "*", &json!({ "openings": openings }))
    };
    let opening = |from: u64, access: &str| json!({ "from": from, "access": access });
    for bad in [
        json!([opening(1, "free"), opening(2, "members")]),
        json!([opening(1, "free"), opening(2, "free")]),
        json!([opening(u64::MAX, "free")]),
    ] {
        assert_eq!(set(bad.clone()).status, 422, "{bad}");
    }
    let later = now() + 10 * DAY;
    let done = set(json!([opening(later, "free"), opening(later - DAY, "tier:gold")])).expect(200).data();
    assert_eq!(done["openings"], json!([opening(later - DAY, "tier:gold"), opening(later, "free")]));
    let _ = publish(&world, &tenant, "openings").expect(200);
    assert_eq!(record(&world, "m/openings/openings").unwrap().1["chapters"].as_array().unwrap().len(), 1);
    let due = "SELECT (extract(epoch FROM due_at) * 1000)::bigint FROM books";
    assert_eq!(world.sql(&tenant, due), [(later - 2 * DAY).to_string()]);
    let _ = text(&done, "id");
}
