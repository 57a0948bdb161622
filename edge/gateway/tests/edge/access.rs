//! Who may read what, decided from the token alone, with the origin switched off.

use aw_model::Revocation;

use crate::world::{START, WHALE, World, sign};

#[test]
fn a_stranger_reads_what_is_free_and_no_more() {
    let world = World::published();
    let free = world.get("/books/whale/1");
    assert_eq!((free.status, &free.body), (200, &world.press.page(1)));
    for (path, status, code) in [
        ("/v1/books/whale/chapters/2", 401, "CONTENT_ACCESS_LOGIN_REQUIRED"),
        ("/v1/books/whale/chapters/3", 402, "CONTENT_ACCESS_PAYMENT_REQUIRED"),
    ] {
        let refused = world.get(path);
        assert_eq!((refused.status, refused.code()), (status, code.to_owned()), "{path}");
        assert_eq!(refused.header("cache-control"), "no-store");
        assert_eq!(refused.has("www-authenticate"), status == 401);
        assert!(!refused.text().contains("<p>"), "not a byte of the text");
    }
    assert_eq!(world.origin.count(), 0);
}

#[test]
fn the_envelope_of_a_refusal_has_the_offer() {
    let world = World::published();
    let tier = world.get("/v1/books/whale/chapters/3").json();
    let details = &tier["error"]["details"];
    assert_eq!(details["access"], "tier:gold");
    assert_eq!(details["offer"], serde_json::json!({ "kind": "tier", "tier": "gold" }));
    assert_eq!(details["chapter"], serde_json::json!({ "number": 3, "title": "The Spouter-Inn" }));
    assert_eq!(details["book"]["slug"], "whale");
    let members = world.get("/v1/books/whale/chapters/2").json();
    assert_eq!(members["error"]["details"]["offer"]["kind"], "membership");
}

#[test]
fn the_paywall_is_a_page_with_the_title_and_the_way_in() {
    let world = World::published();
    for (path, status, title, secret) in
        [("/books/whale/2", 401, "The Carpet-Bag", "shirt"), ("/books/whale/3", 402, "The Spouter-Inn", "gable-ended")]
    {
        let page = world.get(path);
        assert_eq!((page.status, page.header("content-type")), (status, "text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.text().contains(title) && !page.text().contains(secret));
        let login = format!("/login?next=%2Fbooks%2Fwhale%2F{}", &path[path.len() - 1..]);
        assert!(page.text().contains(&login), "{}", page.text());
    }
}

#[test]
fn a_member_reads_for_members_a_tier_reads_for_the_tier() {
    let world = World::published();
    let table: [(&[&str], u32, u16); 8] = [
        (&[], 2, 200),
        (&[], 3, 402),
        (&["tier:silver"], 3, 402),
        (&["tier:gold"], 3, 200),
        (&["tier:goldfish", "gold", "tier:", "tier:GOLD"], 3, 402),
        (&[&format!("book:{WHALE}")], 3, 200),
        (&["book:whale"], 3, 402),
        (&["tier:gold"], 1, 200),
    ];
    for (entitlements, number, status) in table {
        let token = world.press.token(entitlements);
        for reply in [
            world.get_as(&format!("/books/whale/{number}"), &token),
            world.get_as_browser(&format!("/books/whale/{number}"), &token),
            world.get_as(&format!("/v1/books/whale/chapters/{number}"), &token),
            world.get_as(&format!("/v1/books/{WHALE}/chapters/{number}"), &token),
        ] {
            assert_eq!(reply.status, status, "{entitlements:?} of chapter {number}");
        }
    }
    let page = world.get_as("/books/whale/3", &world.press.token(&["tier:gold"]));
    assert_eq!(page.body, world.press.page(3));
    assert_eq!(world.origin.count(), 0, "the paywall is decided here");
}

#[test]
fn staff_reads_everything() {
    let world = World::published();
    let mut claims = world.press.claims(&[]);
    for role in ["owner", "admin", "editor", "author"] {
        claims.roles = vec![role.into()];
        assert_eq!(world.get_as("/books/whale/3", &sign("press", "k2", &claims)).status, 200, "{role}");
    }
    claims.roles = vec!["reader".into(), "ownership".into()];
    assert_eq!(world.get_as("/books/whale/3", &sign("press", "k2", &claims)).status, 402);
}

#[test]
fn who_has_logged_in_is_not_asked_to_again() {
    let world = World::published();
    let page = world.get_as_browser("/books/whale/3", &world.press.token(&[]));
    assert_eq!(page.status, 402);
    assert!(!page.text().contains("/login?next") && page.text().contains("gold"));
}

#[test]
fn what_is_not_free_stays_out_of_shared_caches() {
    let world = World::published();
    let token = world.press.token(&["tier:gold"]);
    for path in ["/books/whale/2", "/books/whale/3", "/v1/books/whale/chapters/3"] {
        let page = world.get_as_browser(path, &token);
        assert_eq!((page.status, page.header("cache-control")), (200, "private, no-cache"), "{path}");
        assert_eq!(page.header("vary"), "Cookie, Authorization");
        assert!(!page.has("cache-tag") && !page.has("surrogate-key"));
    }
}

#[test]
fn what_is_free_is_for_every_cache_under_its_names() {
    let world = World::published();
    let tags = ["tenant-press", &format!("book-{WHALE}"), "chapter-019b7700-0000-7000-8000-000000000101"];
    // A reader's own session does not make a free page private.
    for reply in [world.get("/books/whale/1"), world.get_as_browser("/books/whale/1", &world.press.token(&[]))] {
        let control = reply.header("cache-control");
        assert!(control.starts_with("public, max-age=60, stale-while-revalidate="), "{control}");
        assert!(control.contains("stale-if-error="));
        assert_eq!(reply.header("cache-tag"), tags.join(","));
        assert_eq!(reply.header("surrogate-key"), tags.join(" "));
        assert!(!reply.has("vary") && !reply.has("set-cookie"));
    }
}

#[test]
fn a_session_that_ended_is_a_strangers() {
    let world = World::published();
    let token = world.press.token(&["tier:gold"]);
    for (id, at, reads) in [
        ("s-1", START, false),
        ("s-1", START - 1, true),
        ("s-2", START, true),
        ("user:u-1", START, false),
        ("user:u-1", START - 1, true),
        ("user:s-1", START, true),
        ("u-1", START, true),
    ] {
        world.tenant(|tenant| tenant.revoked = vec![Revocation { id: id.into(), at }]);
        assert_eq!(world.get_as("/books/whale/3", &token).status == 200, reads, "{id} {at}");
        let bearer = world.get_as("/v1/books/whale/chapters/3", &token);
        assert_eq!(bearer.status, if reads { 200 } else { 401 });
        if !reads {
            assert_eq!(bearer.code(), "AUTH_SESSION_ENDED");
            // A browser's is a stranger's: what is free stays readable.
            assert_eq!(world.get_as_browser("/books/whale/1", &token).status, 200);
            assert_eq!(world.get_as_browser("/v1/books/whale/chapters/3", &token).status, 402);
        }
    }
}

#[test]
fn a_picture_is_for_whom_its_chapters_are() {
    let world = World::published();
    for (name, asset) in &world.press.book.assets {
        let path = format!("/books/whale/assets/{name}");
        let stranger = world.get(&path);
        let gold = world.get_as_browser(&path, &world.press.token(&["tier:gold"]));
        assert_eq!((gold.status, gold.header("content-type")), (200, asset.media_type.as_str()));
        assert_eq!(gold.body, world.press.object(&asset.object));
        if asset.access == aw_model::Access::Free {
            assert_eq!(stranger.body, gold.body);
            assert_eq!(stranger.header("cache-control"), "public, max-age=31536000, immutable");
        } else {
            assert_eq!((stranger.status, gold.header("cache-control")), (402, "private, no-cache"));
        }
        assert!(gold.header("content-security-policy").contains("sandbox"), "an author's SVG runs nothing");
    }
    assert_eq!(world.get("/books/whale/assets/0.png").status, 404);
}
