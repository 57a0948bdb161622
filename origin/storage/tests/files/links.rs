//! Links to private files.

use aw_origin_harness::World;
use serde_json::json;

use super::{author, png, store, text};

#[test]
fn a_link_says_how_the_file_is_served_and_for_how_long() {
    let world = World::new(&[]);
    let tenant = world.tenant("links");
    let ada = author(&tenant, "ada");
    let bytes = png(300, 1);
    let file = store(&world, &ada, "Grüße; \"1\".png", &bytes, json!({}));
    let target = format!("/v1/files/{}/link", text(&file, "id"));
    let link = world.get(&ada, &format!("{target}?expires=60&disposition=inline")).expect(200).data();
    assert!(text(&link, "url").contains("X-Amz-Expires=60&"), "{link}");
    let got = world.fetch("GET", text(&link, "url"), &[], b"").expect(200);
    assert_eq!((got.headers["content-type"].as_bytes(), &got.body), (&b"image/png"[..], &bytes));
    assert_eq!(
        got.headers["content-disposition"],
        "inline; filename=\"Gr__e_ _1_.png\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%3B%20%221%22.png"
    );
    let got = world.fetch("GET", text(&link, "url"), &[("range", "bytes=-5")], b"").expect(206);
    assert_eq!(got.body, bytes[295..]);
    // Nothing of it may be another.
    for (from, to) in [("Expires=60", "Expires=600"), ("inline", "attachment"), ("image%2Fpng", "text%2Fhtml")] {
        assert_eq!(world.fetch("GET", &text(&link, "url").replace(from, to), &[], b"").status, 403, "{from}");
    }
    for bad in ["expires=0", "expires=604801", "expires=x", "disposition=form-data"] {
        assert_eq!(world.get(&ada, &format!("{target}?{bad}")).status, 400, "{bad}");
    }
    assert_eq!(world.get(&author(&tenant, "bob"), &target).status, 404, "another author's");
}

#[test]
fn what_a_browser_would_run_is_downloaded() {
    let world = World::new(&[]);
    let tenant = world.tenant("active");
    let ada = author(&tenant, "ada");
    for (name, kind, bytes) in [
        ("a.svg", "image/svg+xml", &b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"[..]),
        ("a.html", "text/html", b"<!doctype html><script>alert(1)</script>"),
        ("a.txt", "text/plain", b"<script>alert(1)</script>"),
    ] {
        let file = store(&world, &ada, name, bytes, json!({ "mediaType": kind }));
        let target = format!("/v1/files/{}/link?disposition=inline", text(&file, "id"));
        let link = world.get(&ada, &target).expect(200).data();
        let got = world.fetch("GET", text(&link, "url"), &[], b"").expect(200);
        assert_eq!(got.headers["content-type"], "application/octet-stream", "{name}");
        assert!(got.headers["content-disposition"].to_str().unwrap().starts_with("attachment;"), "{name}");
    }
}
