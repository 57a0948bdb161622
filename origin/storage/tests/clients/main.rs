//! Stock clients against what is handed out: botocore and presigned URLs, tus-js-client and a connection that breaks.

use std::{
    fs,
    net::IpAddr,
    path::PathBuf,
    process::{Command, Output},
};

use aw_origin_harness::{Who, World};
use aw_runtimes::setup;
use serde_json::{Value, json};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("aw-clients-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A picture of so many bytes.
fn png(size: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".to_vec();
    bytes.extend((bytes.len()..size).map(|n| (n as u8).wrapping_mul(31) ^ (n >> 12) as u8));
    bytes
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
    output
}

/// An author with a token, by the routes that a person takes.
fn token(world: &World, tenant: &str) -> String {
    let who = Who::stranger(tenant, IpAddr::from([192, 0, 2, 1]));
    let account = json!({ "email": "ada@example.org", "password": "correct horse battery", "displayName": "Ada" });
    let _ = world.json(&who, "POST", "/v1/auth/register", &account).expect(201);
    let roles = json!({ "roles": ["author"] });
    let _ = world.json(&Who::operator(tenant), "PATCH", "/v1/users/ada@example.org", &roles).expect(200);
    let tokens = world.json(&who, "POST", "/v1/auth/login", &account).expect(200).data();
    tokens["accessToken"].as_str().unwrap().to_owned()
}

/// Asks the edge as a program with a token does.
fn ask(world: &World, site: &str, tenant: &str, token: &str, (method, path): (&str, &str), body: &Value) -> Value {
    let host = format!("{tenant}.localhost");
    let bearer = format!("Bearer {token}");
    let fields = [("host", &*host), ("authorization", &bearer), ("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = world.fetch(method, &format!("{site}{path}"), &fields, body.as_bytes());
    assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    answer.data()
}

#[test]
fn botocore_sends_what_is_signed_and_reads_what_is_linked() {
    let world = World::new(&[]);
    let tenant = world.tenant("boto");
    let token = token(&world, &tenant);
    let site = world.site();
    let at = format!("http://{}", site.addr());
    let ask = |method: &str, path: &str, body: Value| ask(&world, &at, &tenant, &token, (method, path), &body);
    let folder = folder("boto");
    for size in [100_000, (32 << 20) + 12_345] {
        let bytes = png(size);
        fs::write(folder.join("file"), &bytes).unwrap();
        let new = json!({
            "name": "Übersicht.png", "size": size, "mediaType": "image/png",
            "sha256": aw_trust::digest::sha256_hex(&bytes), "visibility": "public",
        });
        let begun = ask("POST", "/v1/files", new);
        fs::write(folder.join("upload.json"), begun["upload"].to_string()).unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/boto.py");
        let python = || setup::s3_clients().unwrap().command().unwrap();
        run(python().arg(script).arg("upload").arg(&folder));
        let id = begun["file"]["id"].as_str().unwrap();
        let file = ask("POST", &format!("/v1/files/{id}/complete"), Value::Null);
        assert_eq!(file["state"], "stored");
        let link = ask("GET", &format!("/v1/files/{id}/link?disposition=inline"), Value::Null);
        fs::write(folder.join("link.json"), link.to_string()).unwrap();
        run(python().arg(script).arg("download").arg(&folder));
        assert!(fs::read(folder.join("got")).unwrap() == bytes);
        // The same, from the edge, without a token.
        let host = format!("{tenant}.localhost");
        let got = world.fetch(
            "GET",
            &format!("{at}{}", file["url"].as_str().unwrap()),
            &[("host", &host), ("range", "bytes=5-99999")],
            b"",
        );
        let got = got.expect(206);
        assert!(got.body == bytes[5..100_000], "{size}");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn tus_js_client_goes_on_with_an_upload_that_broke_at_any_byte() {
    let world = World::new(&[]);
    let tenant = world.tenant("tusjs");
    let token = token(&world, &tenant);
    let site = world.site();
    let folder = folder("tus");
    let bytes = png(9_000_001);
    fs::write(folder.join("file"), &bytes).unwrap();
    let mut random = [0; 8];
    fs::File::open("/dev/urandom").and_then(|mut file| std::io::Read::read_exact(&mut file, &mut random)).unwrap();
    let mut seed = u64::from_le_bytes(random);
    for chunk in [8 << 20, 3_000_000, 1_000_000] {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let cut = (seed >> 16) % 9_000_000;
        println!("cut at byte {cut}, chunks of {chunk}");
        let tools = setup::node().unwrap();
        let output = run(Command::new(tools.program("node"))
            .env("NODE_PATH", setup::clients().unwrap())
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/tus.cjs"))
            .args([&site.addr().port().to_string(), &format!("{tenant}.localhost"), &token])
            .arg(folder.join("file"))
            .args([chunk.to_string(), cut.to_string()]));
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&said["broke"], &said["again"]), (&json!(true), &json!(3)), "{said}");
        let id = said["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let at = format!("http://{}", site.addr());
        let file = ask(&world, &at, &tenant, &token, ("GET", &format!("/v1/files/{id}")), &Value::Null);
        assert_eq!((&file["state"], &file["name"]), (&json!("stored"), &json!("Grüße.png")));
        assert_eq!(file["sha256"], aw_trust::digest::sha256_hex(&bytes));
        let link = ask(&world, &at, &tenant, &token, ("GET", &format!("/v1/files/{id}/link")), &Value::Null);
        assert!(world.fetch("GET", link["url"].as_str().unwrap(), &[], b"").expect(200).body == bytes);
    }
    fs::remove_dir_all(folder).unwrap();
}
