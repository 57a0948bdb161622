//! Taking everything along, and going.

use aw_origin_harness::{Who, World};
use serde_json::{Value, json};

use super::{PASSWORD, host, login, mails, me, patch, refresh, register, stranger, text, verified};

const BROWSER: &str = "Mozilla/5.0 (X11; Quillbrowser)";

/// An account that has all that an account can have, and tables of another service's.
fn somebody(world: &World, tenant: &str) -> Value {
    let ada = verified(world, tenant, "zebulon@example.org");
    let who = me(tenant, &ada);
    let author = register(world, tenant, "author@example.org");
    let _ = patch(world, &me(tenant, &author), "/v1/account/profile", &json!({ "handle": "author" })).expect(200);
    let profile = json!({ "handle": "zebulon", "displayName": "Zebulon Quill", "bio": "Zebulon writes.",
        "links": [{ "label": "Zebulon", "url": "https://zebulon.example" }] });
    let _ = patch(world, &who, "/v1/account/profile", &profile).expect(200);
    let _ = world.ask(&who, "PUT", "/v1/account/following/author", &[], b"").expect(204);
    world.sql(tenant, "UPDATE users SET email_verified_at = now()");
    let _ = world.ask(&me(tenant, &author), "PUT", "/v1/account/following/zebulon", &[], b"").expect(204);
    let forgot = json!({ "email": "zebulon@example.org" });
    let _ = world.json(&stranger(tenant), "POST", "/v1/auth/password/forgot", &forgot).expect(202);
    let change = json!({ "email": "zebulon.new@example.org", "password": PASSWORD });
    let _ = world.json(&who, "POST", "/v1/account/email", &change).expect(202);
    mails(world, tenant);
    let body = json!({ "email": "zebulon@example.org", "password": PASSWORD }).to_string();
    let fields = [("content-type", "application/json"), ("user-agent", BROWSER)];
    let _ = world.ask(&stranger(tenant), "POST", "/v1/auth/login", &fields, body.as_bytes()).expect(200);
    let id = text(&ada["user"], "id");
    world.sql(
        tenant,
        &format!(
            "CREATE TABLE cards (user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE, name text, secret_code text); \
             INSERT INTO cards VALUES ('{id}', 'Zebulon''s card', 'sesame'); \
             CREATE TABLE bills (payer uuid NOT NULL REFERENCES users, cents bigint); \
             INSERT INTO bills VALUES ('{id}', 700); \
             INSERT INTO audit (id, actor, action, subject, details) \
                VALUES (gen_random_uuid(), 'operator', 'test.test.test', '{id}', '{{\"to\":\"Zebulon@Example.org\"}}'); \
             INSERT INTO idempotency (caller, key, fingerprint, status, data) \
                VALUES ('{id}', 'k', sha256('x'), 201, '{{\"email\":\"zebulon@example.org\"}}')"
        ),
    );
    ada
}

/// The whole database as text.
fn dump(world: &World, tenant: &str) -> String {
    world.sql(tenant, "SELECT database_to_xml(true, false, '')").join("\n")
}

#[test]
fn an_export_has_all_but_keys() {
    let world = World::new(&[]);
    let tenant = world.tenant("export");
    let ada = somebody(&world, &tenant);
    let answer = world.get(&me(&tenant, &ada), "/v1/account/export").expect(200);
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"account.json\"");
    let whole = String::from_utf8(answer.body.clone()).unwrap();
    let export = answer.data();
    assert_eq!(export["account"]["email"], "zebulon@example.org");
    let records = &export["records"];
    let count = |name: &str| records[name].as_array().map_or(0, Vec::len);
    for (name, rows) in [
        ("users.id", 1),
        ("sessions.user_id", 2),
        ("follows.follower", 1),
        ("follows.author", 1),
        ("cards.user_id", 1),
        ("bills.payer", 1),
    ] {
        assert_eq!(count(name), rows, "{name}: {records}");
    }
    assert!(count("mails.user_id") >= 3 && count("audit.actor") >= 4 && count("link_tokens.user_id") >= 3);
    assert_eq!(records["users.id"][0]["bio"], "Zebulon writes.");
    assert!(whole.contains(BROWSER) && whole.contains("700"));
    for key in ["argon2id", "sesame", "token=", "author@example.org", "password_hash"] {
        assert!(!whole.contains(key), "{key} in {whole}");
    }
    let statuses: Vec<u16> = (0..11).map(|_| world.get(&me(&tenant, &ada), "/v1/account/export").status).collect();
    assert_eq!((statuses[0], statuses[10]), (200, 429));
    assert_eq!(world.get(&stranger(&tenant), "/v1/account/export").status, 401);
}

#[test]
fn of_an_account_that_is_deleted_nothing_is_left() {
    let world = World::new(&[]);
    let tenant = world.tenant("gone-for-good");
    let ada = somebody(&world, &tenant);
    let who = me(&tenant, &ada);
    let before = dump(&world, &tenant);
    let personal = ["zebulon", "Zebulon", "Quillbrowser"];
    assert!(personal.iter().all(|word| before.contains(word)), "the dump has what is looked for");
    let delete = |password: &str| world.json(&who, "POST", "/v1/account/deletion", &json!({ "password": password }));
    assert_eq!(delete("wrong wrong wrong").expect(403).code(), "USER_PASSWORD_WRONG");
    let _ = delete(PASSWORD).expect(204);
    let after = dump(&world, &tenant);
    for word in personal {
        let found = after.lines().find(|line| line.to_lowercase().contains(&word.to_lowercase()));
        assert_eq!(found, None, "{word}");
    }
    assert!(after.contains("author@example.org"), "others stay");
    let id = text(&ada["user"], "id");
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM cards"), ["0"]);
    assert_eq!(world.sql(&tenant, "SELECT payer, cents FROM bills"), [format!("{id}|700")], "what must stay");
    // Nobody goes on, and the edges know.
    assert_eq!(refresh(&world, &tenant, text(&ada, "refreshToken")).expect(401).code(), "AUTH_REFRESH_INVALID");
    assert_eq!(
        login(&world, &stranger(&tenant), "zebulon@example.org", PASSWORD).expect(401).code(),
        "AUTH_LOGIN_FAILED"
    );
    assert!(host(&world, &tenant)["revoked"].to_string().contains(&format!("user:{id}")));
    assert_eq!(world.get(&who, "/v1/account").expect(401).code(), "AUTH_ACCOUNT_GONE");
    assert_eq!(world.get(&stranger(&tenant), "/v1/profiles/zebulon").status, 404);
    let operator = Who::operator(&tenant);
    assert_eq!(world.get(&operator, &format!("/v1/users/{id}")).status, 404);
    let listed = world.get(&operator, "/v1/users").expect(200).data();
    assert!(!listed.to_string().contains(id));
    // The address is free again, and whoever has it now is somebody else.
    let again = register(&world, &tenant, "zebulon@example.org");
    assert_ne!(text(&again["user"], "id"), id);
}

#[test]
fn the_last_owner_stays() {
    let world = World::new(&[]);
    let tenant = world.tenant("lastowner");
    let operator = Who::operator(&tenant);
    let all = ["a@example.org", "b@example.org"].map(|email| {
        let tokens = register(&world, &tenant, email);
        let body = json!({ "roles": ["owner"] });
        let _ = world.json(&operator, "PATCH", &format!("/v1/users/{email}"), &body).expect(200);
        tokens
    });
    let delete = |tokens: &Value| {
        world.json(&me(&tenant, tokens), "POST", "/v1/account/deletion", &json!({ "password": PASSWORD }))
    };
    let mut statuses = std::thread::scope(|scope| {
        let all = [&all[0], &all[1]].map(|tokens| scope.spawn(|| delete(tokens).status));
        all.map(|t| t.join().unwrap())
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
}
