//! Programs that are told.

use std::{thread, time::SystemTime};

use aw_trust::webhook;
use serde_json::json;

use super::{create, endpoint, feed, happen, keeper, own_world as world, program::Program, work};

fn now_s() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

#[test]
fn what_happens_is_told_signed_and_in_order() {
    let world = world();
    let tenant = world.tenant("told");
    happen(&world, &tenant, "before");
    let program = Program::new();
    let made = create(&world, &tenant, &program.url, &["subscription.tier.*"]).expect(201).data();
    let slugs: Vec<String> = (0..60).map(|n| format!("t{}", n % 40)).collect();
    for slug in &slugs {
        happen(&world, &tenant, slug);
    }
    // Several at once are as one.
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| work(&world));
        }
    });
    let told = program.told();
    let subjects: Vec<_> = told.iter().map(|told| told.event()["subject"].as_str().unwrap().to_owned()).collect();
    assert_eq!(subjects, slugs);
    let secret = made["secret"].as_str().unwrap();
    for told in &told {
        assert_eq!(told.path(), "/hook");
        assert_eq!(webhook::verify(told.signature(), told.body(), &[secret], now_s()), Ok(()));
        assert!(webhook::verify(told.signature(), told.body(), &["whsec_other"], now_s()).is_err());
    }
    // What is told is what the feed has.
    let events = feed(&world, &tenant, None);
    let mut event = told[7].event();
    assert_eq!(event["tenant"].take(), json!(tenant));
    event.as_object_mut().unwrap().remove("tenant");
    assert!(events.contains(&event));
    let seen = endpoint(&world, &tenant, made["id"].as_str().unwrap());
    assert_eq!((&seen["cursor"], &seen["failures"]), (&events.last().unwrap()["cursor"], &json!(0)));
    assert!(seen["deliveredAt"].is_string());
    assert_eq!(work(&world)["delivered"], 0);
    assert!(program.told().is_empty(), "once");
}

#[test]
fn what_is_refused_is_told_again_before_what_comes_after_it() {
    let world = world();
    let tenant = world.tenant("again");
    let program = Program::new();
    let made = create(&world, &tenant, &program.url, &["subscription.*"]).expect(201).data();
    let id = made["id"].as_str().unwrap();
    happen(&world, &tenant, "one");
    happen(&world, &tenant, "two");
    // A redirect leads nowhere.
    for status in [500, 302] {
        program.answers(status);
        assert_eq!(work(&world)["refused"], 1);
        let told = program.told();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].path(), told[0].event()["subject"].as_str()), ("/hook", Some("one")));
        assert_eq!(work(&world)["refused"], 0, "it waits");
        world.sql(&tenant, "UPDATE webhook_endpoints SET due_at = now()");
    }
    let seen = endpoint(&world, &tenant, id);
    assert_eq!((&seen["failures"], &seen["error"]), (&json!(2), &json!("it answers 302")));
    program.answers(200);
    assert_eq!(work(&world)["delivered"], 2);
    assert_eq!(program.subjects(), ["one", "two"]);
    let seen = endpoint(&world, &tenant, id);
    assert!(seen["failures"] == 0 && seen["error"].is_null() && seen["failingSince"].is_null(), "{seen}");
}

#[test]
fn who_dies_while_telling_is_followed_by_another() {
    let world = world();
    let tenant = world.tenant("dies");
    let program = Program::new();
    let _ = create(&world, &tenant, &program.url, &["subscription.*"]).expect(201);
    happen(&world, &tenant, "one");
    // As one leaves it that was killed between the answer and its keeping.
    world.sql(&tenant, "UPDATE webhook_endpoints SET lease = 'dead', due_at = now() + interval '60 seconds'");
    assert_eq!(work(&world)["delivered"], 0, "it may live still");
    world.sql(&tenant, "UPDATE webhook_endpoints SET due_at = now()");
    assert_eq!(work(&world)["delivered"], 1);
    assert_eq!(program.subjects(), ["one"]);
}

#[test]
fn one_that_takes_nothing_for_days_is_told_no_more() {
    let world = world();
    let tenant = world.tenant("dead");
    let program = Program::new();
    program.answers(503);
    let made = create(&world, &tenant, &program.url, &["subscription.*"]).expect(201).data();
    let id = made["id"].as_str().unwrap();
    happen(&world, &tenant, "one");
    work(&world);
    assert_eq!(endpoint(&world, &tenant, id)["enabled"], true);
    world.sql(&tenant, "UPDATE webhook_endpoints SET due_at = now(), failing_since = now() - interval '73 hours'");
    assert_eq!(work(&world)["disabled"], 1);
    assert_eq!(endpoint(&world, &tenant, id)["enabled"], false);
    let audit = format!("SELECT actor, details FROM audit WHERE action = 'user.webhook.disabled' AND subject = '{id}'");
    let audit = world.sql(&tenant, &audit);
    assert!(audit.len() == 1 && audit[0].starts_with("operator|") && audit[0].contains("it answers 503"), "{audit:?}");
    program.told();
    program.answers(200);
    happen(&world, &tenant, "two");
    work(&world);
    assert!(program.told().is_empty());
    // Enabled again it hears of what happens from then on.
    let fields = [("content-type", "application/json"), ("if-match", "*")];
    let target = format!("/v1/webhook-endpoints/{id}");
    let _ = world.ask(&keeper(&tenant), "PATCH", &target, &fields, br#"{"enabled":true}"#).expect(200);
    happen(&world, &tenant, "three");
    work(&world);
    assert_eq!(program.subjects(), ["three"]);
    // One that says that it is gone is believed.
    program.answers(410);
    happen(&world, &tenant, "four");
    assert_eq!(work(&world)["disabled"], 1);
}
