//! The feed.

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use aw_origin_harness::Who;

use super::{feed, happen, keeper, own_world, place, work, world};

#[test]
fn every_line_of_the_audit_is_an_event_in_order() {
    let world = world();
    let tenant = world.tenant("feed");
    for slug in ["gold", "silver", "gold"] {
        happen(&world, &tenant, slug);
    }
    let events = feed(&world, &tenant, None);
    let audit = world.sql(&tenant, "SELECT id FROM audit ORDER BY at, id");
    let ids: HashSet<&str> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids, audit.iter().map(String::as_str).collect());
    let puts: Vec<_> = events.iter().filter(|event| event["name"] == "subscription.tier.put").collect();
    assert_eq!(
        puts.iter().map(|event| event["subject"].as_str().unwrap()).collect::<Vec<_>>(),
        ["gold", "silver", "gold"]
    );
    assert!(events.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])));
    // What comes later is behind the last cursor, and nothing else is.
    let last = events.last().unwrap()["cursor"].as_str().unwrap();
    assert!(feed(&world, &tenant, Some(last)).is_empty());
    happen(&world, &tenant, "bronze");
    assert_eq!(feed(&world, &tenant, Some(last))[0]["subject"], "bronze");
}

#[test]
fn it_is_the_keepers() {
    let world = world();
    let tenant = world.tenant("keepers");
    let who = Who::stranger(&tenant, IpAddr::from([192, 0, 2, 1]));
    for target in ["/v1/events", "/v1/webhook-endpoints", "/v1/webhook-endpoints/x"] {
        assert_eq!(world.get(&who, target).status, 401, "{target}");
        let author = who.clone().user("018f0000-0000-7000-8000-000000000001", "author,editor");
        assert_eq!(world.get(&author, target).status, 403, "{target}");
    }
    assert_eq!(world.get(&Who::operator(&tenant), "/v1/events").status, 200);
    for wrong in ["after=x", "after=-1", "after=99999999", "limit=0", "after=9999999999999999999999"] {
        let answer = world.get(&keeper(&tenant), &format!("/v1/events?{wrong}"));
        assert_eq!((answer.status, answer.code().as_str()), (400, "REQUEST_QUERY_INVALID"), "{wrong}");
    }
    let work = world.ask(&keeper(&tenant), "POST", "/_aw/work/events", &[], b"");
    assert_eq!((work.status, work.code().as_str()), (403, "AUTH_OPERATOR_REQUIRED"));
}

#[test]
fn what_commits_late_is_never_missed() {
    const WRITERS: usize = 4;
    const EACH: usize = 60;
    let world = world();
    let tenant = world.tenant("late");
    let done = AtomicBool::new(false);
    let seen = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (world, tenant) = (&world, &tenant);
                scope.spawn(move || {
                    // Each takes its place among the rows at once, and commits when it pleases.
                    let one = |n: usize| {
                        format!(
                            "BEGIN; INSERT INTO events (id, name, subject, actor, data) VALUES \
                             (gen_random_uuid(), 'a.b.c', '{writer}-{n}', 'x', '{{}}'); \
                             SELECT pg_sleep(random() * 0.02); COMMIT;"
                        )
                    };
                    let script: String = (0..EACH).map(one).collect();
                    world.sql(tenant, &script);
                })
            })
            .collect();
        let reader = scope.spawn(|| {
            let (mut seen, mut cursor) = (Vec::new(), None::<String>);
            loop {
                // Looked at before the last reading.
                let last = done.load(Ordering::SeqCst);
                let new = feed(&world, &tenant, cursor.as_deref());
                cursor = new.last().map(|event| event["cursor"].as_str().unwrap().to_owned()).or(cursor);
                seen.extend(new);
                if last {
                    return seen;
                }
            }
        });
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::SeqCst);
        reader.join().unwrap()
    });
    assert!(seen.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])), "strictly upwards");
    let mine: Vec<&str> =
        seen.iter().filter(|e| e["name"] == "a.b.c").map(|event| event["subject"].as_str().unwrap()).collect();
    assert_eq!((mine.len(), mine.iter().collect::<HashSet<_>>().len()), (WRITERS * EACH, WRITERS * EACH));
    // One writer's are in the order in which it committed them.
    for writer in 0..WRITERS {
        let own: Vec<usize> = mine.iter().filter_map(|s| s.strip_prefix(&format!("{writer}-"))?.parse().ok()).collect();
        assert_eq!(own, (0..EACH).collect::<Vec<_>>());
    }
}

#[test]
fn what_is_old_is_forgotten_and_a_reader_who_missed_it_is_told() {
    let world = own_world();
    let tenant = world.tenant("old");
    for slug in ["gold", "silver", "bronze"] {
        happen(&world, &tenant, slug);
    }
    let events = feed(&world, &tenant, None);
    let (first, last) = (&events[0], events.last().unwrap());
    let age = "UPDATE events SET at = now() - interval '31 days' WHERE position < (SELECT max(position) FROM events)";
    world.sql(&tenant, age);
    assert_eq!(work(&world)["forgotten"], events.len() - 1);
    assert_eq!(feed(&world, &tenant, None), std::slice::from_ref(last));
    let gone = world.get(&keeper(&tenant), &format!("/v1/events?after={}", first["cursor"].as_str().unwrap()));
    assert_eq!((gone.status, gone.code().as_str()), (410, "EVENT_CURSOR_GONE"));
    let after = gone.json()["error"]["details"]["after"].as_str().unwrap().to_owned();
    assert_eq!(feed(&world, &tenant, Some(&after)), std::slice::from_ref(last));
    assert_eq!(world.sql(&tenant, "SELECT count(*) >= 2 FROM audit"), ["t"], "the audit keeps all");
}
