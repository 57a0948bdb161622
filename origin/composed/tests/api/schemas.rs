//! Random requests against the description, through the edge (schemathesis): no answer that it does not describe.
//!
//! `AW_SCHEMATHESIS` is added to the command's arguments, to look deeper: `--max-examples 200 --seed 7`.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use aw_runtimes::setup;
use serde_json::{Value, json};

use crate::{
    document::{self, Access, Operation},
    door::Door,
    press::{PASSWORD, Place, Press},
    request, subject,
    things::Things,
    turn,
};

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// Operations that take from a book what others ask for.
const TAKES: [&str; 7] =
    ["moveScene", "removeBook", "removeChapter", "removeCollaborator", "removePart", "removeScene", "writeChapter"];

/// Things by operation. Those on books share one, but who takes something of it.
fn things(press: &Press<'_>, operations: &[Operation]) -> BTreeMap<String, Value> {
    let maker = press.person("maker", "admin,author");
    let mut book: Option<Things> = None;
    let mut all = BTreeMap::new();
    for operation in operations.iter().filter(|operation| operation.path.contains('{')) {
        let shared = operation.path.contains("{book}") && !TAKES.contains(&operation.id.as_str());
        let made = match (&book, shared) {
            (Some(book), true) => book.clone(),
            _ => subject::of(press, operation, Some(&maker)),
        };
        if shared {
            book.get_or_insert_with(|| made.clone());
        }
        let mut values: BTreeMap<_, _> = made.iter().collect();
        let named = operation.parameters("path").chain(operation.parameters("query"));
        for name in named.filter_map(|parameter| parameter["name"].as_str()) {
            values.extend(request::number(operation, name).map(|number| (name, number)));
        }
        all.insert(operation.id.clone(), json!(values));
    }
    all
}

/// What a run of schemathesis reads, in a folder that goes with it.
struct Run {
    folder: PathBuf,
    url: String,
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Run {
    /// One of the operations in `document` that are the operator's, or of the others; `known` is for the hooks.
    fn new(name: &str, url: String, document: &Value, operators: bool, mut known: Value) -> Self {
        let folder = std::env::temp_dir().join(format!("aw-schemas-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut document = document.clone();
        for methods in document["paths"].as_object_mut().expect("paths").values_mut() {
            let methods = methods.as_object_mut().expect("methods");
            methods.retain(|_, operation| (operation["x-aw-access"]["for"] == "operator") == operators);
        }
        document["paths"].as_object_mut().expect("paths").retain(|_, methods| methods != &json!({}));
        known["url"] = json!(url);
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file");
        write("openapi.json", &document.to_string());
        write("known.json", &known.to_string());
        write("hooks.py", include_str!("hooks.py"));
        // The hooks bring tokens.
        write("schemathesis.toml", "[auth]\nauto-signup = false\n");
        Self { folder, url }
    }

    /// Says what it found, and whether that is nothing.
    fn run(&self) -> bool {
        let more = std::env::var("AW_SCHEMATHESIS").unwrap_or_default();
        let mut command = setup::schemathesis().expect("schemathesis").command().expect("Python");
        command
            .env("SCHEMATHESIS_HOOKS", "hooks")
            .args(["-m", "schemathesis.cli", "run", "openapi.json", "--url", &self.url, "--checks", CHECKS])
            .args(["--workers", "1", "--no-color", "--continue-on-failure", "--request-timeout", "60"])
            .args(["--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "1"])
            // A busy machine is no fault of the API.
            .args(["--suppress-health-check", "all", "--generation-database", "none", "--output-truncate", "false"])
            .args(more.split_whitespace())
            .current_dir(&self.folder);
        let output = command.output().expect("schemathesis runs");
        println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        output.status.success()
    }
}

/// Ends what runs beside a test, however the test ends.
struct Ends<F: Fn()>(F);

impl<F: Fn()> Drop for Ends<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn no_request_gets_an_answer_that_is_not_described() {
    let _turn = turn();
    let place = Place::new();
    let press = place.press("schemas");
    let (operations, document) = document::operations(&press);
    let things = things(&press, &operations);
    let (maker, somebody) = (press.person("maker", "admin,author"), press.person("somebody", "reader"));
    let fields = json!({ "userId": somebody.id, "planId": things["getPlan"]["id"], "code": things["getGift"]["code"],
        "email": somebody.email, "chapter": things["moveScene"]["second"], "part": things["changePart"]["part"],
        "password": PASSWORD, "currentPassword": PASSWORD, "apiKey": press.key() });
    let known = json!({ "host": format!("{}.localhost", press.tenant), "password": PASSWORD, "refresh": maker.refresh,
        "things": things, "fields": fields });
    let run = Run::new("users", format!("http://{}", place.site.addr()), &document, false, known);
    let over = AtomicBool::new(false);
    let (world, tenant) = (&place.world, press.tenant.as_str());
    let clean = std::thread::scope(|scope| {
        // Who guesses passwords is stopped after a few; here the quarter of an hour is over each second.
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                world.sql(tenant, "DELETE FROM login_attempts");
                std::thread::sleep(Duration::from_secs(1));
            }
        });
        let _ends = Ends(|| over.store(true, Ordering::Relaxed));
        run.run()
    });
    assert!(clean, "see above");
}

#[test]
fn nor_does_the_operator() {
    let _turn = turn();
    let place = Place::new();
    let press = place.press("schemas-operator");
    let (mut operations, document) = document::operations(&press);
    operations.retain(|operation| matches!(operation.access, Access::Operator));
    let known = json!({ "host": "origin", "things": things(&press, &operations), "fields": {} });
    let door = Door::new();
    let run = Run::new("operator", format!("http://{}", door.addr), &document, true, known);
    let clean = std::thread::scope(|scope| {
        door.open(scope, &place.world, &press.tenant);
        let _ends = Ends(|| door.close());
        run.run()
    });
    assert!(clean, "see above");
}
