//! What an account shows, and how it reads.

use aw_origin_harness::World;
use serde_json::{Value, json};

use super::{me, patch, register, stranger};

#[test]
fn a_profile_is_public_with_a_handle_and_not_without() {
    let world = World::new(&[]);
    let tenant = world.tenant("profile");
    let ada = register(&world, &tenant, "ada@example.org");
    let who = me(&tenant, &ada);
    let mine = world.get(&who, "/v1/account/profile").expect(200);
    let empty = json!({ "handle": null, "displayName": "Ada", "bio": "", "links": [], "avatar": null, "followers": 0 });
    assert_eq!(mine.data(), empty);
    let full = json!({
        "handle": "ada", "displayName": "Ada L.", "bio": " Counts.\r\nWrites. ", "avatar": "0190-f.png",
        "links": [{ "label": "Site", "url": "https://ada.example/" }],
    });
    let fields = [("content-type", "application/json")];
    let without = world.ask(&who, "PATCH", "/v1/account/profile", &fields, full.to_string().as_bytes());
    assert_eq!(without.expect(428).code(), "REQUEST_IF_MATCH_REQUIRED");
    let etag = mine.etag();
    let fields = [("content-type", "application/json"), ("if-match", etag.as_str())];
    let changed = world.ask(&who, "PATCH", "/v1/account/profile", &fields, full.to_string().as_bytes()).expect(200);
    assert_eq!(changed.data()["bio"], "Counts.\nWrites.");
    let lost = world.ask(&who, "PATCH", "/v1/account/profile", &fields, full.to_string().as_bytes());
    assert_eq!(lost.expect(412).code(), "REQUEST_IF_MATCH_FAILED");
    let public = world.get(&stranger(&tenant), "/v1/profiles/ada").expect(200);
    let mut expected = changed.data();
    expected["following"] = Value::Null;
    assert_eq!(public.data(), expected);
    assert!(!String::from_utf8(public.body).unwrap().contains("example.org"), "no address");
    // One field changes alone; null takes away.
    let change = |body: Value| patch(&world, &who, "/v1/account/profile", &body);
    let less = change(json!({ "avatar": null })).expect(200).data();
    assert_eq!((&less["avatar"], &less["handle"]), (&Value::Null, &json!("ada")));
    world.sql(&tenant, "UPDATE users SET suspended_at = now()");
    assert_eq!(world.get(&stranger(&tenant), "/v1/profiles/ada").expect(404).code(), "USER_PROFILE_NOT_FOUND");
    world.sql(&tenant, "UPDATE users SET suspended_at = NULL");
    let _ = change(json!({ "handle": null })).expect(200);
    assert_eq!(world.get(&stranger(&tenant), "/v1/profiles/ada").status, 404);
    assert_eq!(world.get(&stranger(&tenant), "/v1/account/profile").status, 401);
    assert_eq!(world.get(&aw_origin_harness::Who::operator(&tenant), "/v1/account/profile").status, 403);
}

#[test]
fn what_no_profile_says_is_refused() {
    let world = World::new(&[]);
    let tenant = world.tenant("unsaid");
    let ada = register(&world, &tenant, "ada@example.org");
    let bob = register(&world, &tenant, "bob@example.org");
    let change = |who: &Value, body: Value| patch(&world, &me(&tenant, who), "/v1/account/profile", &body);
    let _ = change(&bob, json!({ "handle": "bob" })).expect(200);
    let link = |label: &str, url: &str| json!({ "links": [{ "label": label, "url": url }] });
    for (body, status, code) in [
        (json!({ "handle": "bob" }), 409, "USER_HANDLE_TAKEN"),
        (json!({ "handle": "Bob" }), 422, "USER_HANDLE_INVALID"),
        (json!({ "handle": "admin" }), 422, "USER_HANDLE_RESERVED"),
        (json!({ "displayName": "a\0b" }), 422, "USER_DISPLAY_NAME_INVALID"),
        (json!({ "displayName": " " }), 422, "USER_DISPLAY_NAME_INVALID"),
        (json!({ "bio": "a\0b" }), 422, "USER_BIO_INVALID"),
        (json!({ "bio": "ä".repeat(2001) }), 422, "USER_BIO_INVALID"),
        (link("Site", "javascript:alert(1)"), 422, "USER_LINKS_INVALID"),
        (link("\u{0}", "https://x.example"), 422, "USER_LINKS_INVALID"),
        (json!({ "avatar": "../x" }), 422, "USER_AVATAR_INVALID"),
        (json!({ "email": "x@y.z" }), 400, "REQUEST_BODY_INVALID"),
        (json!({ "links": [{ "label": "a" }] }), 400, "REQUEST_BODY_INVALID"),
    ] {
        let answer = change(&ada, body.clone());
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body}");
    }
}

#[test]
fn preferences_have_types_and_defaults() {
    let world = World::new(&[]);
    let tenant = world.tenant("preferences");
    let who = me(&tenant, &register(&world, &tenant, "ada@example.org"));
    let read = || world.get(&who, "/v1/account/preferences").expect(200);
    let none = json!({ "news": false, "publications": false, "followers": false });
    assert_eq!(read().data(), json!({ "theme": "system", "fontSize": 18, "language": null, "mail": none }));
    let etag = read().etag();
    let change = |body: Value| patch(&world, &who, "/v1/account/preferences", &body);
    let body = json!({ "theme": "sepia", "fontSize": 22, "language": "pt-BR", "mail": { "publications": true } });
    let changed = change(body).expect(200);
    let some = json!({ "news": false, "publications": true, "followers": false });
    assert_eq!(changed.data(), json!({ "theme": "sepia", "fontSize": 22, "language": "pt-BR", "mail": some }));
    assert_eq!((read().data(), read().etag()), (changed.data(), changed.etag()));
    assert_ne!(read().etag(), etag);
    assert_eq!(change(json!({ "language": null })).expect(200).data()["language"], Value::Null);
    for (body, status, code) in [
        (json!({ "fontSize": 9 }), 422, "USER_FONT_SIZE_INVALID"),
        (json!({ "fontSize": -1 }), 400, "REQUEST_BODY_INVALID"),
        (json!({ "theme": "pink" }), 400, "REQUEST_BODY_INVALID"),
        (json!({ "language": "de\0" }), 422, "USER_LANGUAGE_INVALID"),
        (json!({ "mail": { "spam": true } }), 400, "REQUEST_BODY_INVALID"),
    ] {
        let answer = change(body.clone());
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body}");
    }
}
