//! Where one is logged in.

use aw_origin_harness::World;
use serde_json::{Value, json};

use super::{PASSWORD, host, me, refresh, register, session_of, stranger, text};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0";

fn login(world: &World, tenant: &str, browser: &str) -> Value {
    let body = json!({ "email": "ada@example.org", "password": PASSWORD }).to_string();
    let fields = [("content-type", "application/json"), ("user-agent", browser)];
    world.ask(&stranger(tenant), "POST", "/v1/auth/login", &fields, body.as_bytes()).expect(200).data()
}

#[test]
fn sessions_are_listed_with_what_they_were_used_with() {
    let world = World::new(&[]);
    let tenant = world.tenant("listed");
    let first = register(&world, &tenant, "ada@example.org");
    let second = login(&world, &tenant, FIREFOX);
    register(&world, &tenant, "bob@example.org");
    let list = |tokens: &Value| world.get(&me(&tenant, tokens), "/v1/account/sessions").expect(200).data();
    let all = list(&second);
    assert_eq!(all.as_array().unwrap().len(), 2, "{all}");
    let newest = &all[0];
    assert_eq!(newest["id"], json!(session_of(&second)));
    assert_eq!(
        (&newest["device"], &newest["userAgent"], &newest["ip"], &newest["current"]),
        (&json!("Firefox on Linux"), &json!(FIREFOX), &json!("192.0.2.1"), &json!(true))
    );
    assert_eq!((&all[1]["device"], &all[1]["current"]), (&json!("Unknown device"), &json!(false)));
    // A refresh is a use, from wherever it comes.
    world
        .sql(&tenant, "UPDATE sessions SET used_at = now() - interval '1 day', created_at = now() - interval '2 days'");
    let body = json!({ "refreshToken": text(&first, "refreshToken") }).to_string();
    let fields = [("content-type", "application/json"), ("user-agent", "curl/8")];
    let _ = world.ask(&stranger(&tenant), "POST", "/v1/auth/refresh", &fields, body.as_bytes()).expect(200);
    let all = list(&second);
    assert_eq!(all[1]["device"], "curl");
    assert!(text(&all[1], "usedAt") > text(&all[0], "usedAt"), "{all}");
    assert!(text(&all[1], "createdAt") < text(&all[0], "usedAt"), "{all}");
    // One that nobody can go on with is none.
    world.sql(&tenant, "UPDATE refresh_tokens SET expires_at = now()");
    assert_eq!(list(&second), json!([]));
    let page = world.get(&me(&tenant, &second), "/v1/account/sessions?limit=x");
    assert_eq!(page.expect(400).code(), "REQUEST_QUERY_INVALID");
}

#[test]
fn one_session_is_ended_and_nobody_elses() {
    let world = World::new(&[]);
    let tenant = world.tenant("ended");
    let first = register(&world, &tenant, "ada@example.org");
    let second = login(&world, &tenant, FIREFOX);
    let bob = register(&world, &tenant, "bob@example.org");
    let end = |who: &Value, session: &str| {
        world.ask(&me(&tenant, who), "DELETE", &format!("/v1/account/sessions/{session}"), &[], b"")
    };
    for (who, session) in [(&bob, session_of(&first)), (&first, "x".into()), (&first, session_of(&bob))] {
        assert_eq!(end(who, &session).expect(404).code(), "USER_SESSION_NOT_FOUND");
    }
    let _ = end(&second, &session_of(&first)).expect(204);
    assert_eq!(end(&second, &session_of(&first)).status, 404, "it has ended already");
    assert_eq!(refresh(&world, &tenant, text(&first, "refreshToken")).expect(401).code(), "AUTH_REFRESH_INVALID");
    let _ = refresh(&world, &tenant, text(&second, "refreshToken")).expect(200);
    assert_eq!(host(&world, &tenant)["revoked"][0]["id"], json!(session_of(&first)), "the edges are told");
    let audit = world.sql(&tenant, "SELECT details FROM audit WHERE action = 'user.session.ended'");
    assert_eq!(audit, ["{\"why\":\"revoked\"}"]);
}

#[test]
fn everywhere_is_everywhere_or_everywhere_else() {
    let world = World::new(&[]);
    let tenant = world.tenant("everywhere");
    let first = register(&world, &tenant, "ada@example.org");
    let second = login(&world, &tenant, FIREFOX);
    let bob = register(&world, &tenant, "bob@example.org");
    let end =
        |query: &str| world.ask(&me(&tenant, &second), "DELETE", &format!("/v1/account/sessions{query}"), &[], b"");
    assert_eq!(end("?keep=some").expect(400).code(), "REQUEST_QUERY_INVALID");
    let _ = end("?keep=current").expect(204);
    assert_eq!(refresh(&world, &tenant, text(&first, "refreshToken")).status, 401);
    let second_next = refresh(&world, &tenant, text(&second, "refreshToken")).expect(200).data();
    let _ = end("").expect(204);
    let _ = end("").expect(204);
    assert_eq!(refresh(&world, &tenant, text(&second_next, "refreshToken")).status, 401);
    let _ = refresh(&world, &tenant, text(&bob, "refreshToken")).expect(200);
    assert_eq!(host(&world, &tenant)["revoked"].as_array().unwrap().len(), 2);
    assert_eq!(world.ask(&stranger(&tenant), "DELETE", "/v1/account/sessions", &[], b"").status, 401);
}

#[test]
fn fifty_refreshes_at_once_are_one_session_in_the_list() {
    let world = World::new(&[]);
    let tenant = world.tenant("crowd");
    let tokens = register(&world, &tenant, "ada@example.org");
    let token = text(&tokens, "refreshToken");
    let successors = std::thread::scope(|scope| {
        let all: Vec<_> = (0..50).map(|_| scope.spawn(|| refresh(&world, &tenant, token).expect(200).data())).collect();
        all.into_iter().map(|t| text(&t.join().unwrap(), "refreshToken").to_owned()).collect::<Vec<_>>()
    });
    assert!(successors.iter().all(|s| s == &successors[0]), "one successor");
    let list = || world.get(&me(&tenant, &tokens), "/v1/account/sessions").expect(200).data();
    assert_eq!(list().as_array().unwrap().len(), 1);
    // After the grace the same token is a thief's: the session and every successor end.
    world.sql(&tenant, "UPDATE refresh_tokens SET used_at = used_at - interval '31 seconds' WHERE used_at IS NOT NULL");
    assert_eq!(refresh(&world, &tenant, token).expect(401).code(), "AUTH_REFRESH_REUSED");
    assert_eq!(refresh(&world, &tenant, &successors[0]).expect(401).code(), "AUTH_REFRESH_INVALID");
    assert_eq!(list(), json!([]));
}
