//! Resumable uploads, by the protocol.

use aw_origin_harness::{Answer, Who, World};

use super::{
    author, keys, png,
    relay::{Fault, Relay},
    sha256, text, used, work,
};

const VERSION: (&str, &str) = ("tus-resumable", "1.0.0");
const OCTETS: (&str, &str) = ("content-type", "application/offset+octet-stream");

fn begin(world: &World, who: &Who, size: usize, more: &[(&str, &str)]) -> Answer {
    let size = size.to_string();
    let fields = [&[VERSION, ("upload-length", &size)], more].concat();
    world.ask(who, "POST", "/v1/uploads", &fields, b"")
}

fn patch(world: &World, who: &Who, at: &str, offset: usize, chunk: &[u8]) -> Answer {
    let offset = offset.to_string();
    world.ask(who, "PATCH", at, &[VERSION, OCTETS, ("upload-offset", &offset)], chunk)
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

fn offset(world: &World, who: &Who, at: &str) -> usize {
    header(&world.ask(who, "HEAD", at, &[VERSION], b"").expect(200), "upload-offset").parse().unwrap()
}

fn file(world: &World, who: &Who, at: &str) -> serde_json::Value {
    world.get(who, &at.replace("uploads", "files")).expect(200).data()
}

fn bytes_of(world: &World, who: &Who, at: &str) -> Vec<u8> {
    let link = world.get(who, &format!("{}/link", at.replace("uploads", "files"))).expect(200).data();
    world.fetch("GET", text(&link, "url"), &[], b"").expect(200).body
}

#[test]
fn a_file_comes_in_chunks_of_any_length() {
    let world = World::new(&[]);
    let tenant = world.tenant("chunks");
    let ada = author(&tenant, "ada");
    // Shorter than a part, just a part, longer; the last one short.
    for sizes in [&[10, 20][..], &[5 << 20, 1], &[3 << 20, 3 << 20, 8 << 20, 1000], &[8 << 20, 8 << 20], &[1, 5 << 20]]
    {
        let bytes = png(sizes.iter().sum(), 9);
        let metadata = "filename R3LDvMOfZS5wbmc=,filetype aW1hZ2UvcG5n";
        let begun = begin(&world, &ada, bytes.len(), &[("upload-metadata", metadata)]).expect(201);
        let at = header(&begun, "location").to_owned();
        assert!(header(&begun, "upload-expires").ends_with(" GMT") && header(&begun, "tus-resumable") == "1.0.0");
        let mut done = 0;
        for size in sizes {
            assert_eq!(offset(&world, &ada, &at), done);
            let answer = patch(&world, &ada, &at, done, &bytes[done..done + size]).expect(204);
            done += size;
            assert_eq!(header(&answer, "upload-offset"), done.to_string());
        }
        let head = world.ask(&ada, "HEAD", &at, &[VERSION], b"").expect(200);
        assert_eq!((header(&head, "upload-length"), header(&head, "upload-metadata")), (&*done.to_string(), metadata));
        let file = file(&world, &ada, &at);
        assert_eq!(
            (text(&file, "state"), text(&file, "name"), text(&file, "mediaType")),
            ("stored", "Grüße.png", "image/png")
        );
        assert_eq!(text(&file, "sha256"), sha256(&bytes));
        assert!(bytes_of(&world, &ada, &at) == bytes);
    }
    world.sql(&tenant, "UPDATE files SET due_at = now()");
    work(&world);
    assert_eq!(keys(&world, &tenant).len(), 5);
}

#[test]
fn bytes_may_come_along_with_the_beginning() {
    let world = World::new(&[]);
    let tenant = world.tenant("along");
    let ada = author(&tenant, "ada");
    let bytes = png(1000, 1);
    let sum = "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let wrong = world.ask(
        &ada,
        "POST",
        "/v1/uploads",
        &[VERSION, OCTETS, ("upload-length", "1000"), ("upload-checksum", sum)],
        &bytes,
    );
    assert_eq!(wrong.status, 460);
    assert_eq!(used(&world, &tenant), 0);
    let begun = world.ask(&ada, "POST", "/v1/uploads", &[VERSION, OCTETS, ("upload-length", "1000")], &bytes[..600]);
    let begun = begun.expect(201);
    assert_eq!(header(&begun, "upload-offset"), "600");
    let at = header(&begun, "location").to_owned();
    let _ = patch(&world, &ada, &at, 600, &bytes[600..]).expect(204);
    assert!(bytes_of(&world, &ada, &at) == bytes);
}

#[test]
fn the_protocol_is_kept_to() {
    let world = World::new(&[]);
    let tenant = world.tenant("protocol");
    let (ada, bob) = (author(&tenant, "ada"), author(&tenant, "bob"));
    let options =
        world.ask(&Who::stranger(&tenant, [192, 0, 2, 1].into()), "OPTIONS", "/v1/uploads", &[], b"").expect(204);
    assert_eq!((header(&options, "tus-version"), header(&options, "tus-max-chunk-size")), ("1.0.0", "8388608"));
    let old =
        world.ask(&ada, "POST", "/v1/uploads", &[("tus-resumable", "0.2.2"), ("upload-length", "5")], b"").expect(412);
    assert_eq!(header(&old, "tus-version"), "1.0.0");
    for (fields, status) in [
        (vec![], 400),
        (vec![("upload-length", "-1")], 400),
        (vec![("upload-length", "0")], 422),
        (vec![("upload-length", "99999999999999")], 413),
        (vec![("upload-length", "5"), ("upload-concat", "partial")], 400),
        (vec![("upload-defer-length", "1")], 400),
        (vec![("upload-length", "5"), ("upload-metadata", "filename !")], 400),
        (vec![("upload-length", "5"), ("upload-metadata", "filetype YXBwbGljYXRpb24veC1tc2Rvd25sb2Fk")], 422),
    ] {
        let answer = world.ask(&ada, "POST", "/v1/uploads", &[&[VERSION], &fields[..]].concat(), b"");
        assert_eq!((answer.status, header(&answer, "tus-resumable")), (status, "1.0.0"), "{fields:?}");
    }
    let bytes = png(1000, 1);
    let at = header(&begin(&world, &ada, 1000, &[]).expect(201), "location").to_owned();
    assert_eq!(patch(&world, &ada, &at, 1, &bytes[1..]).status, 409);
    assert_eq!(world.ask(&ada, "PATCH", &at, &[VERSION, ("upload-offset", "0")], &bytes).status, 415);
    assert_eq!(world.ask(&ada, "PATCH", &at, &[VERSION, OCTETS], &bytes).status, 400);
    assert_eq!(patch(&world, &ada, &at, 0, &png(1001, 1)).status, 413);
    assert_eq!(patch(&world, &bob, &at, 0, &bytes).status, 404);
    assert_eq!(world.ask(&bob, "HEAD", &at, &[VERSION], b"").status, 404);
    let sum = "sha256 AAAA";
    assert_eq!(
        world
            .ask(&ada, "PATCH", &at, &[VERSION, OCTETS, ("upload-offset", "0"), ("upload-checksum", sum)], &bytes)
            .status,
        460
    );
    assert_eq!(offset(&world, &ada, &at), 0);
    let method = ("x-http-method-override", "PATCH");
    let _ = world.ask(&ada, "POST", &at, &[VERSION, OCTETS, method, ("upload-offset", "0")], &bytes[..500]).expect(204);
    let _ = patch(&world, &ada, &at, 500, b"").expect(204);
    assert_eq!(offset(&world, &ada, &at), 500);
    let _ = world.ask(&ada, "DELETE", &at, &[VERSION], b"").expect(204);
    assert_eq!(world.ask(&ada, "HEAD", &at, &[VERSION], b"").status, 404);
    work(&world);
    assert_eq!((keys(&world, &tenant).len(), used(&world, &tenant)), (0, 0));
}

#[test]
fn what_is_refused_is_gone() {
    let world = World::new(&[]);
    let tenant = world.tenant("tusrefused");
    let ada = author(&tenant, "ada");
    let metadata = "filetype aW1hZ2UvcG5n";
    let at = header(&begin(&world, &ada, 300, &[("upload-metadata", metadata)]).expect(201), "location").to_owned();
    let _ = patch(&world, &ada, &at, 0, &[0; 200]).expect(204);
    let refused = patch(&world, &ada, &at, 200, &[0; 100]).expect(422);
    assert_eq!(refused.code(), "STORAGE_FILE_TYPE_REFUSED");
    assert_eq!(world.ask(&ada, "HEAD", &at, &[VERSION], b"").status, 410);
    assert_eq!((keys(&world, &tenant).len(), used(&world, &tenant)), (0, 0));
}

#[test]
fn of_many_chunks_at_one_offset_one_is_taken() {
    let world = World::new(&[]);
    let tenant = world.tenant("tusmany");
    let ada = author(&tenant, "ada");
    let bytes = png(6 << 20, 1);
    let at = header(&begin(&world, &ada, bytes.len(), &[]).expect(201), "location").to_owned();
    let mut done = 0;
    while done < bytes.len() {
        let chunk = &bytes[done..bytes.len().min(done + (2 << 20))];
        let statuses = std::thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|_| scope.spawn(|| patch(&world, &ada, &at, done, chunk).status)).collect();
            all.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 204 | 409 | 423)), "{statuses:?}");
        done += chunk.len();
    }
    assert!(bytes_of(&world, &ada, &at) == bytes);
}

#[test]
fn a_resumable_upload_survives_every_break() {
    let world = World::new(&[]);
    let tenant = world.tenant("tusbreak");
    let ada = author(&tenant, "ada");
    let chunk = 3 << 20;
    let bytes = png(7 << 20, 4);
    let mut broken = 0;
    for fault in [Fault::Before, Fault::After] {
        for number in 0.. {
            let relay = Relay::new(world.store(), number, fault);
            let weak = World::with_store(relay.addr);
            let at = header(&begin(&world, &ada, bytes.len(), &[]).expect(201), "location").to_owned();
            let (mut done, mut tries) = (0, 0);
            while done < bytes.len() && tries < 10 {
                tries += 1;
                let end = bytes.len().min(done + chunk);
                let status = patch(&weak, &ada, &at, done, &bytes[done..end]).status;
                assert!(matches!(status, 204 | 503), "{status}");
                done = offset(&world, &ada, &at);
            }
            // The last chunk may have been taken, and the rest be left to the sweep.
            world.sql(&tenant, "UPDATE files SET due_at = now()");
            work(&world);
            assert_eq!(text(&file(&world, &ada, &at), "state"), "stored", "{fault:?} {number}");
            assert!(bytes_of(&world, &ada, &at) == bytes, "{fault:?} {number}");
            let _ = world.ask(&ada, "DELETE", &at, &[VERSION], b"").expect(204);
            world.sql(&tenant, "UPDATE files SET due_at = now()");
            work(&world);
            assert_eq!((keys(&world, &tenant), used(&world, &tenant)), (vec![], 0), "{fault:?} {number}");
            if relay.seen() <= number {
                break;
            }
            broken += 1;
        }
    }
    assert!(broken >= 12, "{broken}");
}
