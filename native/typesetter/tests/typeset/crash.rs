//! Workers that die, books that cannot be had, jobs that nobody wants any more.

use serde_json::{Value, json};

use super::{Press, text};

#[test]
fn a_job_outlives_its_worker() {
    let press = Press::new("outlives");
    let book = press.import("pride-and-prejudice.epub");
    let id = press.ask(&press.operator(), &book, &json!({}));
    let mut first = press.worker("first", 3);
    press.wait(&id, |job| job["progress"]["stage"] == "typesetting");
    first.0.kill().unwrap();
    drop(first);
    // Nobody says anything any more: it waits again, by itself.
    press.wait(&id, |job| job["state"] == "waiting");
    let _second = press.worker("second", 30);
    let job = press.end(&id);
    assert_eq!((text(&job, "state"), &job["attempts"], &job["error"]), ("done", &json!(2), &Value::Null), "{job}");
    let files = press.world.get(&press.operator(), "/v1/files").expect(200).data();
    assert_eq!(files.as_array().unwrap().len(), 1, "nothing is left of the first attempt: {files}");
}

#[test]
fn what_is_canceled_is_not_made() {
    let press = Press::new("canceled");
    let book = press.import("pride-and-prejudice.epub");
    let id = press.ask(&press.operator(), &book, &json!({}));
    let _worker = press.worker("w1", 3);
    press.wait(&id, |job| job["progress"]["stage"] == "typesetting");
    let _ = press.world.ask(&press.operator(), "DELETE", &format!("/v1/jobs/{id}"), &[], b"").expect(200);
    // The worker is free for the next, and left no file of the first.
    let next = press.import("legend-land.zip");
    let next = press.ask(&press.operator(), &next, &json!({}));
    assert_eq!(text(&press.end(&next), "state"), "done");
    assert_eq!(text(&press.job(&id), "state"), "canceled");
    let files = press.world.get(&press.operator(), "/v1/files").expect(200).data();
    assert_eq!(files.as_array().unwrap().len(), 1, "{files}");
}

#[test]
fn what_can_not_be_made_says_why() {
    let press = Press::new("dead");
    let operator = press.operator();
    let chapter = |title: &str, html: &str| {
        let made = press.world.json(&operator, "POST", "/v1/books", &json!({ "title": title })).expect(201).data();
        let id = text(&made["book"], "id").to_owned();
        let chapter = json!({ "title": "One", "html": html });
        let _ = press.world.json(&operator, "POST", &format!("/v1/books/{id}/chapters"), &chapter).expect(201);
        id
    };
    // Letters that are in no font of any machine.
    let lost = chapter("Lost", &format!("<p>{}</p>", "\u{13460}".repeat(2000)));
    let gone = chapter("Gone", "<p>Here today.</p>");
    let (lost, job) = (press.ask(&operator, &lost, &json!({})), press.ask(&operator, &gone, &json!({})));
    let _ = press.world.ask(&operator, "DELETE", &format!("/v1/books/{gone}"), &[("if-match", "*")], b"").expect(204);
    let small = chapter("Small", "<p>A.</p>");
    let full = press.ask(&operator, &small, &json!({}));
    let _ = press
        .world
        .json(&aw_origin_harness::Who::operator(""), "PUT", "/v1/tenants/dead/quotas", &json!({ "storedBytes": 10 }))
        .expect(200);
    let _worker = press.worker("w1", 30);
    for (id, why) in [(lost, "in no font"), (job, "there is no such book"), (full, "left of the quota")] {
        let job = press.end(&id);
        assert_eq!((text(&job, "state"), &job["file"]), ("dead", &Value::Null), "{job}");
        assert!(text(&job, "error").contains(why), "{why}: {job}");
        assert_eq!(job["attempts"], 1);
    }
}
