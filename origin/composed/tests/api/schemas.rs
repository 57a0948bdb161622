//! Random requests against the description, through the edge (schemathesis): no answer that it does not describe.
//!
//! `AW_SCHEMATHESIS` is added to the command's arguments, to look deeper: `--max-examples 200 --seed 7`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use aw_runtimes::setup;
use serde_json::{Value, json};

use crate::{
    document::{self, Operation},
    press::{PASSWORD, Place, Press},
    subject,
    things::Things,
    turn,
};

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// Things by operation. Those on books share one, but who removes it.
fn things(press: &Press<'_>, operations: &[Operation]) -> BTreeMap<String, Value> {
    let maker = press.person("maker", "admin,author");
    let mut book: Option<Things> = None;
    let mut all = BTreeMap::new();
    for operation in operations.iter().filter(|operation| operation.path.contains('{')) {
        let shared = operation.path.contains("{book}") && operation.id != "removeBook";
        let made = match (&book, shared) {
            (Some(book), true) => book.clone(),
            _ => subject::of(press, operation, Some(&maker)),
        };
        if shared {
            book.get_or_insert_with(|| made.clone());
        }
        let values: BTreeMap<_, _> = made.iter().collect();
        all.insert(operation.id.clone(), json!(values));
    }
    all
}

/// A folder with what the hooks read.
fn folder(press: &Press<'_>, operations: &[Operation], url: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("aw-schemas-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let things = things(press, operations);
    let maker = press.person("maker", "admin,author");
    let somebody = press.person("somebody", "reader");
    let fields = json!({ "userId": somebody.id, "planId": things["getPlan"]["id"],
        "code": things["getGift"]["code"], "email": somebody.email, "chapter": things["moveScene"]["second"],
        "part": things["changePart"]["part"], "password": PASSWORD, "currentPassword": PASSWORD });
    let known = json!({ "url": url, "host": format!("{}.localhost", press.tenant), "password": PASSWORD,
        "refresh": maker.refresh, "fragile": press.person("fragile", "reader").email, "things": things, "fields": fields });
    std::fs::write(folder.join("known.json"), known.to_string()).expect("a file");
    std::fs::write(folder.join("hooks.py"), include_str!("hooks.py")).expect("a file");
    // The hooks bring tokens.
    std::fs::write(folder.join("schemathesis.toml"), "[auth]\nauto-signup = false\n").expect("a file");
    folder
}

/// Runs it in `folder`; gives what it says, and whether it found nothing.
fn run(folder: &Path, url: &str) -> (bool, String) {
    let more = std::env::var("AW_SCHEMATHESIS").unwrap_or_default();
    let mut command = setup::schemathesis().expect("schemathesis").command().expect("Python");
    command
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .args(["-m", "schemathesis.cli", "run", "openapi.json", "--url", url, "--checks", CHECKS])
        // The operator's alone is no user's, and no edge has it.
        .args(["--exclude-path-regex", "^/_aw/", "--workers", "4", "--no-color", "--continue-on-failure"])
        .args(["--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "1"])
        .args(["--request-timeout", "60", "--generation-database", "none", "--output-truncate", "false"])
        .args(more.split_whitespace())
        .current_dir(folder);
    let output = command.output().expect("schemathesis runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn no_request_gets_an_answer_that_is_not_described() {
    let _turn = turn();
    let place = Place::new();
    let press = place.press("schemas");
    let (operations, document) = document::operations(&press);
    let url = format!("http://{}", place.site.addr());
    let folder = folder(&press, &operations, &url);
    std::fs::write(folder.join("openapi.json"), document.to_string()).expect("a file");
    // Who guesses passwords is stopped after a few; here the quarter of an hour is over each second.
    let over = AtomicBool::new(false);
    let (world, tenant) = (&place.world, press.tenant.clone());
    let (clean, said) = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                world.sql(&tenant, "DELETE FROM login_attempts");
                std::thread::sleep(Duration::from_secs(1));
            }
        });
        let found = run(&folder, &url);
        over.store(true, Ordering::Relaxed);
        found
    });
    println!("{said}");
    let tested = said.lines().find(|line| line.contains("Tested:")).unwrap_or_default();
    let _ = std::fs::remove_dir_all(folder);
    assert!(clean, "see above");
    println!("{tested}");
}
