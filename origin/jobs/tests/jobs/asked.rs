//! Those who ask.

use aw_origin_harness::{Who, World};
use serde_json::{Value, json};

use super::{ask, author, book, lease, somebody, text, word};

#[test]
fn a_job_says_what_it_waits_for_and_whose_it_is() {
    let world = World::with_edges(World::with_mail(([127, 0, 0, 1], 9).into()), &[]);
    let tenant = world.tenant("asked");
    let id = book(&world, &tenant);
    let editor = somebody(&tenant, "ed", "editor");
    let job = ask(&world, &editor, &id);
    assert_eq!((text(&job, "kind"), text(&job, "owner"), &job["input"]["trim"]), ("pdf", "ed", &json!("5x8")));
    assert_eq!(job["subject"], format!("book:{id}"));
    // Nobody has asked for work yet: it is said that this is what is missing.
    assert_eq!((text(&job, "state"), text(&job, "waitingFor")), ("waiting", "worker"));
    let path = format!("/v1/jobs/{}", text(&job, "id"));
    let leased = lease(&world, &tenant, 60);
    let now = world.get(&editor, &path).expect(200).data();
    assert_eq!((text(&now, "state"), &now["waitingFor"], &now["attempts"]), ("running", &Value::Null, &json!(1)));
    let other = ask(&world, &editor, &id);
    assert_eq!(text(&other, "waitingFor"), "turn", "a worker is there");
    // An owner sees everybody's; another author none of them.
    let (owner, ada) = (somebody(&tenant, "o", "owner"), author(&tenant, "ada"));
    assert_eq!(world.get(&owner, "/v1/jobs").expect(200).data().as_array().unwrap().len(), 2);
    assert_eq!(world.get(&ada, "/v1/jobs").expect(200).data(), json!([]));
    for (method, target) in [("GET", path.clone()), ("DELETE", path.clone()), ("GET", format!("{path}/link"))] {
        assert_eq!(world.ask(&ada, method, &target, &[], b"").expect(404).code(), "JOBS_JOB_NOT_FOUND");
    }
    assert_eq!(world.get(&editor, "/v1/jobs?state=running").expect(200).data()[0]["id"], job["id"]);
    assert_eq!(world.get(&editor, "/v1/jobs?state=lost").expect(400).code(), "REQUEST_QUERY_INVALID");
    let first = world.get(&editor, "/v1/jobs?limit=1").expect(200).json();
    assert_eq!(first["data"][0]["id"], other["id"], "newest first");
    let next = first["pagination"]["nextCursor"].as_str().unwrap();
    assert_eq!(world.get(&editor, &format!("/v1/jobs?limit=1&cursor={next}")).expect(200).data()[0]["id"], job["id"]);
    // Canceled: the worker is told, and can do nothing with it any more.
    assert_eq!(world.ask(&editor, "DELETE", &path, &[], b"").expect(200).data()["state"], "canceled");
    assert_eq!(world.ask(&editor, "DELETE", &path, &[], b"").expect(200).data()["state"], "canceled");
    let progress = json!({ "worker": "w1", "leaseSeconds": 60, "stage": "x", "done": 1, "total": 2 });
    assert_eq!(word(&world, &tenant, &leased, "progress", progress).expect(409).code(), "JOBS_LEASE_LOST");
    assert_eq!(world.get(&editor, &format!("{path}/link")).expect(409).code(), "JOBS_RESULT_NOT_THERE");
}

#[test]
fn who_may_not_see_the_book_asks_in_vain_and_a_key_asks_once() {
    let world = World::new(&[]);
    let tenant = world.tenant("once");
    let id = book(&world, &tenant);
    let path = format!("/v1/books/{id}/exports/pdf");
    assert_eq!(
        world.json(&author(&tenant, "x"), "POST", &path, &json!({})).expect(404).code(),
        "CONTENT_BOOK_NOT_FOUND"
    );
    let operator = Who::operator(&tenant);
    assert_eq!(world.json(&operator, "POST", &path, &json!({ "trim": "9x9" })).status, 400);
    assert_eq!(world.json(&operator, "POST", &path, &json!({ "paper": 1 })).status, 400);
    let once = || {
        let fields = [("content-type", "application/json"), ("idempotency-key", "k")];
        world.ask(&operator, "POST", &path, &fields, b"{}").expect(202).data()
    };
    assert_eq!(once()["id"], once()["id"]);
    let stranger = Who::stranger(&tenant, [192, 0, 2, 1].into());
    assert_eq!(world.get(&stranger, "/v1/jobs").expect(401).code(), "AUTH_SESSION_REQUIRED");
}

#[test]
fn no_more_jobs_than_the_quota_wait_or_run() {
    let world = World::new(&[]);
    let tenant = world.tenant("quota");
    let id = book(&world, &tenant);
    let operator = Who::operator("");
    let set = |jobs: Value| world.json(&operator, "PUT", "/v1/tenants/quota/quotas", &jobs).expect(200).data();
    assert_eq!(set(json!({ "jobs": 2 }))["jobs"], 2);
    assert_eq!(set(json!({}))["jobs"], 2, "it stays where it is not named");
    let who = Who::operator(&tenant);
    let ask = || world.ask(&who, "POST", &format!("/v1/books/{id}/exports/pdf"), &[], b"");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..5).map(|_| scope.spawn(|| ask().status)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 202).count(), 2, "{statuses:?}");
    let refused = ask().expect(429);
    assert_eq!(refused.code(), "TENANT_JOBS_EXCEEDED");
    assert!(refused.headers.contains_key("retry-after"));
    // One that is canceled makes room.
    let jobs = world.get(&who, "/v1/jobs").expect(200).data();
    let _ = world.ask(&who, "DELETE", &format!("/v1/jobs/{}", text(&jobs[0], "id")), &[], b"").expect(200);
    assert_eq!(ask().status, 202);
    for job in world.get(&who, "/v1/jobs?state=waiting").expect(200).data().as_array().unwrap() {
        let _ = world.ask(&who, "DELETE", &format!("/v1/jobs/{}", text(job, "id")), &[], b"").expect(200);
    }
}
