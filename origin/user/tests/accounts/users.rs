//! Accounts as their keepers see and change them.

use aw_origin_harness::{Who, World};
use serde_json::json;

use super::{PASSWORD, host, login, refresh, register, stranger, text};

#[test]
fn the_operator_gives_and_takes_roles() {
    let world = World::new(&[]);
    let tenant = world.tenant("roles");
    let ada = register(&world, &tenant, "ada@example.org");
    let id = text(&ada["user"], "id").to_owned();
    let operator = Who::operator(&tenant);
    let change = |who: &Who, name: &str, body| world.json(who, "PATCH", &format!("/v1/users/{name}"), &body);
    let roles = json!({ "roles": ["reader", "owner"], "entitlements": ["tier:gold"] });
    let changed = change(&operator, "Ada@example.org", roles.clone()).expect(200);
    assert_eq!(
        (&changed.data()["roles"], &changed.data()["entitlements"]),
        (&json!(["owner", "reader"]), &json!(["tier:gold"]))
    );
    // The same again changes nothing.
    assert_eq!(change(&operator, &id, roles).expect(200).etag(), changed.etag());
    // More is not revoked: the next token has it.
    assert!(host(&world, &tenant).get("revoked").is_none());
    let next = refresh(&world, &tenant, text(&ada, "refreshToken")).expect(200).data();
    assert_eq!(next["user"]["roles"], json!(["owner", "reader"]));

    let answer = change(&operator, &id, json!({ "roles": ["reader"] })).expect(409);
    assert_eq!(answer.code(), "USER_LAST_OWNER");
    let bob = text(&register(&world, &tenant, "bob@example.org")["user"], "id").to_owned();
    let admin = stranger(&tenant).user(&bob, "admin");
    assert_eq!(change(&admin, &id, json!({ "entitlements": [] })).expect(403).code(), "AUTH_ROLE_REQUIRED");
    assert_eq!(change(&admin, &bob, json!({ "roles": ["owner"] })).expect(403).code(), "AUTH_ROLE_REQUIRED");
    let _ = change(&admin, &bob, json!({ "roles": ["admin", "author"] })).expect(200);
    let _ = change(&operator, &bob, json!({ "roles": ["owner"] })).expect(200);
    let _ = change(&operator, &id, json!({ "roles": ["reader"] })).expect(200);
    // Less is: tokens that say more are void.
    let revoked = host(&world, &tenant)["revoked"].clone();
    assert!(revoked.as_array().unwrap().iter().any(|r| r["id"] == format!("user:{id}")), "{revoked}");

    for (name, body, status) in [
        (id.as_str(), json!({ "roles": ["root"] }), 422),
        (&id, json!({ "entitlements": ["gold"] }), 422),
        (&id, json!({ "email": "x@y.z" }), 400),
        ("nobody@example.org", json!({ "roles": [] }), 404),
    ] {
        assert_eq!(change(&operator, name, body.clone()).status, status, "{body}");
    }
    assert_eq!(change(&stranger(&tenant).user(&id, "author"), &id, json!({})).status, 403);
}

#[test]
fn a_lost_update_is_a_412() {
    let world = World::new(&[]);
    let tenant = world.tenant("lost");
    let id = text(&register(&world, &tenant, "a@example.org")["user"], "id").to_owned();
    let operator = Who::operator(&tenant);
    let target = format!("/v1/users/{id}");
    let etag = world.get(&operator, &target).expect(200).etag();
    let patch = |etag: &str, body: serde_json::Value| {
        let fields = [("content-type", "application/json"), ("if-match", etag)];
        world.ask(&operator, "PATCH", &target, &fields, body.to_string().as_bytes())
    };
    let answers = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8)
            .map(|n| {
                let (patch, etag) = (&patch, &etag);
                scope.spawn(move || patch(etag, json!({ "entitlements": [format!("tier:t{n}")] })).status)
            })
            .collect();
        all.into_iter().map(|t| t.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(answers.iter().filter(|s| **s == 200).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|s| **s == 412).count(), 7, "{answers:?}");
}

#[test]
fn two_who_make_each_other_no_owner_leave_one() {
    let world = World::new(&[]);
    let tenant = world.tenant("owners");
    let operator = Who::operator(&tenant);
    let change = |email: &str, roles| {
        world.json(&operator, "PATCH", &format!("/v1/users/{email}"), &json!({ "roles": roles })).status
    };
    for email in ["a@example.org", "b@example.org"] {
        register(&world, &tenant, email);
        assert_eq!(change(email, ["owner"]), 200);
    }
    let mut statuses = std::thread::scope(|scope| {
        let all = ["a@example.org", "b@example.org"].map(|email| scope.spawn(move || change(email, ["reader"])));
        all.map(|t| t.join().unwrap())
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[test]
fn the_list_has_pages() {
    let world = World::new(&[]);
    let tenant = world.tenant("pages");
    let all: Vec<String> = (0..5)
        .map(|n| text(&register(&world, &tenant, &format!("u{n}@example.org"))["user"], "id").to_owned())
        .collect();
    let operator = Who::operator(&tenant);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for _ in 0..4 {
        let page = world.get(&operator, &format!("/v1/users?limit=2{cursor}")).expect(200).json();
        seen.extend(page["data"].as_array().unwrap().iter().map(|u| text(u, "id").to_owned()));
        match page["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
}

#[test]
fn who_may_give_which_role_to_whom() {
    let world = World::new(&[]);
    let tenant = world.tenant("ranks");
    let operator = Who::operator(&tenant);
    let roles = ["owner", "admin", "editor", "author", "reader"];
    let rank = |role: &str| roles.len() - roles.iter().position(|r| *r == role).unwrap();
    let id = text(&register(&world, &tenant, "subject@example.org")["user"], "id").to_owned();
    let other = text(&register(&world, &tenant, "owner@example.org")["user"], "id").to_owned();
    let set = |who: &Who, user: &str, role: &str| {
        world.json(who, "PATCH", &format!("/v1/users/{user}"), &json!({ "roles": [role] }))
    };
    let _ = set(&operator, &other, "owner").expect(200);
    let me = "01890000-0000-7000-8000-000000000000";
    for actor in roles {
        for was in roles {
            for is in roles {
                let _ = set(&operator, &id, was).expect(200);
                let answer = set(&stranger(&tenant).user(me, actor), &id, is);
                // What is so already is no change, for those who may look.
                let may = rank(actor) >= 4 && (was == is || (rank(was) <= rank(actor) && rank(is) <= rank(actor)));
                let expected = if may { 200 } else { 403 };
                assert_eq!(answer.status, expected, "{actor} makes {was} {is}");
            }
        }
    }
}

#[test]
fn a_suspended_account_is_out_at_once_and_in_again_when_it_is_not() {
    let world = World::new(&[]);
    let tenant = world.tenant("suspended");
    let ada = register(&world, &tenant, "ada@example.org");
    let id = text(&ada["user"], "id").to_owned();
    let admin = text(&register(&world, &tenant, "admin@example.org")["user"], "id").to_owned();
    let operator = Who::operator(&tenant);
    let who = stranger(&tenant).user(&admin, "admin");
    let suspend = |who: &Who, user: &str, suspended: bool| {
        world.json(who, "PATCH", &format!("/v1/users/{user}"), &json!({ "suspended": suspended }))
    };
    assert_eq!(suspend(&who, &id, true).expect(200).data()["suspended"], true);
    assert_eq!(refresh(&world, &tenant, text(&ada, "refreshToken")).expect(401).code(), "AUTH_REFRESH_INVALID");
    let revoked = host(&world, &tenant)["revoked"].to_string();
    assert!(revoked.contains(&format!("user:{id}")), "{revoked}");
    let again = login(&world, &stranger(&tenant), "ada@example.org", PASSWORD);
    assert_eq!(again.expect(403).code(), "AUTH_ACCOUNT_SUSPENDED");
    let wrong = login(&world, &stranger(&tenant), "ada@example.org", "wrong wrong wrong");
    assert_eq!(wrong.expect(401).code(), "AUTH_LOGIN_FAILED", "who does not know the password learns nothing");
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM sessions WHERE end_reason = 'suspended'"), ["1"]);
    let _ = suspend(&who, &id, false).expect(200);
    let _ = login(&world, &stranger(&tenant), "ada@example.org", PASSWORD).expect(200);
    assert_eq!(suspend(&who, &admin, true).expect(409).code(), "USER_SUSPENDS_SELF");
    // The last owner who can log in stays.
    let make = |user: &str| {
        world.json(&operator, "PATCH", &format!("/v1/users/{user}"), &json!({ "roles": ["owner"] })).expect(200)
    };
    make(&id);
    assert_eq!(suspend(&who, &id, true).expect(403).code(), "AUTH_ROLE_REQUIRED");
    assert_eq!(suspend(&operator, &id, true).expect(409).code(), "USER_LAST_OWNER");
    make(&admin);
    let _ = suspend(&operator, &id, true).expect(200);
    assert_eq!(suspend(&operator, &admin, true).expect(409).code(), "USER_LAST_OWNER");
}
