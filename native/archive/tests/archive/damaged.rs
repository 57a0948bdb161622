//! Archives that are not as they were written.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
};

use aw_archive::{ArchiveError, Place, export, import};
use aw_origin_harness::World;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{Folder, fill, quietly};

fn nothing_is_there(world: &World, tenant: &str) {
    assert!(world.rows(None).values().all(|rows| !rows.contains(tenant)), "{:?}", world.rows(None));
    assert!(!world.databases().contains(&format!("aw_{tenant}")));
    assert!(world.objects("").is_empty());
}

/// The archive again, with a right digest, but for what `change` does to each entry: `None` leaves it out.
fn forged(file: &Path, to: &Path, change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) {
    let mut zip = ZipArchive::new(File::open(file).unwrap()).unwrap();
    let mut out = ZipWriter::new(File::create(to).unwrap());
    out.set_comment(format!("sha256:{}", "0".repeat(64))).unwrap();
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        if let Some(bytes) = change(&name, bytes) {
            let options = SimpleFileOptions::default().compression_method(entry.compression());
            out.start_file(name, options).unwrap();
            out.write_all(&bytes).unwrap();
        }
    }
    out.finish().unwrap();
    let bytes = fs::read(to).unwrap();
    let digest: String = Sha256::digest(&bytes[..bytes.len() - 64]).iter().map(|b| format!("{b:02x}")).collect();
    let mut file = File::options().write(true).open(to).unwrap();
    file.seek(SeekFrom::End(-64)).unwrap();
    file.write_all(digest.as_bytes()).unwrap();
}

#[test]
fn what_is_damaged_or_newer_is_refused_whole() {
    let folder = Folder::new("damaged");
    let (from, to) = (World::of_gateways(&[]), World::of_another_installation(&[]));
    fill(&from, "press");
    let file = folder.file("press.zip");
    export(from.settings(), "press", &file, &quietly).unwrap();
    let bad = folder.file("bad.zip");
    let refused = |expected: &str| {
        let error = import(to.settings(), &bad, &Place::default(), &quietly).unwrap_err();
        assert!(error.to_string().contains(expected), "{expected}: {error}");
        nothing_is_there(&to, "press");
        error
    };
    let bytes = fs::read(&file).unwrap();
    for at in
        [0, 11, 14, 5000, bytes.len() / 2, bytes.len() - 3000, bytes.len() - 80, bytes.len() - 72, bytes.len() - 1]
    {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        fs::write(&bad, flipped).unwrap();
        assert!(matches!(refused("damaged"), ArchiveError::Damaged(_)), "{at}");
    }
    for length in [0, 10, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&bad, &bytes[..length]).unwrap();
        refused("damaged");
    }
    let edited = |edit: &dyn Fn(&mut Value)| {
        forged(&file, &bad, |name, bytes| {
            if name != "manifest.json" {
                return Some(bytes);
            }
            let mut manifest = serde_json::from_slice(&bytes).unwrap();
            edit(&mut manifest);
            Some(serde_json::to_vec(&manifest).unwrap())
        });
    };
    // As whole as it was, it is taken; so that what follows is refused for its own reason.
    for left_out in ["tables/users.jsonl", "objects/f/press/short", "manifest.json"] {
        forged(&file, &bad, |name, bytes| (name != left_out).then_some(bytes));
        refused(left_out);
    }
    for (changed, with) in
        [("tables/users.jsonl", "ada"), ("objects/f/press/short", "\u{1}\u{2}"), ("objects/f/press/long", "\u{5}\u{6}")]
    {
        let swap = |mut bytes: Vec<u8>| {
            let at = bytes.windows(with.len()).position(|w| w == with.as_bytes()).unwrap();
            bytes[at] ^= 4;
            bytes
        };
        forged(&file, &bad, |name, bytes| Some(if name == changed { swap(bytes) } else { bytes }));
        refused("does not have its SHA-256");
    }
    edited(&|m| m["format"] = json!(2));
    assert!(matches!(refused("format is 2"), ArchiveError::Newer(_)));
    edited(&|m| {
        m["migrations"].as_array_mut().unwrap().push(json!({ "file": "tenant/0099_later.sql", "sha256": "x" }))
    });
    assert!(matches!(refused("tenant/0099_later.sql"), ArchiveError::Newer(_)));
    edited(&|m| m["migrations"][1]["sha256"] = json!("x"));
    refused("tenant/0002_books.sql");
    edited(&|m| m["tenant"]["id"] = json!("other"));
    refused("no object of the tenant's");
    // Rows that contradict each other.
    forged(&file, &bad, |name, bytes| Some(if name == "tables/books.jsonl" { Vec::new() } else { bytes }));
    refused("another size");
    edited(&|_| {});
    import(to.settings(), &bad, &Place::default(), &quietly).unwrap();
}
