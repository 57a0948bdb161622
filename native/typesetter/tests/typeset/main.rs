//! Books for print: the worker against a whole origin, and what it makes of books, as Poppler reads it. The typesetter
//! is built where it is not there, which takes minutes.

mod crash;
mod novel;
mod odd;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use aw_ingress::Ingress;
use aw_native::{Running, serve};
use aw_origin::Origin;
use aw_origin_harness::{Who, World};
use aw_runtimes::setup;
use serde_json::{Value, json};

/// How long a job may take on a machine that builds besides.
const PATIENCE: Duration = Duration::from_secs(600);

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// A name that no other file has.
fn file(ending: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("aw-typeset-{}-{}{ending}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    std::env::temp_dir().join(name)
}

/// An origin in one program, as workers meet it, and the world that it is of.
struct Press {
    world: World,
    whole: Running,
    tenant: String,
}

impl Press {
    fn new(tenant: &str) -> Self {
        // Its own database: a worker takes what is due in any tenant.
        let world = World::with_mail(([127, 0, 0, 1], 9).into());
        let whole = serve::<Ingress<Origin>>(world.settings()).unwrap();
        let tenant = world.tenant(tenant);
        Self { world, whole, tenant }
    }

    fn operator(&self) -> Who {
        Who::operator(&self.tenant)
    }

    /// Imports one of the repository's books; its id.
    fn import(&self, name: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/books").join(name);
        let target = format!("/v1/imports?name={name}");
        let made = self.world.ask(&self.operator(), "POST", &target, &[], &std::fs::read(path).unwrap()).expect(201);
        text(&made.data()["book"], "id").to_owned()
    }

    fn ask(&self, who: &Who, book: &str, print: &Value) -> String {
        let job = self.world.json(who, "POST", &format!("/v1/books/{book}/exports/pdf"), print).expect(202).data();
        text(&job, "id").to_owned()
    }

    fn job(&self, id: &str) -> Value {
        self.world.get(&self.operator(), &format!("/v1/jobs/{id}")).expect(200).data()
    }

    /// The job once it is as it should be.
    fn wait(&self, id: &str, ready: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let job = self.job(id);
            if ready(&job) {
                return job;
            }
            assert!(begun.elapsed() < PATIENCE, "{job}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The job when it has ended.
    fn end(&self, id: &str) -> Value {
        self.wait(id, |job| job["endedAt"].is_string())
    }

    fn worker(&self, name: &str, lease_seconds: u32) -> Worker {
        let settings = file(".json");
        let authority = self.world.settings().config["origin-authority"].clone();
        let said = json!({
            "program": setup::TYPESETTER.get().unwrap(), "origin": format!("http://{}", self.whole.addr()), "authority": authority,
            "masterKey": self.world.master_key(), "worker": name, "leaseSeconds": lease_seconds, "forget": true,
        });
        std::fs::write(&settings, said.to_string()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_authorworks-typesetter"));
        Worker(command.arg("--settings").arg(&settings).stdin(Stdio::null()).spawn().unwrap())
    }
}

/// A worker, which ends with the test.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the filter makes of an EPUB.
fn typeset(epub: &[u8], arguments: &[&str]) -> Output {
    let mut child = Command::new(setup::TYPESETTER.get().unwrap())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let bytes = epub.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join();
    output
}

/// A PDF in a file that goes with it.
struct Pdf(PathBuf);

impl Pdf {
    fn new(bytes: &[u8]) -> Self {
        let path = file(".pdf");
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }

    fn of(output: &Output) -> Self {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self::new(&output.stdout)
    }

    /// What one of Poppler's programs says of it.
    fn ask(&self, program: &str, arguments: &[&str], after: &[&str]) -> String {
        let program = setup::poppler().unwrap().join(program);
        let output = Command::new(program).args(arguments).arg(&self.0).args(after).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn info(&self, name: &str) -> String {
        let all = self.ask("pdfinfo", &[], &[]);
        let line = all.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap_or_default();
        line.trim().to_owned()
    }

    /// The text of each page, white space folded.
    fn pages(&self) -> Vec<String> {
        let text = self.ask("pdftotext", &["-layout"], &["-"]);
        let mut pages: Vec<String> =
            text.split('\u{c}').map(|page| page.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        pages.pop();
        pages
    }

    /// The names of the fonts, each of which is in the file.
    fn fonts(&self) -> Vec<String> {
        let fonts = self.ask("pdffonts", &[], &[]);
        let all = fonts.lines().skip(2).map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            // ... embedded, subset, unicode, object, generation
            assert_eq!(words[words.len() - 5..words.len() - 3], ["yes", "yes"], "{line}");
            words[0].split_once('+').expect("a part of a font").1.to_owned()
        });
        all.collect()
    }
}

impl Drop for Pdf {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
