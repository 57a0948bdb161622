//! Files against a real database and object store, as edges and clients ask for them.

mod checks;
mod crash;
mod described;
mod links;
mod manage;
mod parts;
mod quota;
mod relay;
mod resumed;
mod sweep;

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use aw_origin_harness::{Answer, Who, World};
use serde_json::{Value, json};

/// An author of the tenant.
fn author(tenant: &str, id: &str) -> Who {
    Who::stranger(tenant, IpAddr::from([192, 0, 2, 1])).user(id, "author")
}

/// A picture of so many bytes, of which `seed` is one.
fn png(size: usize, seed: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".to_vec();
    bytes.extend((bytes.len()..size).map(|n| (n as u8).wrapping_mul(31) ^ seed));
    bytes.truncate(size);
    bytes
}

fn sha256(bytes: &[u8]) -> String {
    aw_trust::digest::sha256_hex(bytes)
}

/// Announces a file.
fn announce(world: &World, who: &Who, name: &str, bytes: &[u8], more: Value) -> Answer {
    let mut body = json!({ "name": name, "size": bytes.len(), "mediaType": "image/png" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.json(who, "POST", "/v1/files", &body)
}

/// Sends what a request of an upload is for.
fn send(world: &World, request: &Value, bytes: &[u8]) -> Answer {
    let headers: Vec<(&str, &str)> = request["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    world.fetch(request["method"].as_str().unwrap(), text(request, "url"), &headers, bytes)
}

fn complete(world: &World, who: &Who, id: &str) -> Answer {
    world.ask(who, "POST", &format!("/v1/files/{id}/complete"), &[], b"")
}

/// A stored file.
fn store(world: &World, who: &Who, name: &str, bytes: &[u8], more: Value) -> Value {
    let begun = announce(world, who, name, bytes, more).expect(201).data();
    let _ = send(world, &begun["upload"]["requests"][0], bytes).expect(200);
    complete(world, who, text(&begun["file"], "id")).expect(200).data()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// Tests share a database, and each does the others' work too: one at a time. Whose files nobody else may touch holds it.
static TURN: Mutex<()> = Mutex::new(());

/// Does what is due.
fn work(world: &World) -> Value {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    work_in_turn(world)
}

fn work_in_turn(world: &World) -> Value {
    world.ask(&Who::operator(""), "POST", "/_aw/work/storage", &[], b"").expect(200).data()
}

/// Everything that the object store has of a tenant's files.
fn keys(world: &World, tenant: &str) -> Vec<String> {
    [world.keys(&format!("f/{tenant}/")), world.keys(&format!("u/{tenant}/"))].concat()
}

fn used(world: &World, tenant: &str) -> u64 {
    world.sql(tenant, "SELECT used_bytes FROM storage")[0].parse().unwrap()
}
