//! The component in Spin: the same library, with the platform's own way to the database and the object store. It takes
//! minutes to build, so it is asked for: `cargo test -p aw-origin-storage --test spin -- --ignored`.

use std::net::IpAddr;

use aw_origin_harness::{Who, World};
use serde_json::{Value, json};

fn png(size: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".to_vec();
    bytes.extend((bytes.len()..size).map(|n| (n as u8).wrapping_mul(31) ^ (n >> 12) as u8));
    bytes
}

fn bytes_of(world: &World, who: &Who, id: &str) -> Vec<u8> {
    let link = world.get(who, &format!("/v1/files/{id}/link")).expect(200).data();
    world.fetch("GET", link["url"].as_str().unwrap(), &[], b"").expect(200).body
}

#[test]
#[ignore = "builds the component"]
fn files_come_by_url_in_parts_and_by_tus() {
    let world = World::on_spin();
    let tenant = world.tenant("spin");
    let ada = Who::stranger(&tenant, IpAddr::from([192, 0, 2, 1])).user("ada", "author");
    // Without a checksum that the store has checked, the component reads and hashes all of it.
    for size in [1000, (32 << 20) + 5] {
        let bytes = png(size);
        let new = json!({ "name": "a.png", "size": size, "mediaType": "image/png", "visibility": "public" });
        let begun = world.json(&ada, "POST", "/v1/files", &new).expect(201).data();
        let part = begun["upload"]["partSize"].as_u64().unwrap() as usize;
        for (request, chunk) in begun["upload"]["requests"].as_array().unwrap().iter().zip(bytes.chunks(part)) {
            let _ = world.fetch("PUT", request["url"].as_str().unwrap(), &[], chunk).expect(200);
        }
        let id = begun["file"]["id"].as_str().unwrap();
        let start = std::time::Instant::now();
        let file = world.ask(&ada, "POST", &format!("/v1/files/{id}/complete"), &[], b"").expect(200).data();
        println!("{size} bytes checked in {} ms", start.elapsed().as_millis());
        assert_eq!((&file["state"], &file["sha256"]), (&json!("stored"), &json!(aw_trust::digest::sha256_hex(&bytes))));
        assert!(bytes_of(&world, &ada, id) == bytes);
    }
    let (version, octets) = (("tus-resumable", "1.0.0"), ("content-type", "application/offset+octet-stream"));
    let bytes = png(14 << 20);
    let length = bytes.len().to_string();
    let begun = world.ask(&ada, "POST", "/v1/uploads", &[version, ("upload-length", &length)], b"").expect(201);
    let at = begun.headers["location"].to_str().unwrap().to_owned();
    let mut done = 0;
    for size in [3 << 20, 3 << 20, 8 << 20] {
        let offset = done.to_string();
        let chunk = &bytes[done..done + size];
        let start = std::time::Instant::now();
        let _ = world.ask(&ada, "PATCH", &at, &[version, octets, ("upload-offset", &offset)], chunk).expect(204);
        println!("{size} bytes appended in {} ms", start.elapsed().as_millis());
        done += size;
    }
    let id = at.rsplit('/').next().unwrap();
    assert!(bytes_of(&world, &ada, id) == bytes);
    let list = world.get(&ada, "/v1/files?visibility=public&limit=10").expect(200).data();
    assert_eq!(list.as_array().map(Vec::len), Some(2));
    let _ = world.ask(&ada, "DELETE", &format!("/v1/files/{id}"), &[], b"").expect(204);
    world.sql(&tenant, "UPDATE files SET due_at = now(), signed_until = now() - interval '2 minutes'");
    let work: Value = world.ask(&Who::operator(""), "POST", "/_aw/work/storage", &[], b"").expect(200).data();
    assert_eq!((&work["removed"], &work["failed"]), (&json!(3), &json!(0)));
    assert_eq!(world.keys(&format!("f/{tenant}/")).len() + world.keys(&format!("u/{tenant}/")).len(), 2);
}
