//! Registering, logging in and out.

use aw_model::Tenant;
use aw_origin_harness::World;
use aw_trust::{key, token};
use serde_json::json;

use super::{PASSWORD, host, login, refresh, register, stranger, text};

#[test]
fn an_account_is_made_logged_into_and_out_of() {
    let world = World::new(&[]);
    let tenant = world.tenant("session");
    let new = register(&world, &tenant, "Ada@Example.org");
    assert_eq!(new["user"]["email"], "ada@example.org");
    assert_eq!((&new["user"]["roles"], &new["user"]["displayName"]), (&json!(["reader"]), &json!("Ada")));
    assert_eq!((&new["tokenType"], &new["expiresIn"]), (&json!("Bearer"), &json!(600)));
    let tokens = login(&world, &stranger(&tenant), " ADA@example.org", PASSWORD).expect(200).data();
    assert_eq!(tokens["user"], new["user"]);

    // As an edge verifies it: with the key that the host's record has, sealed.
    let known: Tenant = serde_json::from_value(host(&world, &tenant)).unwrap();
    assert_eq!(known.base_url, "http://session.localhost:8080");
    let sealed = &known.keys[0];
    let find = |kid: &str| {
        assert_eq!(kid, sealed.kid);
        key::unseal(b"0123456789abcdef0123456789abcdef-edge", &tenant, kid, &sealed.sealed).ok()
    };
    let now_s = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let expect = token::Expect { tenant: &tenant, issuer: &known.base_url, now_s };
    let claims = token::verify(text(&tokens, "accessToken"), find, &expect).unwrap();
    assert_eq!(claims.sub, text(&new["user"], "id"));

    let token = text(&tokens, "refreshToken");
    let logout = || world.json(&stranger(&tenant), "POST", "/v1/auth/logout", &json!({ "refreshToken": token }));
    assert!(logout().expect(204).body.is_empty());
    let _ = logout().expect(204);
    assert_eq!(refresh(&world, &tenant, token).expect(401).code(), "AUTH_REFRESH_INVALID");
    let revoked = host(&world, &tenant)["revoked"].clone();
    assert_eq!(revoked.as_array().map(|all| (all.len(), all[0]["id"].clone())), Some((1, json!(claims.sid))));
    // The other session goes on.
    let _ = refresh(&world, &tenant, text(&new, "refreshToken")).expect(200);
}

#[test]
fn the_cookie_and_the_session_of_the_edge_do_as_well_as_the_body() {
    let world = World::new(&[]);
    let tenant = world.tenant("cookie");
    let tokens = register(&world, &tenant, "a@example.org");
    let cookie = format!("aw_refresh={}", text(&tokens, "refreshToken"));
    let fields = [("cookie", cookie.as_str())];
    let next = world.ask(&stranger(&tenant), "POST", "/v1/auth/refresh", &fields, b"").expect(200).data();
    assert_ne!(next["refreshToken"], tokens["refreshToken"]);
    let session = world.sql(&tenant, "SELECT id FROM sessions").remove(0);
    let who = stranger(&tenant).with("x-aw-session", &session);
    let _ = world.ask(&who, "POST", "/v1/auth/logout", &[], b"").expect(204);
    assert_eq!(refresh(&world, &tenant, text(&next, "refreshToken")).expect(401).code(), "AUTH_REFRESH_INVALID");
}

#[test]
fn what_cannot_be_an_account_is_refused() {
    let world = World::new(&[]);
    let tenant = world.tenant("refused");
    register(&world, &tenant, "taken@example.org");
    let who = stranger(&tenant);
    for (email, password, status, code) in [
        ("no address", PASSWORD, 422, "USER_EMAIL_INVALID"),
        ("a@example.org", "too short", 422, "USER_PASSWORD_INVALID"),
        ("Taken@Example.org", PASSWORD, 409, "USER_EMAIL_TAKEN"),
    ] {
        let answer = world.json(&who, "POST", "/v1/auth/register", &json!({ "email": email, "password": password }));
        assert_eq!((answer.status, answer.code().as_str()), (status, code));
    }
    for (email, password) in [("taken@example.org", "wrong wrong wrong"), ("nobody@example.org", PASSWORD), ("x", "y")]
    {
        let answer = login(&world, &who, email, password);
        assert_eq!((answer.status, answer.code().as_str()), (401, "AUTH_LOGIN_FAILED"), "{email}");
    }
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM users"), ["1"]);
    for (method, target, status) in [
        ("GET", "/v1/auth/login", 405),
        ("POST", "/v1/auth/nothing", 404),
        ("DELETE", "/v1/users/x", 405),
        ("GET", "/v1/users", 401),
    ] {
        assert_eq!(world.ask(&who, method, target, &[], b"").status, status, "{method} {target}");
    }
    let unknown = login(&world, &stranger("no-such-tenant"), "a@example.org", PASSWORD);
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "TENANT_NOT_FOUND"));
}

#[test]
fn no_password_and_no_token_is_kept_as_it_is() {
    let world = World::new(&[]);
    let tenant = world.tenant("hashed");
    let tokens = register(&world, &tenant, "a@example.org");
    let kept = world.sql(&tenant, "SELECT password_hash FROM users").remove(0);
    assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && !kept.contains(PASSWORD), "{kept}");
    let hash = world.sql(&tenant, "SELECT encode(hash, 'escape') FROM refresh_tokens").concat();
    assert!(!hash.contains(text(&tokens, "refreshToken")));
}
