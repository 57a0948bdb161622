//! The book for print: a job of the origin's, done by the typesetter.

use std::{fs, process::Command, time::Duration};

use aw_runtimes::{cache, setup};
use serde_json::{Value, json};

use super::{
    address,
    answer::{has_status, refused, same, text, within},
    book::{Book, FIRST, WRITTEN},
    person::Person,
    place::Place,
};
use crate::suites::{checks::Verdict, client::Client};

/// Its pages, as they are set: the novel has some four hundred.
const PAGES: std::ops::Range<usize> = 300..700;

/// How long the typesetter may take on a machine that builds besides.
const PATIENCE: Duration = Duration::from_secs(600);

/// A job.
pub(super) struct Job(String);

impl Job {
    fn path(&self) -> String {
        format!("/v1/jobs/{}", self.0)
    }
}

/// It waits, and says for what.
pub(super) fn ask(book: &Book, owner: &mut Person) -> Result<Job, String> {
    let made = owner.send("POST", &format!("/v1/books/{}/exports/pdf", book.id), &json!({ "trim": "5x8" }), 202)?;
    let job = Job(text(&made, "id")?.to_owned());
    let seen = owner.see(&job.path())?;
    same("its state", &(&seen["state"], &seen["waitingFor"]), &(&json!("waiting"), &json!("worker")))?;
    refused(&owner.get(&format!("{}/link", job.path()))?, 409, "JOBS_RESULT_NOT_THERE")?;
    let all = owner.see("/v1/jobs?state=waiting")?;
    same("what waits", &all[0]["id"], &json!(job.0))?;
    Ok(job)
}

/// The worker of `up` does it; who asked gets a file that is the book as it was written, and nobody else does.
pub(super) fn made(place: &mut Place, job: &Job, owner: &mut Person, other: &mut Person) -> Verdict {
    place.typeset()?;
    let done = within(PATIENCE, || {
        let seen = owner.see(&job.path())?;
        if seen["endedAt"].is_null() { Err(format!("it has not ended: {seen}")) } else { Ok(seen) }
    })?;
    same("how it ended", &(&done["state"], &done["error"]), &(&json!("done"), &Value::Null))?;
    let link = format!("{}/link", job.path());
    for path in [job.path(), link.clone(), format!("/v1/files/{}", text(&done, "file")?)] {
        has_status(&other.get(&path)?, if path.starts_with("/v1/files") { 403 } else { 404 })?;
    }
    let link = owner.see(&link)?;
    let (addr, authority, path) = address::parts(text(&link, "url")?)?;
    let reply = Client::stranger(addr, authority).get(path)?;
    has_status(&reply, 200)?;
    same("its type", &reply.head.text("content-type").as_deref(), &Some("application/pdf"))?;
    let named = reply.head.text("content-disposition").unwrap_or_default();
    same("its name", &named.contains("pride-and-prejudice.pdf"), &true)?;
    is_the_book(&reply.body)
}

/// What Poppler reads of it.
fn is_the_book(pdf: &[u8]) -> Verdict {
    let file = cache::target_dir().join("suites").join(format!("journey-{}.pdf", std::process::id()));
    fs::write(&file, pdf).map_err(|e| format!("{}: {e}", file.display()))?;
    let read = |program: &str, after: &[&str]| {
        let tools = setup::poppler().map_err(|e| e.to_string())?;
        let output = Command::new(tools.join(program)).arg(&file).args(after).output().map_err(|e| e.to_string())?;
        let said = String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr });
        if output.status.success() { Ok(said.into_owned()) } else { Err(format!("{program}: {said}")) }
    };
    let all = read("pdfinfo", &[]).and_then(|info| Ok((info, read("pdftotext", &["-"])?)));
    let _ = fs::remove_file(&file);
    let (info, words) = all?;
    let field = |name: &str| {
        let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_default().trim().to_owned()
    };
    same("its title", &field("Title").as_str(), &"Pride and Prejudice")?;
    same("its author", &field("Author").as_str(), &"Jane Austen")?;
    same("its pages' size", &field("Page size").as_str(), &"360 x 576 pts")?;
    let pages = field("Pages").parse::<usize>().unwrap_or_default();
    if !PAGES.contains(&pages) {
        return Err(format!("it has {pages} pages"));
    }
    // Where lines end is the typesetter's to say.
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match [FIRST, WRITTEN, "the means of uniting them"].into_iter().find(|text| !words.contains(text)) {
        None => Ok(()),
        Some(text) => Err(format!("{text:?} is not in its {pages} pages")),
    }
}
