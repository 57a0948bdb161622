//! Those who work.

use aw_origin_harness::{Who, World};
use serde_json::{Value, json};

use super::{ask, author, book, lease, somebody, text, word};

/// An origin of its own: a worker takes what is due in any tenant.
fn world() -> World {
    World::with_mail(([127, 0, 0, 1], 9).into())
}

/// A stored file of somebody's; its id.
fn file(world: &World, who: &Who) -> String {
    let bytes = b"%PDF-1.7\n%%EOF";
    let new = json!({ "name": "a.pdf", "size": bytes.len(), "mediaType": "application/pdf" });
    let begun = world.json(who, "POST", "/v1/files", &new).expect(201).data();
    let request = &begun["upload"]["requests"][0];
    let _ = world.fetch("PUT", text(request, "url"), &[], bytes).expect(200);
    let id = text(&begun["file"], "id").to_owned();
    let _ = world.ask(who, "POST", &format!("/v1/files/{id}/complete"), &[], b"").expect(200);
    id
}

fn progress(stage: &str, done: u32) -> Value {
    json!({ "worker": "w1", "leaseSeconds": 60, "stage": stage, "done": done, "total": 4 })
}

#[test]
fn a_result_is_handed_in_and_read_by_who_asked() {
    let world = world();
    let tenant = world.tenant("result");
    let id = book(&world, &tenant);
    let editor = somebody(&tenant, "ed", "editor");
    assert!(lease(&world, &tenant, 60).is_null(), "there is nothing to do yet");
    let job = ask(&world, &editor, &id);
    let path = format!("/v1/jobs/{}", text(&job, "id"));
    let leased = lease(&world, &tenant, 60);
    assert_eq!((&leased["id"], &leased["attempts"], &leased["file"]), (&job["id"], &json!(1), &Value::Null));
    assert!(lease(&world, &tenant, 60).is_null(), "it is taken");
    assert_eq!(
        word(&world, &tenant, &leased, "progress", progress("typesetting", 2)).expect(200).data()["state"],
        "running"
    );
    let now = world.get(&editor, &path).expect(200).data();
    assert_eq!(now["progress"], json!({ "stage": "typesetting", "done": 2, "total": 4 }));
    // A file of somebody else's is no result, nor is one that is not there.
    let theirs = file(&world, &author(&tenant, "eve"));
    for wrong in [theirs.as_str(), "019b7700-0000-7000-8000-000000000001"] {
        let answer = word(&world, &tenant, &leased, "complete", json!({ "file": wrong })).expect(422);
        assert_eq!(answer.code(), "JOBS_RESULT_INVALID");
    }
    let result = file(&world, &editor);
    let handed = json!({ "file": result, "notes": ["a picture is left out"] });
    assert_eq!(word(&world, &tenant, &leased, "complete", handed.clone()).expect(200).data()["state"], "done");
    assert_eq!(word(&world, &tenant, &leased, "complete", handed).expect(409).code(), "JOBS_LEASE_LOST");
    let done = world.get(&editor, &path).expect(200).data();
    assert_eq!((text(&done, "state"), text(&done, "file")), ("done", result.as_str()));
    assert_eq!((&done["notes"], &done["error"]), (&json!(["a picture is left out"]), &Value::Null));
    // Whoever asked reads it, without a role for files.
    let reader = somebody(&tenant, "ed", "reader");
    let link = world.get(&reader, &format!("{path}/link")).expect(200).data();
    let read = world.fetch("GET", text(&link, "url"), &[], b"").expect(200);
    assert_eq!(
        (&*read.body, &read.headers["content-type"]),
        (&b"%PDF-1.7\n%%EOF"[..], &"application/pdf".parse().unwrap())
    );
    assert_eq!(world.ask(&editor, "DELETE", &path, &[], b"").expect(409).code(), "JOBS_JOB_ENDED");
    // It is an ordinary file: deleted, the job has none.
    let _ = world.ask(&editor, "DELETE", &format!("/v1/files/{result}"), &[], b"").expect(204);
    assert_eq!(world.get(&editor, &path).expect(200).data()["file"], Value::Null);
    assert_eq!(world.get(&editor, &format!("{path}/link")).expect(409).code(), "JOBS_RESULT_NOT_THERE");
    let told = world.sql(&tenant, "SELECT action FROM audit WHERE action LIKE 'jobs.%' ORDER BY id");
    assert_eq!(told, ["jobs.job.asked", "jobs.job.done"]);
}

#[test]
fn a_worker_that_dies_is_followed_by_another_a_few_times() {
    let world = world();
    let tenant = world.tenant("dies");
    let id = book(&world, &tenant);
    let operator = Who::operator(&tenant);
    let path = format!("/v1/jobs/{}", text(&ask(&world, &operator, &id), "id"));
    let mut file = Value::Null;
    for attempt in 1..=5 {
        let leased = lease(&world, &tenant, 60);
        assert_eq!((&leased["attempts"], &leased["file"]), (&json!(attempt), &file), "what was begun is told");
        file = json!(self::file(&world, &operator));
        let mut at = progress("uploading", 3);
        at["file"] = file.clone();
        let _ = word(&world, &tenant, &leased, "progress", at).expect(200);
        // Nothing is heard of it any more.
        world.sql(&tenant, "UPDATE jobs SET lease_until = now() - interval '1 second'");
        assert_eq!(world.get(&operator, &path).expect(200).data()["state"], "waiting", "nobody is at it");
        assert!(lease(&world, &tenant, 60).is_null(), "not at once");
        let job = world.get(&operator, &path).expect(200).data();
        assert_eq!(text(&job, "error"), "the worker ended before it was done");
        if attempt < 5 {
            assert_eq!((text(&job, "state"), text(&job, "waitingFor")), ("waiting", "retry"));
            let wait = "SELECT round(extract(epoch FROM due_at - lost.at)) FROM jobs, (SELECT updated_at AS at FROM jobs) lost";
            let wait: i64 = world.sql(&tenant, wait)[0].parse().unwrap();
            let expected = 5 << (attempt - 1);
            assert!((expected - 30..=expected).contains(&wait), "{attempt}: {wait}");
            world.sql(&tenant, "UPDATE jobs SET due_at = now()");
        } else {
            assert_eq!((text(&job, "state"), &job["waitingFor"]), ("dead", &Value::Null));
        }
        let late = word(&world, &tenant, &leased, "complete", json!({ "file": file }));
        assert_eq!(late.expect(409).code(), "JOBS_LEASE_LOST", "who comes back late is told so");
    }
    world.sql(&tenant, "UPDATE jobs SET ended_at = now() - interval '31 days'");
    assert!(lease(&world, &tenant, 60).is_null());
    assert_eq!(world.get(&operator, &path).status, 404, "what ended long ago is forgotten");
}

#[test]
fn a_failure_is_tried_again_or_is_the_end() {
    let world = world();
    let tenant = world.tenant("fails");
    let id = book(&world, &tenant);
    let operator = Who::operator(&tenant);
    let path = format!("/v1/jobs/{}", text(&ask(&world, &operator, &id), "id"));
    let leased = lease(&world, &tenant, 60);
    let failed = json!({ "reason": "the object store is away", "retry": true });
    assert_eq!(word(&world, &tenant, &leased, "fail", failed).expect(200).data()["state"], "waiting");
    let job = world.get(&operator, &path).expect(200).data();
    assert_eq!((text(&job, "waitingFor"), text(&job, "error")), ("retry", "the object store is away"));
    assert!(job["dueAt"].is_string());
    world.sql(&tenant, "UPDATE jobs SET due_at = now()");
    let leased = lease(&world, &tenant, 60);
    let failed = json!({ "reason": "the book has no text", "retry": false });
    assert_eq!(word(&world, &tenant, &leased, "fail", failed).expect(200).data()["state"], "dead");
    let job = world.get(&operator, &path).expect(200).data();
    assert_eq!((text(&job, "state"), text(&job, "error")), ("dead", "the book has no text"));
    assert!(job["endedAt"].is_string());
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM audit WHERE action = 'jobs.job.died'"), ["1"]);
}

#[test]
fn each_job_is_leased_once_by_however_many_workers() {
    let world = world();
    let tenant = world.tenant("many");
    let id = book(&world, &tenant);
    let operator = Who::operator(&tenant);
    for _ in 0..8 {
        ask(&world, &operator, &id);
    }
    let mut leased: Vec<String> = std::thread::scope(|scope| {
        let take = || {
            let jobs = std::iter::from_fn(|| Some(lease(&world, "many", 60)).filter(|job| !job.is_null()));
            jobs.map(|job| text(&job, "id").to_owned()).collect::<Vec<_>>()
        };
        let all: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
        all.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    leased.sort();
    leased.dedup();
    assert_eq!(leased.len(), 8);
}
