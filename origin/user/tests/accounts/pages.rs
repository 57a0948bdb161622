//! The pages about accounts, as an edge asks for them.

use aw_origin_harness::{Answer, Who, World};

use super::{PASSWORD, login, me, register, stranger, token, verified};

/// A look at a page.
fn look(world: &World, who: &Who, path: &str) -> String {
    let shown = world.get(&who.clone().with("x-aw-csrf", "c-1"), &format!("/_aw/pages{path}")).expect(200);
    assert_eq!(
        (&shown.headers["content-type"], &shown.headers["cache-control"]),
        (&"text/html; charset=utf-8".parse().unwrap(), &"no-store".parse().unwrap())
    );
    String::from_utf8(shown.body).unwrap()
}

/// A form's answer.
fn press(world: &World, who: &Who, path: &str, form: &str) -> Answer {
    let fields = [("content-type", "application/x-www-form-urlencoded")];
    let who = who.clone().with("x-aw-csrf", "c-1");
    world.ask(&who, "POST", &format!("/_aw/pages{path}"), &fields, form.as_bytes())
}

fn html(answer: Answer) -> String {
    String::from_utf8(answer.body).unwrap()
}

#[test]
fn a_link_is_followed_by_a_press_and_not_by_a_look() {
    let world = World::new(&[]);
    let tenant = world.tenant("links");
    let who = stranger(&tenant);
    register(&world, &tenant, "ada@example.org");
    let link = token(&world, &tenant, "verify-email");
    let proved = || world.sql(&tenant, "SELECT email_verified_at IS NOT NULL FROM users");
    let page = look(&world, &who, &format!("/verify?token={link}"));
    let parts =
        [format!("name=\"token\" value=\"{link}\""), "name=\"csrf\" value=\"c-1\"".into(), "Press links".into()];
    assert!(parts.iter().all(|part| page.contains(part)) && page.contains("noindex"), "{page}");
    assert_eq!(proved(), ["f"]);
    let done = html(press(&world, &who, "/verify", &format!("csrf=c-1&token={link}")).expect(200));
    assert!(done.contains("Your address is confirmed") && done.contains("role=\"status\""), "{done}");
    assert_eq!(proved(), ["t"]);
    let again = press(&world, &who, "/verify", "csrf=c-1&token=abc").expect(400);
    assert_eq!(again.headers["referrer-policy"], "strict-origin");
    assert!(html(again).contains("role=\"alert\""));
    // What no link of ours carries is not shown again.
    let page = look(&world, &who, "/verify?token=%22%3E%3Cscript%3E");
    assert!(!page.contains("script") && !page.contains("name=\"token\""), "{page}");
}

#[test]
fn a_password_is_forgotten_and_set() {
    let world = World::new(&[]);
    let tenant = world.tenant("forgotten");
    let who = stranger(&tenant);
    register(&world, &tenant, "ada@example.org");
    assert!(look(&world, &who, "/forgot").contains("action=\"/forgot\""));
    for email in ["ada%40example.org", "nobody%40example.org"] {
        let done = html(press(&world, &who, "/forgot", &format!("email={email}")).expect(200));
        assert!(done.contains("If there is an account"), "{done}");
    }
    let link = token(&world, &tenant, "reset-password");
    let refused = html(press(&world, &who, "/reset", &format!("token={link}&password=%3Cshort")).expect(422));
    assert!(refused.contains(&link) && !refused.contains("short\""), "{refused}");
    let done = press(&world, &who, "/reset", &format!("token={link}&password=another+password")).expect(200);
    assert!(html(done).contains("href=\"/login\""));
    assert_eq!(login(&world, &who, "ada@example.org", PASSWORD).status, 401);
    let _ = login(&world, &who, "ada@example.org", "another password").expect(200);
    assert_eq!(press(&world, &who, "/reset", &format!("token={link}&password=a+third+password")).status, 400);
}

#[test]
fn who_is_logged_in_has_the_mail_again_and_sees_what_they_log_in_with() {
    let world = World::new(&[]);
    let tenant = world.tenant("mailed-again");
    let who = stranger(&tenant);
    let ada = me(&tenant, &register(&world, &tenant, "ada@example.org"));
    assert!(look(&world, &ada, "/verify").contains("Send the mail again"));
    assert!(look(&world, &who, "/verify").contains("/login?next=%2Fverify"));
    assert!(html(press(&world, &ada, "/verify", "").expect(200)).contains("A new link is on its way"));
    let refused = press(&world, &who, "/verify", "").expect(401);
    assert!(html(refused).contains("role=\"alert\""));
    let bob = me(&tenant, &verified(&world, &tenant, "bob@example.org"));
    let shown = world.get(&bob, "/_aw/pages/account/security").expect(200);
    assert!(shown.headers["content-security-policy"].to_str().unwrap().contains("script-src 'self';"));
    let away = world.get(&who, "/_aw/pages/account/security").expect(303);
    assert_eq!(away.headers["location"], "/login?next=%2Faccount%2Fsecurity");
    assert_eq!(press(&world, &bob, "/account/security", "").status, 405);
}

#[test]
fn what_goes_wrong_is_told_on_a_page() {
    let world = World::new(&[]);
    let tenant = world.tenant("wrong");
    let gone = world.get(&stranger("no-such-press"), "/_aw/pages/verify");
    assert_eq!(gone.status, 404);
    let missing = world.get(&stranger(&tenant), "/_aw/pages/verify/x").expect(404);
    assert!(html(missing).contains("Press wrong"), "a page of the tenant's");
}
