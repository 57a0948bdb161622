//! A new password, a new address.

use aw_origin_harness::World;
use serde_json::json;

use super::{PASSWORD, login, mails, me, refresh, register, stranger, text, token};

#[test]
fn a_new_password_leaves_the_session_that_set_it() {
    let world = World::new(&[]);
    let tenant = world.tenant("newpass");
    let other = register(&world, &tenant, "ada@example.org");
    let mine = login(&world, &stranger(&tenant), "ada@example.org", PASSWORD).expect(200).data();
    let who = me(&tenant, &mine);
    let change = |current: &str, new: &str| {
        let body = json!({ "currentPassword": current, "newPassword": new });
        world.json(&who, "PUT", "/v1/account/password", &body)
    };
    assert_eq!(change("wrong wrong wrong", "another password").expect(403).code(), "USER_PASSWORD_WRONG");
    assert_eq!(change(PASSWORD, "short").expect(422).code(), "USER_PASSWORD_INVALID");
    let _ = change(PASSWORD, "another password").expect(204);
    assert_eq!(refresh(&world, &tenant, text(&other, "refreshToken")).status, 401);
    let _ = refresh(&world, &tenant, text(&mine, "refreshToken")).expect(200);
    assert_eq!(login(&world, &stranger(&tenant), "ada@example.org", PASSWORD).status, 401);
    let _ = login(&world, &stranger(&tenant), "ada@example.org", "another password").expect(200);
    assert_eq!(mails(&world, &tenant)[0]["template"], "password-changed");
    let guesses: Vec<u16> = (0..12).map(|_| change("wrong wrong wrong", "another password").status).collect();
    assert_eq!((guesses[0], guesses[11]), (403, 429), "{guesses:?}");
    assert_eq!(world.json(&stranger(&tenant), "PUT", "/v1/account/password", &json!({})).status, 401);
}

#[test]
fn a_new_address_is_proved_before_it_counts_and_the_old_one_is_told() {
    let world = World::new(&[]);
    let tenant = world.tenant("newmail");
    register(&world, &tenant, "taken@example.org");
    let ada = register(&world, &tenant, "ada@example.org");
    let who = me(&tenant, &ada);
    let change = |email: &str, password: &str| {
        world.json(&who, "POST", "/v1/account/email", &json!({ "email": email, "password": password }))
    };
    let confirm =
        |token: &str| world.json(&stranger(&tenant), "POST", "/v1/auth/email/confirm", &json!({ "token": token }));
    assert_eq!(change("new@example.org", "wrong wrong wrong").expect(403).code(), "USER_PASSWORD_WRONG");
    assert_eq!(change("Taken@example.org", PASSWORD).expect(409).code(), "USER_EMAIL_TAKEN");
    world.sql(&tenant, "DELETE FROM login_attempts");
    assert_eq!(change("no address", PASSWORD).expect(422).code(), "USER_EMAIL_INVALID");
    let _ = change("First@example.org", PASSWORD).expect(202);
    let first = token(&world, &tenant, "change-email");
    let _ = change("Second@example.org", PASSWORD).expect(202);
    let second = token(&world, &tenant, "change-email");
    assert_eq!(world.get(&who, "/v1/account").expect(200).data()["email"], "ada@example.org", "not yet");
    assert_eq!(confirm(&first).expect(400).code(), "AUTH_LINK_INVALID", "another was asked for since");
    let verify = token(&world, &tenant, "verify-email");
    assert_eq!(confirm(&second).expect(200).data(), json!({ "email": "second@example.org", "emailVerified": true }));
    assert_eq!(confirm(&second).expect(400).code(), "AUTH_LINK_INVALID");
    // A link to the old address proves nothing any more.
    let answer = world.json(&stranger(&tenant), "POST", "/v1/auth/verify", &json!({ "token": verify }));
    assert_eq!(answer.expect(400).code(), "AUTH_LINK_INVALID");
    assert_eq!(login(&world, &stranger(&tenant), "ada@example.org", PASSWORD).status, 401);
    let again = login(&world, &stranger(&tenant), "second@example.org", PASSWORD).expect(200).data();
    assert_eq!(again["user"]["emailVerified"], true);
    let mails = mails(&world, &tenant);
    assert_eq!((&mails[0]["template"], &mails[0]["to"]), (&json!("email-changed"), &json!("ada@example.org")));
    assert!(!text(&mails[0], "text").contains("second@"), "the old address is not told the new one");
}

#[test]
fn an_address_that_was_taken_meanwhile_is_refused_and_the_link_stays() {
    let world = World::new(&[]);
    let tenant = world.tenant("raced");
    let ada = register(&world, &tenant, "ada@example.org");
    let body = json!({ "email": "new@example.org", "password": PASSWORD });
    let _ = world.json(&me(&tenant, &ada), "POST", "/v1/account/email", &body).expect(202);
    let link = token(&world, &tenant, "change-email");
    register(&world, &tenant, "new@example.org");
    let confirm = || world.json(&stranger(&tenant), "POST", "/v1/auth/email/confirm", &json!({ "token": link }));
    assert_eq!(confirm().expect(409).code(), "USER_EMAIL_TAKEN");
    assert_eq!(confirm().expect(409).code(), "USER_EMAIL_TAKEN");
    assert_eq!(world.get(&me(&tenant, &ada), "/v1/account").expect(200).data()["email"], "ada@example.org");
}
