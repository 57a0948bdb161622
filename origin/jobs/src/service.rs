//! The service.

use std::rc::Rc;

use aw_blobs::Blobs;
use aw_ingress::{Caller, Ready, Service, is_below};
use aw_origin_data::{
    answer, database,
    input::{self, Page},
    ready,
};
use aw_platform::{
    ApiError, Error, Path, Response, Result, SqlPlatform,
    http::{self, Method},
};
use bytes::Bytes;
use uuid::Uuid;

use crate::{
    cancel, claim,
    job::{self, State},
    lease, link,
};

/// Jobs: `/v1/jobs`, and `/_aw/work/jobs` for those who do them.
#[derive(Clone, Debug)]
pub struct Jobs {
    blobs: Rc<Blobs>,
}

impl<P: SqlPlatform> Service<P> for Jobs {
    const NAMES: &'static [&'static str] = &["jobs"];

    async fn build(platform: &P) -> Result<Self> {
        Ok(Self { blobs: Rc::new(Blobs::build(platform).await.map_err(Error::from)?) })
    }

    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError> {
        let (head, body) = request.into_parts();
        let path = Path::parse(head.uri.path())?;
        match path.segments().as_slice() {
            ["_aw", "work", "jobs", rest @ ..] => {
                caller.require_operator()?;
                if head.method != Method::POST {
                    return Err(ApiError::method_not_allowed());
                }
                work(platform, caller, rest, &head.headers, &body).await
            }
            ["v1", "jobs", rest @ ..] => {
                caller.require_user()?;
                self.jobs(platform, caller, (&head.method, rest), head.uri.query()).await
            }
            _ => Err(ApiError::not_found("there is no such page")),
        }
    }

    fn max_body(_: &Method, _: &str) -> usize {
        64 * 1024
    }

    async fn ready(&self, platform: &P, _: &str, ready: &mut Ready) {
        ready::databases(platform, ready).await;
        ready::blobs(platform, &self.blobs, ready).await;
    }
}

async fn work<P: SqlPlatform>(
    p: &P,
    caller: &Caller,
    path: &[&str],
    headers: &http::HeaderMap,
    body: &[u8],
) -> Result<Response<P>, ApiError> {
    let [id, what] = match path {
        [] => return Ok(answer::data(p, caller, 200, claim::claim(p, caller, &input::json(headers, body)?).await?)),
        [id, what] => [*id, *what],
        _ => return Err(ApiError::not_found("there is no such page")),
    };
    let id: Uuid = Path::arg(id, "the job")?;
    let sql = async || database::tenant(p, caller.require_tenant()?).await;
    let became = match what {
        "progress" => {
            lease::word(&database::control(p).await?, &sql().await?, id, &input::json(headers, body)?).await?
        }
        "complete" => lease::complete(p, &sql().await?, id, &input::json(headers, body)?).await?,
        "fail" => lease::fail(p, &sql().await?, id, &input::json(headers, body)?).await?,
        _ => return Err(ApiError::not_found("there is no such page")),
    };
    Ok(answer::data(p, caller, 200, became))
}

impl Jobs {
    /// Whether the route of that path is this service's.
    pub fn has(path: &str) -> bool {
        is_below(path, &["/v1/jobs", "/_aw/work/jobs", "/health/jobs", "/ready/jobs"])
    }

    async fn jobs<P: SqlPlatform>(
        &self,
        p: &P,
        caller: &Caller,
        (method, path): (&Method, &[&str]),
        query: Option<&str>,
    ) -> Result<Response<P>, ApiError> {
        let databases = async || {
            let tenant = caller.require_tenant()?;
            Ok::<_, ApiError>((database::control(p).await?, database::tenant(p, tenant).await?))
        };
        let only = job::sees(caller);
        match (method, path) {
            (&Method::GET, []) => {
                let page = Page::from_query(query)?;
                let state = input::query(query, "state").map(|name| {
                    let why = "state must be waiting, running, done, dead or canceled";
                    State::parse(&name).ok_or_else(|| ApiError::bad_request("REQUEST_QUERY_INVALID", why))
                });
                let (control, sql) = databases().await?;
                let jobs = job::page(&control, &sql, only, state.transpose()?, page).await?;
                let next = jobs.last().filter(|_| jobs.len() == page.limit as usize).map(|job| job.id.to_string());
                Ok(answer::page(p, caller, jobs, next, page.limit))
            }
            (&Method::GET, [id]) => {
                let id = Path::arg(id, "the job")?;
                let (control, sql) = databases().await?;
                Ok(answer::data(p, caller, 200, job::find(&control, &sql, only, id).await?))
            }
            (&Method::DELETE, [id]) => {
                let id = Path::arg(id, "the job")?;
                let (control, sql) = databases().await?;
                cancel::cancel(p, &sql, caller, id).await?;
                Ok(answer::data(p, caller, 200, job::find(&control, &sql, only, id).await?))
            }
            (&Method::GET, [id, "link"]) => {
                let id = Path::arg(id, "the job")?;
                let (control, sql) = databases().await?;
                job::find(&control, &sql, only, id).await?;
                Ok(answer::data(p, caller, 200, link::link(p, &self.blobs, &sql, id).await?))
            }
            (_, [] | [_] | [_, "link"]) => Err(ApiError::method_not_allowed()),
            _ => Err(ApiError::not_found("there is no such page")),
        }
    }
}
