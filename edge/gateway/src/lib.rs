//! The edge in one app: auth, content, discovery, and the way to the origin.
//!
//! A request is held to the portable limits, given an id, and its tenant found by `Host`; identity headers that a
//! stranger wrote are removed; the reader is whoever the token says. What the edge knows it answers itself, in JSON
//! under `/v1` and as pages elsewhere; the rest goes to the origin, signed.
#![allow(async_fn_in_trait)]

mod failure;
mod forward;
mod headers;
mod ingest;
mod page;
mod purge;
mod record;
mod route;
mod style;

use std::rc::Rc;

use aw_edge_core::{Call, Context, Edge, Session, Site, apart, identity};
use aw_platform::{
    ApiError, App, Body, Caps, Path, Platform, REQUEST_ID, Request, Response, Result, limits, request_id,
};

use http::{Method, header, request::Parts};

use crate::{failure::Failure, record::Record};

/// The edge.
pub struct Gateway {
    edge: Rc<Edge>,
}

impl<P: Platform> App<P> for Gateway {
    const NEEDS: Caps = Caps::NONE;

    async fn build(platform: &P) -> Result<Self> {
        Ok(Self { edge: Edge::build(platform).await? })
    }

    async fn handle(&self, platform: &P, request: Request<P>) -> Response<P> {
        let id = request_id(platform, request.headers().get(REQUEST_ID));
        let call = Call::new(platform, &self.edge, &id);
        let mut record = Record::begin(&call, &request);
        let mut response = match answer(&call, request, &mut record).await {
            Ok(response) => response,
            Err(failure) => {
                record.code = Some(failure.error.code());
                if let Some(cause) = failure.error.cause() {
                    call.note(cause);
                }
                failure.into_response(&call)
            }
        };
        headers::finish(&call, &mut response);
        record.end(&call, response.status());
        response
    }
}

/// Answers, or says why not.
async fn answer<P: Platform>(call: &Call<P>, request: Request<P>, record: &mut Record) -> Result<Response<P>, Failure> {
    limits::check(&request, forward::BODY)?;
    let (head, body) = request.into_parts();
    let text = head.uri.path().to_owned();
    let path = Path::parse(&text)?;
    let segments = path.segments();
    let segments = segments.as_slice();
    // What watches programs asks for `ready`, and reads no pages.
    let page = !matches!(segments, ["v1" | "_aw" | "health" | "ready", ..]);

    // What belongs to no tenant.
    match segments {
        ["health"] if route::reads(&head.method) => return Ok(route::health(call)),
        ["health"] => return Err(Failure::method("GET, HEAD")),
        ["_aw", "values"] if head.method == Method::PUT => return Ok(apart(ingest::put(call, head, body)).await?),
        ["_aw", "values"] => return Err(Failure::method("PUT")),
        ["_aw", "purge"] if head.method == Method::POST => return Ok(apart(purge::purge(call, head, body)).await?),
        ["_aw", "purge"] => return Err(Failure::method("POST")),
        ["_aw", ..] => return Err(route::no_page()),
        _ => {}
    }
    // Where there is no tenant, there is no page to tell it on.
    let site = Site::find(call, &head).await?;
    record.tenant = Some(site.tenant().id.clone());
    let name = site.tenant().name.clone();
    let answer = apart(for_reader(call, site, head, body, segments)).await;
    answer.map_err(|failure| if page { failure.on_page(&name) } else { failure })
}

/// Answers a request to a tenant's site.
async fn for_reader<P: Platform>(
    call: &Call<P>,
    site: Site,
    mut head: Parts,
    body: Body<P::Body>,
    path: &[&str],
) -> Result<Response<P>, Failure> {
    if site.tenant().suspended {
        return Err(ApiError::new(403, "TENANT_SUSPENDED", "this publisher's site is suspended").into());
    }
    identity::strip(&mut head.headers);
    let session = Session::find(call, &site, &head.headers)?;
    let user_agent = head.headers.get(header::USER_AGENT).cloned();
    let ctx = Context { call: call.clone(), site, session, user_agent };
    route::route(&ctx, head, body, path).await
}
