//! Proving an address.

use aw_origin_harness::World;
use serde_json::json;

use super::{PASSWORD, host, login, mails, me, refresh, register, stranger, text, token};

#[test]
fn a_link_proves_an_address_once() {
    let world = World::new(&[]);
    let tenant = world.tenant("verify");
    let ada = register(&world, &tenant, "ada@example.org");
    assert_eq!(ada["user"]["emailVerified"], false);
    let link = token(&world, &tenant, "verify-email");
    let verify = |token: &str| world.json(&stranger(&tenant), "POST", "/v1/auth/verify", &json!({ "token": token }));
    for wrong in ["", "x", &link[1..], &format!("{link}A")] {
        assert_eq!(verify(wrong).expect(400).code(), "AUTH_LINK_INVALID");
    }
    // A link for one thing does nothing else.
    let body = json!({ "token": link, "password": "another password" });
    let reset = world.json(&stranger(&tenant), "POST", "/v1/auth/password/reset", &body);
    assert_eq!(reset.expect(400).code(), "AUTH_LINK_INVALID");
    let kept = world.sql(&tenant, "SELECT encode(hash, 'escape') FROM link_tokens").concat();
    assert!(!kept.contains(&link), "kept as it is");
    let answers = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| verify(&link).status)).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(answers.iter().filter(|s| **s == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|s| matches!(s, 200 | 400)), "{answers:?}");
    // The account has it at once, tokens from the next on.
    assert_eq!(world.get(&me(&tenant, &ada), "/v1/account").expect(200).data()["emailVerified"], true);
    let next = refresh(&world, &tenant, text(&ada, "refreshToken")).expect(200).data();
    assert_eq!(next["user"]["emailVerified"], true);
    assert!(host(&world, &tenant).get("revoked").is_none(), "nobody is logged out");
    assert_eq!(login(&world, &stranger(&tenant), "ada@example.org", PASSWORD).expect(200).data()["user"], next["user"]);
}

#[test]
fn a_link_expires_and_can_be_had_again_but_not_for_ever() {
    let world = World::new(&[]);
    let tenant = world.tenant("again");
    let ada = register(&world, &tenant, "ada@example.org");
    let who = me(&tenant, &ada);
    let verify = |token: &str| world.json(&stranger(&tenant), "POST", "/v1/auth/verify", &json!({ "token": token }));
    let old = token(&world, &tenant, "verify-email");
    world.sql(&tenant, "UPDATE link_tokens SET expires_at = now()");
    assert_eq!(verify(&old).expect(400).code(), "AUTH_LINK_INVALID");
    let again = || world.ask(&who, "POST", "/v1/account/verification", &[], b"");
    let sent = again().expect(202).data();
    assert_eq!(sent, json!({ "email": "ada@example.org" }));
    assert_eq!(mails(&world, &tenant).len(), 2);
    let _ = again().expect(202);
    let _ = again().expect(202);
    let limited = again().expect(429);
    assert!(limited.headers.contains_key("retry-after"));
    let _ = verify(&token(&world, &tenant, "verify-email")).expect(200);
    // With one, the others are used up.
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM link_tokens"), ["0"]);
    world.sql(&tenant, "DELETE FROM login_attempts");
    assert_eq!(again().expect(409).code(), "USER_EMAIL_VERIFIED");
    assert_eq!(world.ask(&stranger(&tenant), "POST", "/v1/account/verification", &[], b"").status, 401);
}
