//! What reaches the edges, whatever they do.

use std::{collections::BTreeMap, thread::sleep, time::Duration};

use aw_origin_harness::{Edge, Mood, World};

use super::{change, import, publish, record, text, write};

/// Everything that a tenant has published, as edges are to have it.
fn published(world: &World, tenant: &str) -> BTreeMap<String, String> {
    let records = "SELECT key || '|' || version FROM records";
    let objects = format!(
        "SELECT 'o/{tenant}/' || sha256 || CASE WHEN n = 0 THEN '' ELSE '/' || n END || '|0' \
         FROM objects, generate_series(0, parts - 1) AS n"
    );
    let rows = world.sql(tenant, &format!("{records}; {objects}"));
    rows.iter().map(|row| row.split_once('|').unwrap()).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

/// What an edge has, in the same form.
fn kept(edge: &Edge, tenant: &str) -> BTreeMap<String, String> {
    let version = |key: &str, value: &[u8]| {
        if aw_model::key::is_object(key) {
            "0".to_owned()
        } else {
            aw_model::record::split(value).unwrap().0.to_string()
        }
    };
    let ours = |key: &str| aw_model::key::tenant(key).map_or(key == format!("h/{tenant}.localhost"), |t| t == tenant);
    edge.values().iter().filter(|(key, _)| ours(key)).map(|(key, v)| (key.clone(), version(key, v))).collect()
}

/// Pushes until the tenant's outbox is empty.
fn settle(world: &World, tenant: &str) {
    for _ in 0..200 {
        world.push();
        if world.sql(tenant, "SELECT count(*) FROM outbox") == ["0"] {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("{:?}", world.sql(tenant, "SELECT edge, key, attempts, due_at - now() FROM outbox LIMIT 10"));
}

#[test]
fn an_edge_that_was_away_catches_up_and_another_does_not_wait_for_it() {
    let (mut here, mut away) = (World::edge("here"), World::edge("away"));
    here.up();
    let world = World::new(&[&here, &away]);
    let tenant = world.tenant("away");
    let book = import(&world, &tenant, "Away", 3);
    let _ = publish(&world, &tenant, text(&book, "id")).expect(200);
    let (_, failed, waiting) = world.push();
    assert!(failed <= 16 && waiting > 0, "an edge that is gone is not asked for every value: {failed} of {waiting}");
    for _ in 0..50 {
        if kept(&here, &tenant) == published(&world, &tenant) {
            break;
        }
        sleep(Duration::from_millis(100));
    }
    assert_eq!(kept(&here, &tenant), published(&world, &tenant));
    assert!(kept(&away, &tenant).is_empty());
    // Meanwhile the book changes twice: only what is newest has to go.
    for n in 0..2 {
        let _ = write(&world, &tenant, "away", 1, &format!("<p>{n}</p>")).expect(200);
        let _ = publish(&world, &tenant, "away").expect(200);
    }
    away.up();
    settle(&world, &tenant);
    assert_eq!(kept(&away, &tenant), published(&world, &tenant));
    assert_eq!(kept(&here, &tenant), published(&world, &tenant));
    let log = away.log();
    assert_eq!(log.iter().filter(|key| *key == "m/away/away").count(), 1, "{log:?}");
}

#[test]
fn what_a_record_names_is_there_before_it() {
    let mut edge = World::edge("order");
    edge.up();
    let world = World::new(&[&edge]);
    let tenant = world.tenant("order");
    for n in 0..3 {
        let book = import(&world, &tenant, &format!("Order {n}"), 20);
        let _ = publish(&world, &tenant, text(&book, "id")).expect(200);
        settle(&world, &tenant);
    }
    let log = edge.log();
    let at = |key: &str| log.iter().position(|k| k == key).unwrap_or_else(|| panic!("{key}"));
    for n in 0..3 {
        let (_, manifest) = record(&world, &format!("m/order/order-{n}")).unwrap();
        let manifest_at = at(&format!("m/order/order-{n}"));
        for chapter in manifest["chapters"].as_array().unwrap() {
            for kind in ["page", "data"] {
                assert!(at(&format!("o/order/{}", text(&chapter[kind], "sha256"))) < manifest_at);
            }
        }
    }
    let shelf = log.iter().rposition(|k| k == "s/order/newest").unwrap();
    assert!(at("m/order/order-2") < shelf);
}

#[test]
fn edges_that_fail_double_and_dawdle_end_at_the_newest() {
    let moods = [Mood::Ill, Mood::Forgetful, Mood::Slow(Duration::from_millis(30)), Mood::Picky("m/".into())];
    let mut edges: Vec<Edge> = (0..4).map(|n| World::edge(&format!("moody-{n}"))).collect();
    for (edge, mood) in edges.iter_mut().zip(&moods) {
        edge.set(mood.clone());
        edge.up();
    }
    let world = World::new(&edges.iter().collect::<Vec<_>>());
    let tenant = world.tenant("moody");
    let books: Vec<String> =
        (0..3).map(|n| text(&import(&world, &tenant, &format!("M{n}"), 3), "id").to_owned()).collect();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            // Several pushers at once, as replicas are.
            scope.spawn(|| {
                for _ in 0..4 {
                    world.push();
                }
            });
        }
        for (n, id) in books.iter().enumerate() {
            let (world, tenant) = (&world, &tenant);
            scope.spawn(move || {
                let _ = publish(world, tenant, id).expect(200);
                let _ = write(world, tenant, id, 2, &format!("<p>New {n}</p>")).expect(200);
                let _ = publish(world, tenant, id).expect(200);
            });
        }
    });
    for edge in &edges {
        edge.set(Mood::Well);
    }
    // What failed waits for its time; the test does not.
    for _ in 0..100 {
        world.sql(&tenant, "UPDATE outbox SET due_at = now() WHERE attempts > 0; UPDATE edges SET due_at = now()");
        world.push();
        if world.sql(&tenant, "SELECT count(*) FROM outbox") == ["0"] {
            break;
        }
        sleep(Duration::from_millis(50));
    }
    for edge in &edges {
        assert_eq!(kept(edge, &tenant), published(&world, &tenant), "{}", edge.name());
    }
}

#[test]
fn one_value_that_an_edge_does_not_take_holds_back_nothing_else_for_long() {
    let mut edge = World::edge("picky");
    edge.set(Mood::Picky("m/".into()));
    edge.up();
    let world = World::new(&[&edge]);
    let tenant = world.tenant("picky");
    let book = import(&world, &tenant, "Picky", 1);
    let _ = publish(&world, &tenant, text(&book, "id")).expect(200);
    for _ in 0..8 {
        world.push();
        world.sql(&tenant, "UPDATE outbox SET due_at = now()");
    }
    let left = world.sql(&tenant, "SELECT key FROM outbox");
    assert_eq!(left, ["m/picky/picky"], "its shelf waited for it, and then no longer");
    let waits = world.sql(&tenant, "SELECT attempts >= 6 FROM outbox");
    assert_eq!(waits, ["t"]);
}

#[test]
fn what_is_replaced_on_its_way_is_not_lost() {
    let mut edge = World::edge("slow");
    edge.up();
    let world = World::new(&[&edge]);
    let tenant = world.tenant("slow");
    let book = import(&world, &tenant, "Slow", 1);
    let _ = publish(&world, &tenant, text(&book, "id")).expect(200);
    settle(&world, &tenant);
    edge.set(Mood::Slow(Duration::from_millis(400)));
    std::thread::scope(|scope| {
        let rename = |title: &str| {
            let body = serde_json::json!({ "title": title });
            let _ = change(&world, &tenant, ("PATCH", "/v1/books/slow"), "*", &body).expect(200);
            let _ = publish(&world, &tenant, "slow").expect(200);
        };
        rename("First");
        scope.spawn(|| world.push());
        sleep(Duration::from_millis(150));
        rename("Second");
        sleep(Duration::from_millis(150));
        rename("Third");
    });
    edge.set(Mood::Well);
    settle(&world, &tenant);
    assert_eq!(edge.record("m/slow/slow").unwrap()["book"]["title"], "Third");
    assert_eq!(kept(&edge, &tenant), published(&world, &tenant));
}

#[test]
fn a_new_edge_gets_everything_and_a_former_one_is_forgotten() {
    let mut old = World::edge("old");
    old.up();
    let world = World::new(&[&old]);
    let tenant = world.tenant("backfill");
    for n in 0..2 {
        let book = import(&world, &tenant, &format!("Back {n}"), 2);
        let _ = publish(&world, &tenant, text(&book, "id")).expect(200);
    }
    settle(&world, &tenant);
    let all = published(&world, &tenant);
    assert_eq!(kept(&old, &tenant), all);
    let mut new = World::edge("new");
    new.up();
    let world = world.with_edges(&[&new]);
    settle(&world, &tenant);
    assert_eq!(kept(&new, &tenant), all);
    assert_eq!(world.sql(&tenant, "SELECT name FROM edges"), ["new"]);
    assert!(new.log().iter().all(|key| aw_model::key::is_valid(key)));
}
