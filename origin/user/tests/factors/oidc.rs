//! Logins with an identity provider.

use aw_identity::{CLIENT, Key, Provider, SECRET, Twist};
use aw_origin_harness::{Answer, Who, World};
use serde_json::{Value, json};

use super::{PASSWORD, audit, member, post, reader, stranger, text};

fn put(world: &World, who: &Who, name: &str, body: &Value, etag: Option<&str>) -> Answer {
    let mut fields = vec![("content-type", "application/json")];
    fields.extend(etag.map(|etag| ("if-match", etag)));
    world.ask(who, "PUT", &format!("/v1/identity-providers/{name}"), &fields, body.to_string().as_bytes())
}

fn named(provider: &Provider) -> Value {
    json!({ "label": "Campus", "issuer": provider.issuer(), "clientId": CLIENT, "clientSecret": SECRET })
}

/// A tenant that has the provider.
fn tenant(world: &World, provider: &Provider, id: &str) -> String {
    let tenant = world.tenant(id);
    let _ = put(world, &Who::operator(&tenant), "campus", &named(provider), None).expect(201);
    tenant
}

/// What a browser has when it comes back.
fn returned(world: &World, provider: &Provider, tenant: &str) -> Value {
    let begun =
        post(world, &stranger(tenant), "oidc/campus/start", json!({ "next": "/books/whale" })).expect(200).data();
    let (place, back) = provider.visit(text(&begun, "url")).unwrap();
    assert_eq!(place, format!("http://{tenant}.localhost/v1/auth/oidc/campus/callback"));
    json!({ "code": back["code"], "state": back["state"], "browser": begun["browser"] })
}

fn finish(world: &World, tenant: &str, body: &Value) -> Answer {
    post(world, &stranger(tenant), "oidc/campus/finish", body.clone())
}

fn login(world: &World, provider: &Provider, tenant: &str) -> Answer {
    finish(world, tenant, &returned(world, provider, tenant))
}

#[test]
fn somebody_logs_in_with_a_provider_and_is_the_same_the_next_time() {
    let provider = Provider::start().unwrap();
    let world = World::with_provider(provider.addr);
    let tenant = tenant(&world, &provider, "oidc");
    let back = returned(&world, &provider, &tenant);
    let made = finish(&world, &tenant, &back).expect(200).data();
    assert_eq!((text(&made, "next"), text(&made["user"], "email")), ("/books/whale", "ada@example.org"));
    assert_eq!(made["user"]["displayName"], "Ada L.");
    let _ = world.get(&reader(&tenant, &made), "/v1/auth/factors").expect(200);
    // What brought somebody in brings nobody in again.
    assert_eq!(finish(&world, &tenant, &back).expect(401).code(), "AUTH_PROVIDER_STATE_INVALID");
    // The subject is who it is, whatever the address.
    provider.set(|mood| mood.person = json!({ "sub": "s-1", "email": "new@example.org" }));
    let again = login(&world, &provider, &tenant).expect(200).data();
    assert_eq!(again["user"]["id"], made["user"]["id"]);
    assert_eq!(audit(&world, &tenant, "user.identity.linked"), 1);
    // The documents are kept.
    let asked = ["/.well-known/openid-configuration", "/keys", "/token"].map(|path| provider.asked(path));
    assert_eq!(asked, [1, 1, 2]);
    assert!(!world.sql(&tenant, "SELECT encode(sealed, 'escape') FROM identity_providers")[0].contains("secret"));
}

#[test]
fn a_token_that_is_not_right_lets_nobody_in() {
    let provider = Provider::start().unwrap();
    let world = World::with_provider(provider.addr);
    let tenant = tenant(&world, &provider, "oidc-lies");
    let twists: [(&str, Twist); 11] = [
        ("another login", |c| c["nonce"] = json!("x")),
        ("another login", |c| drop(c.as_object_mut().unwrap().remove("nonce"))),
        ("another client", |c| c["aud"] = json!("another")),
        ("another client", |c| c["aud"] = json!([CLIENT, "another"])),
        ("another client", |c| c["azp"] = json!("another")),
        ("another issuer", |c| c["iss"] = json!("http://evil.example")),
        ("has expired", |c| c["exp"] = json!(c["iat"].as_u64().unwrap() - 61)),
        ("the future", |c| c["iat"] = json!(c["iat"].as_u64().unwrap() + 120)),
        ("is old", |c| c["iat"] = json!(c["iat"].as_u64().unwrap() - 700)),
        ("subject is none", |c| c["sub"] = json!("")),
        ("claims are none", |c| c["exp"] = json!("soon")),
    ];
    for (why, twist) in twists {
        provider.set(|mood| mood.twist = twist);
        let answer = login(&world, &provider, &tenant).expect(401);
        assert_eq!(answer.code(), "AUTH_PROVIDER_TOKEN_INVALID");
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains(why), "{why}: {}", answer.json());
        world.sql(&tenant, "DELETE FROM login_attempts");
    }
    provider.set(|mood| mood.twist = |_| {});
    // No algorithm, and the wrong kind of it; then a key that is not the provider's under the name of one that is.
    for key in [Key::None, Key::PublicAsSecret, Key::ClientSecret, Key::P256("rsa", 1)] {
        provider.set(|mood| mood.key = key);
        assert_eq!(login(&world, &provider, &tenant).expect(401).code(), "AUTH_PROVIDER_TOKEN_INVALID", "{key:?}");
    }
    provider.set(|mood| (mood.published, mood.key) = (vec![Key::P256("e", 1)], Key::P256("e", 2)));
    world.sql(&tenant, "UPDATE provider_documents SET fetched_at = now() - interval '1 hour'");
    assert_eq!(login(&world, &provider, &tenant).expect(401).code(), "AUTH_PROVIDER_TOKEN_INVALID");
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM users"), ["0"]);
    // Two audiences are well where the party is named.
    provider.set(|mood| {
        mood.key = Key::P256("e", 1);
        mood.twist = |c| (c["aud"], c["azp"]) = (json!([CLIENT, "another"]), json!(CLIENT));
    });
    let _ = login(&world, &provider, &tenant).expect(200);
}

#[test]
fn a_login_ends_in_the_browser_that_began_it() {
    let provider = Provider::start().unwrap();
    let world = World::with_provider(provider.addr);
    let tenant = tenant(&world, &provider, "oidc-browser");
    let refused = |name: &str, value: &str| {
        let mut back = returned(&world, &provider, &tenant);
        back[name] = json!(value);
        finish(&world, &tenant, &back).expect(401).code()
    };
    assert_eq!(refused("browser", "another"), "AUTH_PROVIDER_STATE_INVALID");
    assert_eq!(refused("state", "another"), "AUTH_PROVIDER_STATE_INVALID");
    assert_eq!(refused("code", "another"), "AUTH_PROVIDER_CODE_REFUSED");
    assert_eq!(refused("iss", "http://evil.example"), "AUTH_PROVIDER_TOKEN_INVALID");
    let late = returned(&world, &provider, &tenant);
    world.sql(&tenant, "UPDATE provider_logins SET expires_at = now()");
    assert_eq!(finish(&world, &tenant, &late).expect(401).code(), "AUTH_PROVIDER_STATE_INVALID");
    // A code of one login with the state of another: PKCE.
    let (one, mut two) = (returned(&world, &provider, &tenant), returned(&world, &provider, &tenant));
    two["code"] = one["code"].clone();
    assert_eq!(finish(&world, &tenant, &two).expect(401).code(), "AUTH_PROVIDER_CODE_REFUSED");
    provider.set(|mood| mood.down = true);
    assert_eq!(finish(&world, &tenant, &one).expect(401).code(), "AUTH_PROVIDER_CODE_REFUSED");
    world.sql(&tenant, "DELETE FROM provider_documents");
    let answer = post(&world, &stranger(&tenant), "oidc/campus/start", json!({}));
    assert_eq!(answer.expect(502).code(), "AUTH_PROVIDER_UNREACHABLE");
    assert_eq!(post(&world, &stranger(&tenant), "oidc/none/start", json!({})).status, 404);
}

#[test]
fn keys_that_a_provider_changes_are_asked_for_anew_and_not_at_every_guess() {
    let provider = Provider::start().unwrap();
    let world = World::with_provider(provider.addr);
    let tenant = tenant(&world, &provider, "oidc-keys");
    let _ = login(&world, &provider, &tenant).expect(200);
    provider.set(|mood| {
        (mood.key, mood.published) = (Key::P256("next", 7), vec![Key::Rsa, Key::P256("next", 7)]);
    });
    // Asked for a moment ago: a token that names keys at random is no reason to ask again.
    assert_eq!(login(&world, &provider, &tenant).expect(401).code(), "AUTH_PROVIDER_TOKEN_INVALID");
    assert_eq!(provider.asked("/keys"), 1);
    world.sql(&tenant, "UPDATE provider_documents SET fetched_at = now() - interval '31 seconds'");
    let _ = login(&world, &provider, &tenant).expect(200);
    assert_eq!(provider.asked("/keys"), 2);
    provider.set(|mood| mood.key = Key::Rsa);
    let _ = login(&world, &provider, &tenant).expect(200);
    // A key that is withdrawn signs no more once what is kept has grown old.
    provider.set(|mood| mood.published = vec![Key::P256("next", 7)]);
    world.sql(&tenant, "UPDATE provider_documents SET fetched_at = now() - interval '11 minutes'");
    assert_eq!(login(&world, &provider, &tenant).expect(401).code(), "AUTH_PROVIDER_TOKEN_INVALID");
}

#[test]
fn a_provider_enters_only_accounts_whose_address_both_have_proved() {
    let provider = Provider::start().unwrap();
    let world = World::with_provider(provider.addr);
    let tenant = tenant(&world, &provider, "oidc-link");
    let (_, id) = member(&world, &tenant, "ada@example.org");
    let person = |verified: Value| json!({ "sub": "s-2", "email": "ada@example.org", "email_verified": verified });
    for unproved in [json!(false), json!("no"), Value::Null] {
        provider.set(|mood| mood.person = person(unproved.clone()));
        if unproved.is_null() {
            provider.set(|mood| drop(mood.person.as_object_mut().unwrap().remove("email_verified")));
        }
        assert_eq!(login(&world, &provider, &tenant).expect(403).code(), "AUTH_PROVIDER_EMAIL_UNVERIFIED");
    }
    provider.set(|mood| mood.person = person(json!("true")));
    assert_eq!(login(&world, &provider, &tenant).expect(409).code(), "AUTH_PROVIDER_ACCOUNT_UNPROVED");
    world.sql(&tenant, "UPDATE users SET email_verified_at = now(), roles = '{admin}'");
    assert_eq!(login(&world, &provider, &tenant).expect(403).code(), "AUTH_PROVIDER_ACCOUNT_KEPT");
    world.sql(&tenant, "UPDATE users SET roles = '{reader}'");
    assert_eq!(text(&login(&world, &provider, &tenant).expect(200).data()["user"], "id"), id);
    // The password is good still, and a second factor is asked for whichever came first.
    let body = json!({ "email": "ada@example.org", "password": PASSWORD });
    let _ = world.json(&stranger(&tenant), "POST", "/v1/auth/login", &body).expect(200);
    world.sql(&tenant, &format!("INSERT INTO totp_secrets (user_id, sealed, confirmed_at) VALUES ('{id}', decode(repeat('00', 60), 'hex'), now())"));
    let asked = login(&world, &provider, &tenant).expect(200).data();
    assert_eq!((&asked["factors"], text(&asked, "next")), (&json!(["totp"]), "/books/whale"));
    assert!(asked.get("accessToken").is_none());
    // At once, by somebody new: one account.
    provider.set(|mood| mood.person = json!({ "sub": "s-3", "email": "b@example.org", "email_verified": true }));
    let backs: Vec<Value> = (0..4).map(|_| returned(&world, &provider, &tenant)).collect();
    std::thread::scope(|scope| {
        let all: Vec<_> = backs.iter().map(|back| scope.spawn(|| finish(&world, &tenant, back).status)).collect();
        all.into_iter().for_each(|t| assert_eq!(t.join().unwrap(), 200));
    });
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM users WHERE email = 'b@example.org'"), ["1"]);
}

#[test]
fn keepers_write_providers() {
    let provider = Provider::start().unwrap();
    let world = World::with_provider(provider.addr);
    let tenant = world.tenant("oidc-keepers");
    let (ada, id) = member(&world, &tenant, "a@example.org");
    let admin = stranger(&tenant).user(&id, "admin");
    let body = named(&provider);
    assert_eq!(put(&world, &ada, "campus", &body, None).status, 403);
    assert_eq!(world.get(&ada, "/v1/identity-providers").status, 403);
    let with = |name: &str, value: Value| {
        let mut body = body.clone();
        body[name] = value;
        put(&world, &admin, "campus", &body, None)
    };
    for (name, value) in [
        ("issuer", json!("http://10.0.0.1")),
        ("issuer", json!("ftp://127.0.0.1")),
        ("issuer", json!("https://a.example/?x=1")),
        ("issuer", json!("https://u@a.example")),
        ("issuer", json!("campus")),
        ("label", json!("")),
        ("clientId", json!(" ")),
        ("clientSecret", json!("")),
    ] {
        assert_eq!(with(name, value.clone()).expect(422).code(), "AUTH_PROVIDER_INVALID", "{name} {value}");
    }
    // Reached is what the settings let be reached, whatever a keeper writes; and a document must be the issuer's own.
    for issuer in ["https://127.0.0.1", "http://127.0.0.1:1", &format!("{}/", provider.issuer())] {
        assert_eq!(with("issuer", json!(issuer)).expect(422).code(), "AUTH_PROVIDER_UNUSABLE", "{issuer}");
    }
    assert_eq!(put(&world, &admin, "Campus", &body, None).status, 422);
    assert_eq!(put(&world, &admin, "campus", &body, Some("*")).status, 404);
    let made = put(&world, &admin, "campus", &body, None).expect(201);
    assert_eq!(made.data()["hasSecret"], true);
    assert!(!String::from_utf8_lossy(&made.body).contains(SECRET));
    assert_eq!(put(&world, &admin, "campus", &body, None).status, 428);
    let mut change = body.clone();
    change.as_object_mut().unwrap().remove("clientSecret");
    change["label"] = json!("Campus 2");
    let changed = put(&world, &admin, "campus", &change, Some(&made.etag())).expect(200);
    assert_eq!((&changed.data()["hasSecret"], &changed.data()["label"]), (&json!(true), &json!("Campus 2")));
    assert_eq!(put(&world, &admin, "campus", &change, Some(&made.etag())).status, 412);
    let _ = login(&world, &provider, &tenant).expect(200);
    // Login pages know of it.
    let host = |world: &World| {
        let answer = world.get(&Who::edge("eu"), &format!("/_aw/values?key=h/{tenant}.localhost")).expect(200);
        let body = String::from_utf8(answer.body).unwrap();
        serde_json::from_str::<Value>(body.split_once('\n').unwrap().1).unwrap()["providers"].clone()
    };
    assert_eq!(host(&world), json!([{ "name": "campus", "label": "Campus 2" }]));
    assert_eq!(world.get(&stranger(&tenant), "/v1/auth/oidc").expect(200).data(), host(&world));
    change["enabled"] = json!(false);
    let _ = put(&world, &admin, "campus", &change, Some("*")).expect(200);
    assert_eq!(host(&world), Value::Null);
    assert_eq!(post(&world, &stranger(&tenant), "oidc/campus/start", json!({})).status, 404);
    let remove = || world.ask(&admin, "DELETE", "/v1/identity-providers/campus", &[], b"").status;
    assert_eq!([remove(), remove()], [204, 404]);
    assert_eq!(world.get(&admin, "/v1/identity-providers").expect(200).data(), json!([]));
}
