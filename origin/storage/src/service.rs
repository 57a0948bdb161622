//! The service.

use std::rc::Rc;

use aw_blobs::Blobs;
use aw_ingress::{Caller, Ready, Service, is_below};
use aw_origin_data::{
    answer,
    ask::Ask,
    edges, files,
    idempotency::{self, Once},
    input::Match,
    push, ready,
    secrets::Secrets,
};
use aw_platform::{
    ApiError, Error, Path, Response, Result, SqlExt, SqlPlatform,
    http::{self, Method},
};
use bytes::Bytes;
use serde_json::json;
use uuid::Uuid;

use crate::{
    access,
    change::{self, Change},
    complete,
    copy::{self, NewCopy},
    create::{self, NewFile},
    file::{self, File, Shown, State, Visibility},
    link, list, remove, sweep, tus, upload,
};

/// Files: `/v1/files` and `/v1/uploads`.
#[derive(Clone, Debug)]
pub struct Storage {
    secrets: Secrets,
    blobs: Rc<Blobs>,
}

impl<P: SqlPlatform> Service<P> for Storage {
    const NAMES: &'static [&'static str] = &["storage"];

    async fn build(platform: &P) -> Result<Self> {
        // Read for its faults: what is wrong with it is said when the program starts.
        edges::configured(platform).await?;
        let blobs = Blobs::build(platform).await.map_err(Error::from)?;
        Ok(Self { secrets: Secrets::read(platform).await?, blobs: Rc::new(blobs) })
    }

    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError> {
        let (head, body) = request.into_parts();
        let path = Path::parse(head.uri.path())?;
        match (&head.method, path.segments().as_slice()) {
            (&Method::POST, ["_aw", "work", "storage"]) => {
                caller.require_operator()?;
                Ok(answer::data(platform, caller, 200, sweep::run(platform, &self.blobs).await?))
            }
            (_, ["_aw", "work", "storage"]) => Err(ApiError::method_not_allowed()),
            (_, ["v1", "uploads", rest @ ..]) => {
                let (response, public) = tus::handle(platform, &self.blobs, caller, &head, rest, body).await?;
                if public {
                    push::soon(platform, &self.secrets, caller.require_tenant()?);
                }
                Ok(response)
            }
            (_, ["v1", "files", rest @ ..]) => {
                access::staff(caller)?;
                self.files(&Ask::new(platform, &self.secrets, caller, &head, &body)?, rest).await
            }
            _ => Err(ApiError::not_found("there is no such page")),
        }
    }

    fn max_body(_: &Method, path: &str) -> usize {
        if path.starts_with("/v1/uploads") { tus::CHUNK } else { 64 * 1024 }
    }

    async fn ready(&self, platform: &P, _: &str, ready: &mut Ready) {
        ready::databases(platform, ready).await;
        ready::blobs(platform, &self.blobs, ready).await;
    }
}

impl Storage {
    /// Whether the route of that path is this service's.
    pub fn has(path: &str) -> bool {
        is_below(path, &["/v1/files", "/v1/uploads", "/_aw/work/storage", "/health/storage", "/ready/storage"])
    }

    async fn files<P: SqlPlatform>(&self, ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
        let (p, caller, tenant) = (ask.p, ask.caller, ask.tenant);
        match (&ask.head.method, path) {
            (&Method::GET, []) => {
                let (page, filter) = (ask.page()?, list::filter(caller, ask.head.uri.query())?);
                let files = file::page(&ask.sql().await?, &filter, page.after, page.limit).await?;
                let next = files.last().filter(|_| files.len() == page.limit as usize).map(|file| file.id.to_string());
                let files: Vec<Shown> = files.iter().map(Shown::from).collect();
                Ok(answer::page(p, caller, files, next, page.limit))
            }
            (&Method::POST, []) => {
                let once = Once::from_headers(&ask.head.headers, ask.actor(), &[b"POST", b"/v1/files", ask.body])?;
                let new = ask.json::<NewFile>()?.checked()?;
                let sql = ask.sql().await?;
                let made = idempotency::run(&sql, once.as_ref(), async |sql| {
                    let method = upload::method(new.size);
                    let id = create::insert(p, sql, caller, tenant, &new, method).await?;
                    Ok((201, json!({ "id": id })))
                });
                let id = id_of(&made.await?.1)?;
                let signed = upload::sign(p, &self.blobs, &sql, tenant, id, (0, upload::PARTS)).await?;
                let (file, upload) = match signed {
                    Some(signed) => signed,
                    // The same request again may come when the bytes have arrived: its answer is the same file.
                    None => {
                        let file = file::find(&sql, id).await?;
                        let upload = upload::nothing(p, &file);
                        (file, upload)
                    }
                };
                Ok(ask.data(201, upload::Begun { file: Shown::from(&file), upload }))
            }
            (_, []) => Err(ApiError::method_not_allowed()),
            (method, [id, rest @ ..]) => {
                let id: Uuid = Path::arg(id, "the file")?;
                self.file(ask, id, (method, rest)).await
            }
        }
    }

    async fn file<P: SqlPlatform>(
        &self,
        ask: &Ask<'_, P>,
        id: Uuid,
        (method, path): (&Method, &[&str]),
    ) -> Result<Response<P>, ApiError> {
        let (p, caller, tenant, headers) = (ask.p, ask.caller, ask.tenant, &ask.head.headers);
        let find = async |sql: &P::Sql| {
            let file = file::find(sql, id).await?;
            access::check(caller, &file)?;
            Ok::<File, ApiError>(file)
        };
        let show = |status, file: &File| ask.versioned(status, Shown::from(file), file.version);
        match (method, path) {
            (&Method::GET, []) => Ok(show(200, &find(&ask.sql().await?).await?)),
            (&Method::PATCH, []) => {
                let expected = ask.expected()?;
                let change: Change = ask.json()?;
                let (file, public) =
                    change::change(p, &ask.sql().await?, caller, tenant, (id, expected), change).await?;
                push_if(ask, public);
                Ok(show(200, &file))
            }
            (&Method::DELETE, []) => {
                let expected = Match::from_headers(headers)?;
                let public = remove::remove(p, &ask.sql().await?, caller, tenant, id, expected).await?;
                push_if(ask, public);
                Ok(answer::nothing::<P>())
            }
            (&Method::GET, ["upload"]) => {
                let (window, sql) = (upload::window(ask.head.uri.query())?, ask.sql().await?);
                let file = find(&sql).await?;
                let signed = upload::sign(p, &self.blobs, &sql, tenant, file.id, window).await?;
                let (_, upload) = signed.ok_or_else(upload::not_awaited)?;
                Ok(ask.data(200, upload))
            }
            (&Method::POST, ["complete"]) => {
                let sql = ask.sql().await?;
                let file = complete::complete(p, &self.blobs, &sql, tenant, find(&sql).await?).await?;
                push_if(ask, file.visibility == Visibility::Public && file.state == State::Stored);
                Ok(show(if file.state == State::Stored { 200 } else { 202 }, &file))
            }
            (&Method::GET, ["link"]) => {
                let file = find(&ask.sql().await?).await?;
                Ok(ask.data(200, link::link(p, &self.blobs, &file, ask.head.uri.query())?))
            }
            (&Method::POST, ["copy"]) => {
                let parts = [b"POST", ask.head.uri.path().as_bytes(), ask.body];
                let once = Once::from_headers(headers, ask.actor(), &parts)?;
                let new: NewCopy = if ask.body.is_empty() { NewCopy::default() } else { ask.json()? };
                let sql = ask.sql().await?;
                let made = idempotency::run(&sql, once.as_ref(), async |sql| {
                    let copy = copy::copy(p, sql, caller, tenant, id, &new).await?;
                    Ok((201, json!({ "id": copy })))
                });
                let file = file::find(&sql, id_of(&made.await?.1)?).await?;
                push_if(ask, file.visibility == Visibility::Public);
                Ok(show(201, &file))
            }
            (&Method::PUT | &Method::DELETE, ["references", subject]) => {
                let kind = check_subject(subject)?;
                let sql = ask.sql().await?;
                find(&sql).await?;
                if files::KEPT.contains(&kind) {
                    return Err(kept(kind));
                }
                if method == Method::PUT {
                    sql.transaction(async |sql| files::refer(sql, id, subject).await).await?;
                } else {
                    files::release(&sql, id, subject).await?;
                }
                Ok(answer::nothing::<P>())
            }
            (_, [] | ["upload" | "complete" | "link" | "copy"] | ["references", _]) => {
                Err(ApiError::method_not_allowed())
            }
            _ => Err(ApiError::not_found("there is no such page")),
        }
    }
}

/// Tells the edges where it is something public that has changed.
fn push_if<P: SqlPlatform>(ask: &Ask<'_, P>, public: bool) {
    if public {
        ask.push();
    }
}

fn id_of(made: &serde_json::Value) -> Result<Uuid> {
    let id = made["id"].as_str().and_then(|id| id.parse().ok());
    id.ok_or_else(|| Error::internal("what was made has no id"))
}

fn kept(kind: &str) -> ApiError {
    let why =
        format!("that a file is a {kind} is said, and taken back, where it is made one: change the book's coverFileId");
    ApiError::new(409, "STORAGE_REFERENCE_KEPT", why)
}

/// The kind of `KIND:ID`, where it is as the database takes it.
fn check_subject(subject: &str) -> Result<&str, ApiError> {
    let known = subject.split_once(':').filter(|(kind, id)| {
        (1..=20).contains(&kind.len())
            && kind.bytes().all(|b| b.is_ascii_lowercase())
            && (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    known.map(|(kind, _)| kind).ok_or_else(|| {
        ApiError::bad_request("STORAGE_REFERENCE_INVALID", "what refers to a file is written KIND:ID, as in book:ID")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_known_by_their_paths() {
        assert!(["/v1/files", "/v1/files/x/link", "/v1/uploads/x", "/_aw/work/storage"].into_iter().all(Storage::has));
        assert!(!["/v1/filesystem", "/_aw/work", "/v1/books/files", "/"].into_iter().any(Storage::has));
    }

    #[test]
    fn what_refers_is_a_kind_and_an_id() {
        assert!(check_subject("book:019b7700-0000-7000-8000-000000000001").is_ok());
        for bad in ["book", "book:", ":1", "Book:1", "book:a b", "book:a:b"] {
            assert_eq!(check_subject(bad).unwrap_err().status(), 400, "{bad}");
        }
    }
}
