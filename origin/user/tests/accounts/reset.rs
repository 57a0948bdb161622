//! A forgotten password.

use aw_origin_harness::World;
use serde_json::json;

use super::{PASSWORD, host, login, mails, refresh, register, stranger, text, token, work};

#[test]
fn a_new_password_ends_every_session() {
    let world = World::new(&[]);
    let tenant = world.tenant("reset");
    let who = stranger(&tenant);
    let first = register(&world, &tenant, "ada@example.org");
    let second = login(&world, &who, "ada@example.org", PASSWORD).expect(200).data();
    let other = register(&world, &tenant, "bob@example.org");
    let forgot = |email: &str| world.json(&who, "POST", "/v1/auth/password/forgot", &json!({ "email": email }));
    let _ = forgot(" Ada@example.org").expect(202);
    let link = token(&world, &tenant, "reset-password");
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM reset_requests"), ["0"]);
    let reset = |password: &str| {
        world.json(&who, "POST", "/v1/auth/password/reset", &json!({ "token": link, "password": password }))
    };
    assert_eq!(reset("short").expect(422).code(), "USER_PASSWORD_INVALID");
    assert!(reset("another password").expect(204).body.is_empty());
    assert_eq!(reset("a third password").expect(400).code(), "AUTH_LINK_INVALID");
    for dead in [&first, &second] {
        assert_eq!(refresh(&world, &tenant, text(dead, "refreshToken")).expect(401).code(), "AUTH_REFRESH_INVALID");
    }
    let _ = refresh(&world, &tenant, text(&other, "refreshToken")).expect(200);
    let revoked = host(&world, &tenant)["revoked"].as_array().unwrap().len();
    assert_eq!(revoked, 2, "the edges are told of both");
    assert_eq!(login(&world, &who, "ada@example.org", PASSWORD).status, 401);
    let again = login(&world, &who, "ada@example.org", "another password").expect(200).data();
    assert_eq!(again["user"]["emailVerified"], true, "who has the link reads the mail");
    let notice = &mails(&world, &tenant)[0];
    assert_eq!((&notice["template"], &notice["to"]), (&json!("password-changed"), &json!("ada@example.org")));
}

#[test]
fn who_asks_is_answered_the_same_whoever_it_is() {
    let world = World::new(&[]);
    let tenant = world.tenant("same");
    let who = stranger(&tenant);
    register(&world, &tenant, "ada@example.org");
    register(&world, &tenant, "suspended@example.org");
    world.sql(&tenant, "UPDATE users SET suspended_at = now() WHERE email LIKE 'suspended%'");
    let before = mails(&world, &tenant).len();
    let ask = |email: &str| {
        let answer = world.json(&who, "POST", "/v1/auth/password/forgot", &json!({ "email": email })).expect(202);
        let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        (answer.data(), names)
    };
    let known = ask("ada@example.org");
    for unknown in ["nobody@example.org", "suspended@example.org"] {
        assert_eq!(ask(unknown), known);
    }
    let mails = mails(&world, &tenant);
    assert_eq!(mails.len(), before + 1);
    assert_eq!((&mails[0]["template"], &mails[0]["to"]), (&json!("reset-password"), &json!("ada@example.org")));
}

#[test]
fn so_many_links_are_mailed_and_no_more() {
    let world = World::new(&[]);
    let tenant = world.tenant("many");
    register(&world, &tenant, "ada@example.org");
    for email in ["ada@example.org", "nobody@example.org"] {
        let ask = || world.json(&stranger(&tenant), "POST", "/v1/auth/password/forgot", &json!({ "email": email }));
        let statuses: Vec<u16> = (0..5).map(|_| ask().status).collect();
        assert_eq!(statuses, [202, 202, 202, 429, 429], "{email}");
    }
    // What lay too long is not looked up any more.
    world.sql(&tenant, "DELETE FROM login_attempts");
    work(&world);
    let count = mails(&world, &tenant).len();
    world.sql(
        &tenant,
        "INSERT INTO reset_requests (id, email, base_url, press, created_at) VALUES \
         (gen_random_uuid(), 'ada@example.org', 'http://x', 'x', now() - interval '2 hours')",
    );
    assert_eq!(mails(&world, &tenant).len(), count);
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM reset_requests"), ["0"]);
}
