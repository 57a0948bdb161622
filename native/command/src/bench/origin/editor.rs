//! What an author does: books, chapters, files.

use std::{net::SocketAddr, thread};

use aw_runtimes::{Error, Result, Server, cache::checkout};
use aw_trust::digest::sha256_hex;
use serde_json::{Value, json};

use super::{
    ground::Ground,
    http::{Ask, Client, Signer, TENANT, Who, text},
    press::Kind,
};

/// How many books the tenant has.
const BOOKS: usize = 1_000;
/// How many books there are on a page.
const PAGE: usize = 50;
/// How many chapters are saved, each in its turn: of two saves of one, the second knows what the first has made.
const SAVED: usize = 900;
/// How many files are linked to.
const FILES: usize = 16;
/// How many connections make all that.
const MAKERS: usize = 4;
/// A book of the tests that people have written.
const BOOK: &str = "tests/books/pride-and-prejudice.epub";

/// What one author of the tenant has.
pub(super) struct Library {
    author: Who,
    /// The books that chapters are saved in: each one's id, and its chapter's text as a string of JSON, quotes and all.
    books: Vec<(String, String)>,
    /// The cursors of the list's pages.
    cursors: Vec<String>,
    files: Vec<String>,
}

impl Library {
    /// Makes it: a real book is imported by the component that imports, and a thousand others get its chapters.
    ///
    /// # Errors
    /// The origin says no.
    pub(super) fn new(signer: &Signer, native: &Server, spin: &Server, author: &str) -> Result<Self> {
        let author = Who { user: author.to_owned(), roles: "reader,author", ip: "203.0.113.9".to_owned() };
        let epub = std::fs::read(checkout().join(BOOK))?;
        let texts = import(&mut Client::open(signer, spin.addr)?, &author, &epub)?;
        let books = shelve(signer, native.addr, &author, &texts)?;
        let mut client = Client::open(signer, native.addr)?;
        let (cursors, files) = (cursors(&mut client, &author)?, store(&mut client, &author)?);
        Ok(Self { author, books, cursors, files })
    }

    /// `PUT /v1/books/ID/chapters/1` with `If-Match`: a chapter of a real book with a paragraph that is new.
    pub(super) fn save<'a>(&'a self, ground: &'a Ground, signer: &'a Signer) -> Kind<'a> {
        let make = move |count| {
            let mut versions = self.versions(ground)?;
            let one = |n: usize| {
                let (book, html) = &self.books[n % self.books.len()];
                let version = &mut versions[n % self.books.len()];
                let end = format!("<p>This is what version {version} says.</p>");
                let body = format!(r#"{{"title":"A chapter","html":"{}{end}"}}"#, &html[1..html.len() - 1]);
                let target = format!("/v1/books/{book}/chapters/1");
                // wrk may leave a request out: what follows it must not rest on its version.
                let etag = if n < self.books.len() { format!("\"{version}\"") } else { "*".to_owned() };
                *version += 1;
                let fields = [("if-match", etag.as_str())];
                let ask = Ask { method: "PUT", target: &target, fields: &fields, body: body.as_bytes() };
                signer.sign(Some(&self.author), &ask)
            };
            (0..count).map(one).collect()
        };
        Kind { name: "chapter save", first: 2_000, connections: 8, statements: 13.0, make: Box::new(make) }
    }

    /// The versions that the chapters have now, in the order of the books.
    fn versions(&self, ground: &Ground) -> Result<Vec<u64>> {
        let ids: Vec<String> = self.books.iter().map(|(id, _)| format!("'{id}'")).collect();
        let select = format!("SELECT book, version FROM chapters WHERE number = 1 AND book IN ({})", ids.join(", "));
        let said = ground.cluster.superuser(&aw_migrations::tenant_database(TENANT), &select)?;
        let of = |id: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(id)?.strip_prefix('|'));
            line.and_then(|version| version.parse().ok()).ok_or_else(|| Error(format!("{id} has no first chapter")))
        };
        self.books.iter().map(|(id, _)| of(id)).collect()
    }

    /// `GET /v1/drafts`: a page of fifty of the author's books.
    pub(super) fn list<'a>(&'a self, signer: &'a Signer) -> Kind<'a> {
        let make = move |count| {
            let one = |n: usize| {
                let target = &self.cursors[n % self.cursors.len()];
                signer.sign(Some(&self.author), &Ask { method: "GET", target, fields: &[], body: b"" })
            };
            (0..count).map(one).collect()
        };
        Kind { name: "list of 50 of 1,000 books", first: 4_000, connections: 8, statements: 2.0, make: Box::new(make) }
    }

    /// `POST /v1/files` with an `Idempotency-Key`: a picture is announced, and its upload signed.
    pub(super) fn announce<'a>(&'a self, signer: &'a Signer) -> Kind<'a> {
        let mut made = 0_u32;
        let make = move |count| {
            let one = |n: usize| {
                made += 1;
                let body = json!({
                    "name": format!("plate-{n}.jpg"), "size": 20_000 + n, "mediaType": "image/jpeg",
                    "sha256": sha256_hex(&made.to_be_bytes()), "visibility": "private",
                });
                let (body, key) = (body.to_string(), format!("bench-file-{made}"));
                let fields = [("idempotency-key", key.as_str())];
                let ask = Ask { method: "POST", target: "/v1/files", fields: &fields, body: body.as_bytes() };
                signer.sign(Some(&self.author), &ask)
            };
            (0..count).map(one).collect()
        };
        Kind { name: "presigned upload", first: 3_000, connections: 8, statements: 9.0, make: Box::new(make) }
    }

    /// `GET /v1/files/ID/link`: a presigned `GET`.
    pub(super) fn link<'a>(&'a self, signer: &'a Signer) -> Kind<'a> {
        let make = move |count| {
            let one = |n: usize| {
                let target = format!("/v1/files/{}/link?expires=300", self.files[n % self.files.len()]);
                signer.sign(Some(&self.author), &Ask { method: "GET", target: &target, fields: &[], body: b"" })
            };
            (0..count).map(one).collect()
        };
        Kind { name: "presigned link", first: 6_000, connections: 8, statements: 2.0, make: Box::new(make) }
    }
}

/// Imports a book; the HTML of its chapters, each as a string of JSON.
fn import(client: &mut Client<'_>, author: &Who, epub: &[u8]) -> Result<Vec<String>> {
    let fields = [("content-type", "application/epub+zip")];
    let ask = Ask { method: "POST", target: "/v1/imports?kind=epub&name=book.epub", fields: &fields, body: epub };
    let book = text(&client.ask(Some(author), &ask)?.0["book"], "id")?;
    let (draft, _) = client.json(Some(author), "GET", &format!("/v1/drafts/{book}"), &Value::Null)?;
    let chapters = draft["chapters"].as_array().map_or(0, Vec::len);
    let mut texts = Vec::new();
    for n in 1..=chapters {
        let (chapter, _) =
            client.json(Some(author), "GET", &format!("/v1/drafts/{book}/chapters/{n}"), &Value::Null)?;
        let html = chapter["html"].to_string();
        // Title pages and the like are nobody's work of an evening; a picture is the imported book's own.
        if html.len() > 4_000 && !html.contains("<img") {
            texts.push(html);
        }
    }
    if texts.is_empty() { Err(Error(format!("{BOOK} has no chapters"))) } else { Ok(texts) }
}

/// Makes the other books, with one chapter each; those that are saved, with their texts.
fn shelve(signer: &Signer, at: SocketAddr, author: &Who, texts: &[String]) -> Result<Vec<(String, String)>> {
    let make = |client: &mut Client<'_>, n: usize| {
        let book = json!({
            "title": format!("Book {n} of the press"), "authors": ["Jane Austen", format!("Writer {}", n % 32)],
            "description": "It is a truth universally acknowledged. ".repeat(8), "tags": ["novel", "england"],
        });
        let id = text(&client.json(Some(author), "POST", "/v1/books", &book)?.0["book"], "id")?;
        let html = texts[n % texts.len()].clone();
        let chapter = format!(r#"{{"title":"A chapter","html":{html}}}"#);
        let (target, body) = (format!("/v1/books/{id}/chapters"), chapter.as_bytes());
        client.ask(Some(author), &Ask { method: "POST", target: &target, fields: &[], body })?;
        Ok((id, html))
    };
    thread::scope(|scope| {
        let maker = |first: usize| {
            scope.spawn(move || {
                let mut client = Client::open(signer, at)?;
                let make = &make;
                (first..BOOKS - 1).step_by(MAKERS).map(|n| make(&mut client, n)).collect::<Result<Vec<_>>>()
            })
        };
        let makers: Vec<_> = (0..MAKERS).map(maker).collect();
        let mut all = Vec::new();
        for maker in makers {
            all.extend(maker.join().map_err(|_| Error("a thread that makes books panicked".to_owned()))??);
        }
        all.truncate(SAVED);
        Ok(all)
    })
}

/// The targets of the pages of the author's books.
fn cursors(client: &mut Client<'_>, author: &Who) -> Result<Vec<String>> {
    let mut targets = vec![format!("/v1/drafts?limit={PAGE}")];
    while targets.len() < BOOKS / PAGE {
        let last = targets.last().cloned().unwrap_or_default();
        let (page, _) = client.json(Some(author), "GET", &last, &Value::Null)?;
        let ids = page.as_array().map(Vec::as_slice).unwrap_or_default();
        let next = ids.last().filter(|_| ids.len() == PAGE).map(|book| text(book, "id")).transpose()?;
        let next = next.ok_or_else(|| Error(format!("page {} of {BOOKS} books is the last", targets.len())))?;
        targets.push(format!("/v1/drafts?limit={PAGE}&cursor={next}"));
    }
    Ok(targets)
}

/// Uploads files as a client does; their ids.
fn store(client: &mut Client<'_>, author: &Who) -> Result<Vec<String>> {
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let one = |n: usize| {
        let bytes = format!("A note of the author's, number {n}.\n");
        let body = json!({ "name": format!("note-{n}.txt"), "size": bytes.len(), "mediaType": "text/plain" });
        let (begun, _) = client.json(Some(author), "POST", "/v1/files", &body)?;
        let (id, upload) = (text(&begun["file"], "id")?, &begun["upload"]["requests"][0]);
        let mut put = agent.put(text(upload, "url")?);
        for (name, value) in upload["headers"].as_object().into_iter().flatten() {
            if name != "host" && name != "content-length" {
                put = put.header(name, value.as_str().unwrap_or_default());
            }
        }
        put.send(bytes.as_bytes()).map_err(|e| Error(format!("a file cannot be uploaded: {e}")))?;
        let (file, _) = client.json(Some(author), "POST", &format!("/v1/files/{id}/complete"), &Value::Null)?;
        if file["state"] == "stored" { Ok(id) } else { Err(Error(format!("a file is not stored: {file}"))) }
    };
    (0..FILES).map(one).collect()
}
