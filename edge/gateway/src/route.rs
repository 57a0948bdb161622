//! Who answers what.

use aw_edge_auth::{self as auth, Action, Form};
use aw_edge_content as content;
use aw_edge_core::{Call, Context, apart};
use aw_edge_discovery::{self as discovery, ShelfName};
use aw_feeds::Format;
use aw_pages::{is_script_path, is_style_path};
use aw_platform::{ApiError, Body, Envelope, Platform, Response};
use http::{HeaderValue, Method, header, request::Parts};
use serde::Serialize;

use crate::{failure::Failure, forward, page, style};

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
        ["login", "factor"] if head.method == Method::POST => Ok(apart(auth::submit_factor(ctx, &head, body)).await?),
        ["login"] => form(ctx, head, body, Form::Login).await,
        ["register"] => form(ctx, head, body, Form::Register).await,
        ["logout"] if head.method == Method::POST => Ok(apart(auth::logout_form(ctx, &head, body)).await?),
        ["logout"] => Err(Failure::method("POST")),
        _ if page::is_origins(path) => apart(page::page(ctx, head, body)).await,
        _ if reads(&head.method) => own_page(ctx, &head, path).await,
        _ if is_page(path) => Err(Failure::method("GET, HEAD")),
        _ => Ok(apart(forward::forward(ctx, head, body)).await?),
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
        ["books"] if reads(&head.method) => Ok(apart(discovery::books_json(ctx, &head)).await?),
        ["books", name] if reads(&head.method) => {
            Ok(content::or_moved(ctx, &head, name, apart(content::book_json(ctx, &head, name)).await).await?)
        }
        ["books", name, "chapters", n] if reads(&head.method) => {
            Ok(content::or_moved(ctx, &head, name, apart(content::chapter_json(ctx, &head, name, n)).await).await?)
        }
        ["auth", "session"] if reads(&head.method) => Ok(auth::session(ctx)),
        ["auth", "session"] => Err(Failure::method("GET, HEAD")),
        ["auth", "continue"] if head.method == Method::GET => Ok(apart(auth::continuation(ctx, &head)).await?),
        ["auth", "continue"] => Err(Failure::method("GET")),
        ["auth", "oidc", name, "callback"] if head.method == Method::GET => {
            Ok(apart(auth::provider_callback(ctx, &head, name)).await?)
        }
        ["auth", "login", "factor"] if post => Ok(apart(auth::api(ctx, &head, body, Action::Factor)).await?),
        ["auth", "passkeys", "login"] if post => Ok(apart(auth::api(ctx, &head, body, Action::Passkey)).await?),
        ["auth", action] => match Action::parse(action) {
            Some(action) if post => Ok(apart(auth::api(ctx, &head, body, action)).await?),
            Some(_) => Err(Failure::method("POST")),
            None => Ok(apart(forward::forward(ctx, head, body)).await?),
        },
        _ => Ok(apart(forward::forward(ctx, head, body)).await?),
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
        Method::POST => Ok(apart(auth::submit(ctx, &head, body, which)).await?),
        _ => Err(Failure::method("GET, HEAD, POST")),
    }
}

/// All other pages are the edge's alone: what it does not know is not there, and no crawler's guess reaches the origin.
async fn own_page<P: Platform>(ctx: &Context<P>, head: &Parts, path: &[&str]) -> Result<Response<P>, Failure> {
    match *path {
        [] => Ok(apart(discovery::shelf_page(ctx, head, ShelfName::Newest)).await?),
        ["tags", slug] => Ok(apart(discovery::shelf_page(ctx, head, ShelfName::Tag(slug))).await?),
        ["authors", slug] => Ok(apart(discovery::shelf_page(ctx, head, ShelfName::Author(slug))).await?),
        ["series", slug] => Ok(apart(discovery::shelf_page(ctx, head, ShelfName::Series(slug))).await?),
        ["opds"] => Ok(apart(discovery::feed(ctx, head, Format::Opds1)).await?),
        ["opds.json"] => Ok(apart(discovery::feed(ctx, head, Format::Opds2)).await?),
        ["robots.txt"] => Ok(discovery::robots(ctx, head)?),
        ["sitemap.xml"] => Ok(apart(discovery::sitemap_index(ctx, head)).await?),
        ["books", slug] => match slug.strip_suffix(".epub") {
            Some(slug) => Ok(content::or_moved(ctx, head, slug, apart(content::epub(ctx, head, slug)).await).await?),
            None => Ok(content::or_moved(ctx, head, slug, apart(content::book_page(ctx, head, slug)).await).await?),
        },
        ["books", slug, number] => {
            let found = match discovery::format(number) {
                Some(format) => apart(content::feed(ctx, head, slug, format)).await,
                None => apart(content::chapter_page(ctx, head, slug, number)).await,
            };
            Ok(content::or_moved(ctx, head, slug, found).await?)
        }
        ["books", slug, "assets", name] => {
            Ok(content::or_moved(ctx, head, slug, apart(content::asset(ctx, head, slug, name)).await).await?)
        }
        ["login", "oidc", name] => Ok(apart(auth::provider_start(ctx, head, name)).await?),
        [_] if is_script_path(head.uri.path()) => Ok(auth::script::<P>(head.uri.path())),
        ["files", sha256, name] => Ok(apart(content::file(ctx, head, sha256, name)).await?),
        [_] if is_style_path(head.uri.path()) => Ok(style::style::<P>(head.uri.path())),
        [name] => match (discovery::format(name), sitemap_number(name)) {
            (Some(format), _) => Ok(apart(discovery::feed(ctx, head, format)).await?),
            (None, Some(number)) => Ok(apart(discovery::sitemap(ctx, head, number)).await?),
            (None, None) => Err(no_page()),
        },
        _ => Err(no_page()),
    }
}

fn sitemap_number(name: &str) -> Option<&str> {
    name.strip_prefix("sitemap-")?.strip_suffix(".xml")
}

fn is_page(path: &[&str]) -> bool {
    matches!(path, [] | ["books" | "tags" | "authors" | "series" | "files", ..])
        || matches!(*path, [name] if matches!(name, "opds" | "opds.json" | "robots.txt" | "sitemap.xml")
            || discovery::format(name).is_some() || sitemap_number(name).is_some())
}
