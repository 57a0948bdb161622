//! What the object store has, held against what the database names.

use std::collections::BTreeSet;

use aw_trust::digest;
use serde_json::Value;

use super::{
    client::{Client, TENANT},
    host::Host,
    ledger::Ledger,
    write::bytes,
};

/// The objects and files that were found whole.
#[derive(Debug, Default)]
pub(super) struct Seen {
    objects: BTreeSet<String>,
}

const OBJECTS: &str = "SELECT coalesce(json_object_agg(sha256, size), '{}') FROM objects";
const MANIFESTS: &str =
    "SELECT coalesce(json_agg(json::json), '[]') FROM records WHERE key LIKE 'm/%' AND json IS NOT NULL";
const PLACES: &str = "SELECT coalesce(json_object_agg(id, place), '{}') FROM files WHERE state = 'stored'";

/// Checks the objects that were not looked at before, that manifests name no others, and the bytes of the files in
/// `files`. Gives how many objects and files were read.
///
/// # Errors
/// What is not as it should be.
pub(super) fn check(
    host: &Host,
    client: &Client,
    ledger: &Ledger,
    files: &[String],
    seen: &mut Seen,
) -> Result<usize, String> {
    let objects = host.sql(OBJECTS)?;
    let objects = objects.as_object().ok_or("no objects")?;
    for manifest in host.sql(MANIFESTS)?.as_array().into_iter().flatten() {
        let mut named = Vec::new();
        hashes(manifest, &mut named);
        if let Some(missing) = named.iter().find(|sha256| !objects.contains_key(*sha256)) {
            return Err(format!(
                "the manifest of {} names the object {missing}, which is not there",
                manifest["book"]["slug"]
            ));
        }
    }
    let mut read = 0;
    for (sha256, size) in objects.iter().filter(|(sha256, _)| !seen.objects.contains(*sha256)) {
        let body = get(client, &format!("o/{TENANT}/{sha256}"))?;
        if digest::sha256_hex(&body) != *sha256 || *size != body.len() {
            return Err(format!("the object {sha256} has {} bytes, and not those that it is named for", body.len()));
        }
        read += 1;
    }
    seen.objects.extend(objects.keys().cloned());
    let places = host.sql(PLACES)?;
    for id in files {
        let file = ledger.files.get(id).ok_or("a file that nobody made")?;
        let body = get(client, places[id].as_str().ok_or_else(|| format!("the file {id} is not stored"))?)?;
        if body != bytes(file.size, file.seed) {
            return Err(format!("the file {id} has {} bytes, and not those that were sent", body.len()));
        }
        read += 1;
    }
    Ok(read)
}

fn get(client: &Client, key: &str) -> Result<Vec<u8>, String> {
    let answer = client.object(key)?;
    if answer.status == 200 { Ok(answer.body) } else { Err(format!("the object store, of {key}: {}", answer.shown())) }
}

/// Every SHA-256 in a manifest.
fn hashes(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) => {
            out.push(text.clone())
        }
        Value::Array(all) => all.iter().for_each(|one| hashes(one, out)),
        Value::Object(map) => map.values().for_each(|one| hashes(one, out)),
        _ => {}
    }
}
