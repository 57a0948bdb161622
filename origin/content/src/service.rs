//! The service.

use std::rc::Rc;

use aw_blobs::Blobs;
use aw_ingress::{Caller, Service};
use aw_model::access::STAFF;
use aw_origin_data::{
    answer, database, edges,
    idempotency::{self, Once},
    input::{self, Match, Page},
    push::Pusher,
    secrets::Secrets,
};
use aw_platform::{
    ApiError, Error, Path, Response, Result, SqlPlatform,
    http::{self, Method, request::Parts},
};
use bytes::Bytes;
use serde_json::json;

use crate::{
    books::{self, Beginning, NewBook},
    deletion, import, operator, publish, ready, values,
};

/// Books, imports, publishing; the tenants; what edges ask for and are given.
#[derive(Clone, Debug)]
pub struct Content {
    secrets: Secrets,
    blobs: Rc<Blobs>,
}

impl<P: SqlPlatform> Service<P> for Content {
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
            (&Method::GET, ["_aw", "values"]) => {
                let key = input::query(head.uri.query(), "key").unwrap_or_default();
                values::value(platform, &self.blobs, caller, &key).await
            }
            (&Method::POST, ["_aw", "push"]) => operator::push(platform, &self.secrets, &self.blobs, caller).await,
            (&Method::DELETE, ["v1", "tenants", id]) => {
                deletion::delete(platform, &self.secrets, &self.blobs, caller, &head, id).await
            }
            (&Method::POST, ["_aw", "work", "tenants"]) => {
                deletion::work(platform, &self.secrets, &self.blobs, caller).await
            }
            (_, ["v1", "tenants", rest @ ..]) => {
                operator::tenants(platform, &self.secrets, caller, &head, rest, &body).await
            }
            (_, ["v1", "imports"] | ["v1", "drafts" | "books", ..]) => {
                caller.require_role(&STAFF)?;
                self.write(platform, caller, &head, path.segments().as_slice(), body).await
            }
            (_, ["_aw", "values" | "push"] | ["_aw", "work", "tenants"]) => Err(ApiError::method_not_allowed()),
            _ => Err(ApiError::not_found("there is no such page")),
        }
    }

    fn max_body(_: &Method, path: &str) -> usize {
        match path.trim_end_matches('/') {
            "/v1/imports" => import::MOST,
            path if path.starts_with("/v1/books/") => 8 * 1024 * 1024,
            _ => 64 * 1024,
        }
    }

    async fn ready(&self, platform: &P) -> Result<(), ApiError> {
        ready::ready(platform, &self.blobs).await
    }
}

impl Content {
    /// The routes of those who write.
    async fn write<P: SqlPlatform>(
        &self,
        p: &P,
        caller: &Caller,
        head: &Parts,
        path: &[&str],
        body: Bytes,
    ) -> Result<Response<P>, ApiError> {
        let tenant = caller.require_tenant()?;
        let headers = &head.headers;
        let sql = async || database::tenant(p, tenant).await;
        match (&head.method, path) {
            (&Method::POST, ["v1", "imports"]) => {
                let (status, data) = import::import(p, &self.blobs, caller, tenant, head, body).await?;
                Ok(answer::data(p, caller, status, data))
            }
            (&Method::GET, ["v1", "drafts"]) => {
                let page = Page::from_query(head.uri.query())?;
                let drafts = books::list(&sql().await?, page).await?;
                let next = drafts.last().filter(|_| drafts.len() == page.limit as usize).map(|draft| draft.id.clone());
                Ok(answer::page(p, caller, drafts, next, page.limit))
            }
            (&Method::GET, ["v1", "drafts", book]) => {
                let sql = sql().await?;
                let draft = books::find(&sql, book).await?;
                let chapters = books::chapters(&sql, &draft.id, false).await?;
                let version = draft.version;
                let data = json!({ "book": draft, "chapters": chapters });
                Ok(answer::versioned(p, caller, 200, data, version))
            }
            (&Method::GET, ["v1", "drafts", book, "chapters", number]) => {
                let sql = sql().await?;
                let number = Path::arg(number, "chapter")?;
                let chapter = books::chapter(&sql, &books::find(&sql, book).await?.id, number).await?;
                let version = chapter.version;
                Ok(answer::versioned(p, caller, 200, chapter, version))
            }
            (&Method::POST, ["v1", "books"]) => {
                let once = Once::from_headers(headers, input::actor(caller), &[b"POST", b"/v1/books", &body])?;
                let (details, slug) = input::json::<NewBook>(headers, &body)?.checked()?;
                let book = Beginning { details, slug, ..Beginning::default() };
                let sql = sql().await?;
                let done = idempotency::run(&sql, once.as_ref(), async |sql| {
                    let id = books::create(p, sql, caller, &book).await?;
                    Ok((201, json!({ "book": books::find(sql, &id).await? })))
                });
                let (status, data) = done.await?;
                Ok(answer::data(p, caller, status, data))
            }
            (&Method::PATCH, ["v1", "books", book]) => {
                let expected = Match::required(headers)?;
                let change = input::json(headers, &body)?;
                let draft = books::edit(p, &sql().await?, caller, book, expected, change).await?;
                let version = draft.version;
                Ok(answer::versioned(p, caller, 200, json!({ "book": draft }), version))
            }
            (&Method::DELETE, ["v1", "books", book]) => {
                let expected = Match::required(headers)?;
                if books::remove(p, &sql().await?, caller, tenant, book, expected).await? {
                    self.push(p, tenant);
                }
                Ok(answer::nothing::<P>())
            }
            (&Method::PUT, ["v1", "books", book, "chapters", number]) => {
                let at = (*book, Path::arg(number, "chapter")?);
                let text = input::json(headers, &body)?;
                let (chapter, new) = books::put(p, &sql().await?, caller, at, Match::required(headers), text).await?;
                let version = chapter.version;
                Ok(answer::versioned(p, caller, if new { 201 } else { 200 }, chapter, version))
            }
            (&Method::PATCH, ["v1", "books", book, "chapters"]) => {
                let range = input::json(headers, &body)?;
                let changed = books::set_access(p, &sql().await?, caller, book, range).await?;
                Ok(answer::data(p, caller, 200, json!({ "changed": changed })))
            }
            (&Method::POST, ["v1", "books", book, "publish"]) => {
                let published = publish::publish(p, &self.blobs, caller, tenant, book).await?;
                self.push(p, tenant);
                Ok(answer::data(p, caller, 200, published))
            }
            (&Method::POST, ["v1", "books", book, "unpublish"]) => {
                let withdrawn = publish::withdraw(p, &sql().await?, caller, tenant, book).await?;
                self.push(p, tenant);
                Ok(answer::data(p, caller, 200, withdrawn))
            }
            (_, ["v1", "imports" | "drafts" | "books"])
            | (_, ["v1", "drafts" | "books", _])
            | (_, ["v1", "drafts", _, "chapters", _])
            | (_, ["v1", "books", _, "chapters" | "publish" | "unpublish"])
            | (_, ["v1", "books", _, "chapters", _]) => Err(ApiError::method_not_allowed()),
            _ => Err(ApiError::not_found("there is no such page")),
        }
    }

    /// Brings what was published to the edges, once the caller has been answered.
    fn push<P: SqlPlatform>(&self, p: &P, tenant: &str) {
        let (this, platform, tenant) = (self.clone(), p.clone(), tenant.to_owned());
        p.wait_until(async move {
            // What fails here is in the outbox still.
            let Ok(edges) = edges::configured(&platform).await else { return };
            let blobs = Some(&*this.blobs);
            let pusher = Pusher { platform: &platform, secrets: &this.secrets, edges: &edges, blobs };
            let _ = pusher.run_tenant(&tenant).await;
        });
    }
}
