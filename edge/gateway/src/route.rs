//! Who answers what.

use aw_edge_auth::{self as auth, Action, Form};
use aw_edge_content as content;
use aw_edge_core::{Call, Context};
use aw_edge_discovery::{self as discovery, ShelfName};
use aw_pages::is_style_path;
use aw_platform::{ApiError, Body, Envelope, Platform, Response};
use http::{HeaderValue, Method, header, request::Parts};
use serde::Serialize;

use crate::{failure::Failure, forward, sales, style};

/// `GET /health`.
pub(crate) fn health<P: Platform>(call: &Call<P>) -> Response<P> {
    #[derive(Serialize)]
    struct Health {
        status: &'static str,
    }
    let data = Health { status: "alive" };
    let mut response = Envelope::new(data, &call.id, call.platform.now()).into_response(200);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(crate) fn no_page() -> Failure {
    ApiError::not_found("there is no such page").into()
}

/// Whether the method only reads.
pub(crate) fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Answers a reader's request to a site.
///
/// # Errors
/// What the service says.
pub(crate) async fn route<P: Platform>(
    ctx: &Context<P>,
    head: Parts,
    body: Body<P::Body>,
    path: &[&str],
) -> Result<Response<P>, Failure> {
    match path {
        ["v1", rest @ ..] => api(ctx, head, body, rest).await,
        ["login"] => form(ctx, head, body, Form::Login).await,
        ["register"] => form(ctx, head, body, Form::Register).await,
        ["logout"] if head.method == Method::POST => Ok(auth::logout_form(ctx, &head, body).await?),
        ["logout"] => Err(Failure::method("POST")),
        ["subscribe"] => match head.method {
            Method::GET | Method::HEAD => Ok(sales::offers(ctx, &head).await?),
            Method::POST => Ok(sales::buy(ctx, &head, body).await?),
            _ => Err(Failure::method("GET, HEAD, POST")),
        },
        ["account", "subscription"] => match head.method {
            Method::GET | Method::HEAD => Ok(sales::account(ctx).await?),
            Method::POST => Ok(sales::act(ctx, &head, body).await?),
            _ => Err(Failure::method("GET, HEAD, POST")),
        },
        _ if reads(&head.method) => page(ctx, &head, path).await,
        _ if is_page(path) => Err(Failure::method("GET, HEAD")),
        _ => Ok(forward::forward(ctx, head, body).await?),
    }
}

/// `/v1/…`: what the edge knows it answers, everything else is the origin's.
async fn api<P: Platform>(
    ctx: &Context<P>,
    head: Parts,
    body: Body<P::Body>,
    path: &[&str],
) -> Result<Response<P>, Failure> {
    let post = head.method == Method::POST;
    match path {
        ["books"] if reads(&head.method) => Ok(discovery::books_json(ctx, &head).await?),
        ["books", name] if reads(&head.method) => Ok(content::book_json(ctx, &head, name).await?),
        ["books", name, "chapters", n] if reads(&head.method) => Ok(content::chapter_json(ctx, &head, name, n).await?),
        ["auth", "session"] if reads(&head.method) => Ok(auth::session(ctx)),
        ["auth", "session"] => Err(Failure::method("GET, HEAD")),
        ["auth", "continue"] if head.method == Method::GET => Ok(auth::continuation(ctx, &head).await?),
        ["auth", "continue"] => Err(Failure::method("GET")),
        ["auth", action] => match Action::parse(action) {
            Some(action) if post => Ok(auth::api(ctx, &head, body, action).await?),
            Some(_) => Err(Failure::method("POST")),
            None => Ok(forward::forward(ctx, head, body).await?),
        },
        _ => Ok(forward::forward(ctx, head, body).await?),
    }
}

async fn form<P: Platform>(
    ctx: &Context<P>,
    head: Parts,
    body: Body<P::Body>,
    which: Form,
) -> Result<Response<P>, Failure> {
    match head.method {
        Method::GET | Method::HEAD => Ok(auth::show(ctx, &head, which)?),
        Method::POST => Ok(auth::submit(ctx, &head, body, which).await?),
        _ => Err(Failure::method("GET, HEAD, POST")),
    }
}

/// Pages are the edge's alone: what it does not know is not there, and no crawler's guess reaches the origin.
async fn page<P: Platform>(ctx: &Context<P>, head: &Parts, path: &[&str]) -> Result<Response<P>, Failure> {
    match *path {
        [] => Ok(discovery::shelf_page(ctx, head, ShelfName::Newest).await?),
        ["tags", slug] => Ok(discovery::shelf_page(ctx, head, ShelfName::Tag(slug)).await?),
        ["authors", slug] => Ok(discovery::shelf_page(ctx, head, ShelfName::Author(slug)).await?),
        ["series", slug] => Ok(discovery::shelf_page(ctx, head, ShelfName::Series(slug)).await?),
        ["books", slug] => Ok(content::book_page(ctx, head, slug).await?),
        ["books", slug, number] => Ok(content::chapter_page(ctx, head, slug, number).await?),
        ["books", slug, "assets", name] => Ok(content::asset(ctx, head, slug, name).await?),
        [_] if is_style_path(head.uri.path()) => Ok(style::style::<P>(head.uri.path())),
        _ => Err(no_page()),
    }
}

fn is_page(path: &[&str]) -> bool {
    matches!(path, [] | ["books" | "tags" | "authors" | "series", ..])
}
