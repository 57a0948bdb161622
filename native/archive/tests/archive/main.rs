//! Out of one installation, and into another.

mod codes;
mod damaged;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use aw_archive::{ArchiveError, Place, export, import};
use aw_origin_harness::{GatewayEdge, Who, World};
use aw_trust::{key, sealed};
use serde_json::{Value, json};
use zip::ZipArchive;

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("aw-archive-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            self.0.read_dir().unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const PASSWORD: &str = "correct horse battery staple";

fn quietly(_: &str) {}

/// A tenant with a reader, a published book, a draft, and files of all lengths.
fn fill(world: &World, tenant: &str) {
    world.tenant(tenant);
    let stranger = Who::stranger(tenant, [192, 0, 2, 7].into());
    let ada = json!({ "email": "ada@example.org", "password": PASSWORD, "displayName": "Ada \u{2028} \\ \"A\"" });
    let _ = world.json(&stranger, "POST", "/v1/auth/register", &ada).expect(201);
    for (name, published) in [("whale", true), ("draft", false)] {
        let text = format!("# {name}\n\n## One\n\nCall me *Ishmael*.\n\n## Two\n\n{}\n", "words ".repeat(20_000));
        let (who, target) = (Who::operator(tenant), format!("/v1/imports?kind=markdown&name={name}.md"));
        let book = world.ask(&who, "POST", &target, &[], text.as_bytes()).expect(201).data()["book"].clone();
        if published {
            let target = format!("/v1/books/{}/publish", book["id"].as_str().unwrap());
            let _ = world.ask(&who, "POST", &target, &[], b"").expect(200);
        }
    }
    let fields = [("content-type", "audio/flac"), ("content-disposition", "inline"), ("x-amz-meta-by", "ada")];
    for (name, size) in [("empty", 0), ("short", 7), ("long", 3_000_001)] {
        let bytes: Vec<u8> = (0..size).map(|n: u32| (n % 251) as u8).collect();
        let _ = world.at_store("PUT", &format!("f/{tenant}/{name}"), &[], &fields, &bytes).expect(200);
    }
}

/// A tenant's rows but for what is the installation's, by table; as JSON.
fn rows(world: &World, tenant: &str) -> BTreeMap<String, Value> {
    let mut rows: BTreeMap<String, Value> = world
        .rows(Some(tenant))
        .into_iter()
        .filter(|(table, _)| !["edges", "outbox", "migrations"].contains(&table.as_str()))
        .map(|(table, text)| (table, serde_json::from_str(&text).unwrap()))
        .collect();
    let records = rows.get_mut("records").unwrap().as_array_mut().unwrap();
    records.retain(|record| !record["key"].as_str().unwrap().starts_with("h/"));
    rows
}

/// What could be left changed of the schema.
fn schema(world: &World, tenant: &str) -> Vec<String> {
    world.sql(
        tenant,
        "SELECT conrelid::regclass::text, conname, condeferrable, condeferred, convalidated FROM pg_constraint ORDER BY 1, 2; \
         SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2; \
         SELECT file, sha256 FROM (SELECT name AS file, sha256 FROM migrations) m ORDER BY 1",
    )
}

#[test]
fn a_tenant_moves_whole() {
    let folder = Folder::new("moves");
    let (mut from_edge, mut to_edge) = (GatewayEdge::new("from"), GatewayEdge::new("to"));
    let from = World::of_gateways(&[&from_edge]);
    let to = World::of_another_installation(&[&to_edge]);
    from_edge.up(&from);
    to_edge.up(&to);
    fill(&from, "press");
    from.settle();
    let page = |edge: &GatewayEdge, path: &str| edge.get("press.localhost", path, &[]).expect(200).body;

    let file = folder.file("press.zip");
    let exported = export(from.settings(), "press", &file, &quietly).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(exported.size, fs::metadata(&file).unwrap().len());
    assert_eq!(folder.names(), ["press.zip"]);
    let error = export(from.settings(), "press", &file, &quietly).unwrap_err();
    assert!(matches!(error, ArchiveError::File(..)), "what is there is not written over: {error}");
    let error = export(from.settings(), "nobody", &folder.file("x"), &quietly).unwrap_err();
    assert!(error.to_string().contains("TENANT_NOT_FOUND"), "{error}");
    let again = folder.file("again.zip");
    export(from.settings(), "press", &again, &quietly).unwrap();
    assert_eq!(manifest(&file)["entries"], manifest(&again)["entries"], "written twice, it is the same");

    // Rows that the schema brings along, and what an attempt that was killed has left.
    to.control(
        "INSERT INTO tenants (id, name, base_url, restoring_at) VALUES ('press', 'x', 'http://x', now()); \
         INSERT INTO hosts VALUES ('left.example', 'press'); CREATE DATABASE aw_press",
    );
    let _ = to.at_store("PUT", "f/press/left", &[], &[], b"left").expect(200);
    let imported = import(to.settings(), &file, &Place::default(), &quietly).unwrap();
    assert_eq!((imported.rows, imported.objects), (exported.rows, exported.objects));
    assert_eq!(imported.tenant.hosts, ["press.localhost"]);
    assert_eq!(rows(&to, "press"), rows(&from, "press"));
    assert_eq!(schema(&to, "press"), schema(&from, "press"));
    assert_eq!(to.objects(""), from.objects(""));
    let headers = to.at_store("GET", "f/press/short", &[], &[], b"").expect(200).headers;
    for (name, value) in [("content-type", "audio/flac"), ("x-amz-meta-by", "ada"), ("content-disposition", "inline")] {
        assert_eq!(headers[name], value);
    }

    let stranger = Who::stranger("press", [192, 0, 2, 8].into());
    let login = |password: &str| {
        to.json(&stranger, "POST", "/v1/auth/login", &json!({ "email": "ada@example.org", "password": password }))
    };
    assert_eq!(login(PASSWORD).expect(200).data()["user"]["email"], "ada@example.org");
    let _ = login("another one").expect(401);
    to.settle();
    for path in ["/", "/books/whale", "/books/whale/1", "/books/whale/2"] {
        assert_eq!(page(&to_edge, path), page(&from_edge, path), "{path}");
    }
    assert!(to_edge.values().contains_key("m/press/whale"), "it was pushed, not only filled");
    let error = import(to.settings(), &file, &Place::default(), &quietly).unwrap_err();
    assert!(error.to_string().contains("TENANT_EXISTS"), "{error}");
    assert_eq!(to.objects(""), from.objects(""), "who was there stays");

    // Beside the first, under another name.
    let place = Place { id: Some("other".into()), hosts: vec!["other.localhost".into()], base_url: None };
    let other = import(to.settings(), &file, &place, &quietly).unwrap().tenant;
    assert_eq!(other.base_url, "http://other.localhost:8080");
    to.settle();
    let there = to_edge.get("other.localhost", "/books/whale/2", &[]).expect(200).body;
    assert_eq!(there, page(&from_edge, "/books/whale/2"));
    let rows = to.rows(Some("other"));
    assert!(rows.values().all(|rows| !rows.contains("/press/")), "{:?}", rows["records"]);
    let (a, b) = (to.objects("f/press/"), to.objects("f/other/"));
    assert_eq!(a.into_values().collect::<Vec<_>>(), b.into_values().collect::<Vec<_>>());
    let taken = Place { id: Some("third".into()), hosts: vec!["other.localhost".into()], base_url: None };
    let error = import(to.settings(), &file, &taken, &quietly).unwrap_err();
    assert!(error.to_string().contains("TENANT_HOST_TAKEN"), "{error}");
    assert_eq!(to.control("SELECT count(*) FROM tenants WHERE id = 'third'"), ["0"]);
}

fn manifest(file: &Path) -> Value {
    let mut zip = ZipArchive::new(File::open(file).unwrap()).unwrap();
    serde_json::from_reader(zip.by_name("manifest.json").unwrap()).unwrap()
}

#[test]
fn an_archive_of_an_older_schema_is_brought_up_to_date() {
    let folder = Folder::new("older");
    let (from, to) = (World::of_gateways(&[]), World::of_another_installation(&[]));
    from.tenant("press");
    let last = from.sql("press", "SELECT count(*) FROM migrations")[0].parse::<u32>().unwrap();
    // As if the last file had never been applied: it must be there afterwards.
    let file = aw_migrations::Kind::Tenant.chain().last().unwrap().sql;
    let undo = |line: &str| {
        if let Some(table) = line.strip_prefix("CREATE TABLE ") {
            return Some(format!("DROP TABLE {} CASCADE", table.split(' ').next()?));
        }
        let (table, column) = line.strip_prefix("ALTER TABLE ")?.split_once(" ADD COLUMN ")?;
        Some(format!("ALTER TABLE {table} DROP COLUMN {} CASCADE", column.split(' ').next()?))
    };
    let undone: Vec<String> = file.lines().filter_map(undo).collect();
    assert!(!undone.is_empty(), "a file that makes no table and no column needs another test");
    from.sql("press", &undone.join("; "));
    from.sql("press", &format!("DELETE FROM migrations WHERE number = {last}"));
    let file = folder.file("press.zip");
    export(from.settings(), "press", &file, &quietly).unwrap();
    import(to.settings(), &file, &Place::default(), &quietly).unwrap();
    assert_eq!(to.sql("press", "SELECT count(*) FROM migrations"), [last.to_string()]);
}

#[test]
fn what_is_sealed_is_in_the_archive_opened() {
    let folder = Folder::new("sealed");
    let world = World::of_gateways(&[]);
    world.tenant("press");
    let vault = key::derive(world.master_key().as_bytes(), sealed::PURPOSE).unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let secret = hex(&sealed::seal(&vault, "totp press u-1", b"JBSWY3DP", [3; 24]));
    world.sql("press", "CREATE TABLE totp (user_id text PRIMARY KEY, sealed bytea)");
    world.sql("press", &format!("INSERT INTO totp VALUES ('u-1', '\\x{secret}')"));
    let error = export(world.settings(), "press", &folder.file("a"), &quietly).unwrap_err();
    assert!(error.to_string().contains("totp.sealed has no comment"), "{error}");
    world.sql("press", "COMMENT ON COLUMN totp.sealed IS 'sealed: totp {tenant} {user_id}'");
    let file = folder.file("press.zip");
    export(world.settings(), "press", &file, &quietly).unwrap();
    let mut zip = ZipArchive::new(File::open(&file).unwrap()).unwrap();
    let mut text = String::new();
    zip.by_name("tables/totp.jsonl").unwrap().read_to_string(&mut text).unwrap();
    let row: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(row["sealed"], format!("\\x{}", hex(b"JBSWY3DP")));
    world.sql("press", "UPDATE totp SET user_id = 'u-2'");
    let error = export(world.settings(), "press", &folder.file("b"), &quietly).unwrap_err();
    assert!(error.to_string().contains("totp.sealed: a secret does not open"), "{error}");
    assert_eq!(folder.names(), ["press.zip"], "what was begun is not there");
}
