//! The service.

use std::rc::Rc;

use aw_blobs::Blobs;
use aw_ingress::{Caller, Ready, Service};
use aw_origin_data::{answer, ask, edges, push::Pusher, ready, secrets::Secrets};
use aw_platform::{
    ApiError, Error, Path, Response, Result, SqlPlatform,
    http::{self, Method, request::Parts},
};
use bytes::Bytes;

use crate::{
    ask::Ask, books, collaborators, export, import, installation, lifecycle, manuscript, pictures, publish, structure,
};

/// Books, imports, publishing; the tenants; what edges ask for and are given.
#[derive(Clone, Debug)]
pub struct Content {
    pub(crate) secrets: Secrets,
    pub(crate) blobs: Rc<Blobs>,
}

impl<P: SqlPlatform> Service<P> for Content {
    const NAMES: &'static [&'static str] = &["content", "imports", "tenants"];

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
        match head.uri.path() {
            path if installation::has(path) => installation::route(self, platform, caller, &head, &body).await,
            path if aw_ingress::is_below(path, &["/v1/imports"]) => self.imports(platform, caller, &head, &body).await,
            _ => self.books(platform, caller, &head, &body).await,
        }
    }

    fn max_body(_: &Method, path: &str) -> usize {
        match path.trim_end_matches('/') {
            "/v1/imports" => import::MOST,
            // A chapter as a document is longer than its HTML.
            path if path.starts_with("/v1/books/") => 16 * 1024 * 1024,
            _ => 64 * 1024,
        }
    }

    async fn ready(&self, platform: &P, _: &str, ready: &mut Ready) {
        ready::databases(platform, ready).await;
        ready::blobs(platform, &self.blobs, ready).await;
    }
}

impl Content {
    /// `/v1/books` and `/v1/drafts` with what is below them, and what is due of them.
    pub(crate) async fn books<P: SqlPlatform>(
        &self,
        platform: &P,
        caller: &Caller,
        head: &Parts,
        body: &Bytes,
    ) -> Result<Response<P>, ApiError> {
        let path = Path::parse(head.uri.path())?;
        match (&head.method, path.segments().as_slice()) {
            (&Method::POST, ["_aw", "work", "content"]) => {
                let worked = lifecycle::work(platform, self, caller).await?;
                Ok(answer::data(platform, caller, 200, worked))
            }
            (_, path @ ["v1", "drafts" | "books", ..]) => {
                self.write(&self.ask(platform, caller, head, body)?, path).await
            }
            (_, ["_aw", "work", "content"]) => Err(ApiError::method_not_allowed()),
            _ => Err(ApiError::not_found("there is no such page")),
        }
    }

    /// `/v1/imports` and what is below it.
    pub(crate) async fn imports<P: SqlPlatform>(
        &self,
        platform: &P,
        caller: &Caller,
        head: &Parts,
        body: &Bytes,
    ) -> Result<Response<P>, ApiError> {
        let path = Path::parse(head.uri.path())?;
        caller.require_user()?;
        import::route(&self.ask(platform, caller, head, body)?, path.segments().as_slice()).await
    }

    fn ask<'a, P: SqlPlatform>(
        &'a self,
        platform: &'a P,
        caller: &'a Caller,
        head: &'a Parts,
        body: &'a Bytes,
    ) -> Result<Ask<'a, P>, ApiError> {
        Ok(Ask { service: self, ask: ask::Ask::new(platform, &self.secrets, caller, head, body)? })
    }

    /// The routes of those who write, each at its subject.
    async fn write<P: SqlPlatform>(&self, ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
        ask.caller.require_user()?;
        match path {
            ["v1", "drafts" | "books", _, "structure" | "parts", ..] => structure::route(ask, path).await,
            ["v1", "books", _, "chapters", _, "move"] => structure::route(ask, path).await,
            ["v1", "books", _, "chapters", _, "openings"] => lifecycle::route(ask, path).await,
            ["v1", "books", _, "chapters", _, "scenes", ..] => manuscript::scene_route(ask, path).await,
            ["v1", "drafts" | "books", _, "chapters", _, "revisions" | "diff", ..] => {
                manuscript::revisions::route(ask, path).await
            }
            ["v1", "drafts" | "books", _, "chapters", ..] => manuscript::route(ask, path).await,
            ["v1", "books", _, "exports", ..] => export::route(ask, path).await,
            ["v1", "drafts" | "books", _, "pictures", ..] => pictures::route(ask, path).await,
            ["v1", "drafts" | "books", _, "collaborators", ..] => collaborators::route(ask, path).await,
            ["v1", "drafts" | "books", _, "state" | "schedule", ..] => lifecycle::route(ask, path).await,
            ["v1", "books", _, "publish" | "unpublish", ..] => publish::route(ask, path).await,
            _ => books::route(ask, path).await,
        }
    }

    /// Brings what was published to the edges, once the caller has been answered.
    pub(crate) fn push<P: SqlPlatform>(&self, p: &P, tenant: &str) {
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
