//! Following.

use aw_origin_harness::World;
use serde_json::{Value, json};

use super::{me, patch, register, text, verified};

#[test]
fn authors_are_followed_listed_and_left() {
    let world = World::new(&[]);
    let tenant = world.tenant("follows");
    let reader = verified(&world, &tenant, "reader@example.org");
    let handles = ["ada", "bob", "eve"];
    let authors = handles.map(|handle| {
        let tokens = register(&world, &tenant, &format!("{handle}@example.org"));
        let body = json!({ "handle": handle, "displayName": handle });
        let _ = patch(&world, &me(&tenant, &tokens), "/v1/account/profile", &body).expect(200);
        tokens
    });
    let who = me(&tenant, &reader);
    let ask =
        |method: &str, handle: &str| world.ask(&who, method, &format!("/v1/account/following/{handle}"), &[], b"");
    for handle in handles {
        let _ = ask("PUT", handle).expect(204);
        let _ = ask("PUT", handle).expect(204);
    }
    assert_eq!(ask("PUT", "nobody").expect(404).code(), "USER_PROFILE_NOT_FOUND");
    let names = |target: &str, who: &Value| -> Vec<String> {
        let page = world.get(&me(&tenant, who), target).expect(200).data();
        page.as_array().unwrap().iter().map(|f| text(f, "displayName").to_owned()).collect()
    };
    assert_eq!(names("/v1/account/following", &reader), ["eve", "bob", "ada"]);
    assert_eq!(names("/v1/account/followers", &authors[0]), ["Ada"], "the reader's name");
    // Pages.
    let page = world.get(&who, "/v1/account/following?limit=2").expect(200).json();
    let cursor = text(&page["pagination"], "nextCursor").to_owned();
    assert_eq!(names(&format!("/v1/account/following?limit=2&cursor={cursor}"), &reader), ["ada"]);
    let profile = world.get(&who, "/v1/profiles/ada").expect(200).data();
    assert_eq!((&profile["followers"], &profile["following"]), (&json!(1), &json!(true)));
    let other = world.get(&me(&tenant, &authors[1]), "/v1/profiles/ada").expect(200).data();
    assert_eq!(other["following"], false);
    for handle in ["bob", "bob", "nobody"] {
        let _ = ask("DELETE", handle).expect(204);
    }
    assert_eq!(names("/v1/account/following", &reader), ["eve", "ada"]);
    world.sql(&tenant, "UPDATE users SET suspended_at = now() WHERE email = 'eve@example.org'");
    assert_eq!(names("/v1/account/following", &reader), ["ada"]);
    let audit = world.sql(&tenant, "SELECT count(*) FROM audit WHERE action LIKE 'user.author.%'");
    assert_eq!(audit, ["4"], "what changed nothing is not written down");
}

#[test]
fn who_may_not_follow_is_told_why() {
    let world = World::new(&[]);
    let tenant = world.tenant("follownot");
    let ada = register(&world, &tenant, "ada@example.org");
    let _ = patch(&world, &me(&tenant, &ada), "/v1/account/profile", &json!({ "handle": "ada" })).expect(200);
    let reader = register(&world, &tenant, "reader@example.org");
    let follow = |who: &Value| world.ask(&me(&tenant, who), "PUT", "/v1/account/following/ada", &[], b"");
    assert_eq!(follow(&reader).expect(403).code(), "AUTH_EMAIL_UNVERIFIED");
    world.sql(&tenant, "UPDATE users SET email_verified_at = now()");
    assert_eq!(follow(&ada).expect(409).code(), "USER_FOLLOWS_SELF");
    let id = text(&reader["user"], "id");
    world.sql(
        &tenant,
        &format!(
            "WITH made AS (INSERT INTO users (id, email, display_name, password_hash) \
                 SELECT gen_random_uuid(), 'u' || n || '@example.org', 'U', '$argon2id$x' FROM generate_series(1, 2000) n \
                 RETURNING id) \
             INSERT INTO follows (id, follower, author) SELECT gen_random_uuid(), '{id}', id FROM made"
        ),
    );
    assert_eq!(follow(&reader).expect(409).code(), "USER_FOLLOWS_TOO_MANY");
}
