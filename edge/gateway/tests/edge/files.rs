//! Public files.

use aw_model::{PublicFile, key, object::PART, record};
use aw_platform::Bytes;
use aw_trust::digest::sha256_hex;

use crate::world::{World, encode};

/// Puts a public file into the edge's store.
fn publish(world: &World, media_type: &str, names: &[&str], bytes: &Bytes) -> String {
    let sha256 = sha256_hex(bytes);
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    let file = PublicFile { size: bytes.len() as u64, media_type: media_type.to_owned(), names };
    world.put(&key::file("press", &sha256), encode(&file));
    for (n, part) in bytes.chunks(PART as usize).enumerate() {
        world.put(&key::object("press", &sha256, n as u32), Bytes::copy_from_slice(part));
    }
    sha256
}

#[test]
fn a_public_file_is_served_for_ever_without_the_origin() {
    let world = World::published();
    let bytes = Bytes::from((0..2 * PART + 5).map(|n| n as u8).collect::<Vec<_>>());
    let sha256 = publish(&world, "image/png", &["Grüße 1.png", "b.png"], &bytes);
    let path = format!("/files/{sha256}/Gr%C3%BC%C3%9Fe%201.png");
    let reply = world.get(&path);
    assert_eq!((reply.status, &reply.body), (200, &bytes));
    for (name, value) in [
        ("content-type", "image/png"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("content-disposition", "inline; filename=\"Gr__e 1.png\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%201.png"),
        ("x-content-type-options", "nosniff"),
        ("etag", &format!("\"{sha256}\"")),
        ("cache-tag", &format!("tenant-press,file-{sha256}")),
    ] {
        assert_eq!(reply.header(name), value, "{name}");
    }
    assert!(reply.header("content-security-policy").ends_with("sandbox"));
    let range = format!("bytes={}-{}", PART - 1, PART);
    let part = world.get_with(&path, &[("range", &range)]);
    assert_eq!((part.status, &part.body[..]), (206, &bytes[PART as usize - 1..PART as usize + 1]));
    assert_eq!(world.get_with(&path, &[("if-none-match", reply.header("etag"))]).status, 304);
    assert_eq!(world.get(&format!("/files/{sha256}/b.png")).status, 200);
    for none in [
        format!("/files/{sha256}/c.png"),
        format!("/files/{}/b.png", "0".repeat(64)),
        "/files/x/b.png".to_owned(),
        format!("/files/{sha256}"),
    ] {
        assert!(matches!(world.get(&none).status, 404 | 503), "{none}");
    }
    world.put(&key::file("press", &sha256), record::encode::<PublicFile>(99, None).unwrap());
    assert_eq!(world.get(&path).status, 404, "it was withdrawn");
}

#[test]
fn what_a_browser_would_run_is_downloaded() {
    let world = World::published();
    for (media_type, served, attached) in [
        ("image/svg+xml", "application/octet-stream", true),
        ("text/html", "application/octet-stream", true),
        ("text/xml", "application/octet-stream", true),
        ("application/pdf", "application/pdf", true),
        ("application/zip", "application/zip", true),
        ("text/plain", "text/plain; charset=utf-8", false),
        ("audio/mpeg", "audio/mpeg", false),
    ] {
        let bytes = Bytes::from(format!("<svg>{media_type}</svg>"));
        let sha256 = publish(&world, media_type, &["a"], &bytes);
        let reply = world.get(&format!("/files/{sha256}/a"));
        assert_eq!((reply.status, reply.header("content-type")), (200, served), "{media_type}");
        assert_eq!(reply.header("content-disposition").starts_with("attachment;"), attached, "{media_type}");
        assert!(reply.header("content-security-policy").contains("sandbox"), "{media_type}");
    }
}

#[test]
fn a_file_that_is_not_here_yet_is_filled_from_the_origin() {
    let world = World::empty();
    let bytes = Bytes::from_static(b"from the origin");
    let sha256 = sha256_hex(&bytes);
    let file = PublicFile { size: 15, media_type: "text/plain".into(), names: vec!["a.txt".into()] };
    let mut values = world.origin.values.borrow_mut();
    values.insert(key::file("press", &sha256), encode(&file));
    values.insert(key::object("press", &sha256, 0), bytes.clone());
    drop(values);
    assert_eq!(world.get(&format!("/files/{sha256}/a.txt")).body, bytes);
    world.p.block_on(world.p.run_background());
    assert!(world.stored(&key::object("press", &sha256, 0)).is_some(), "it is kept");
}
