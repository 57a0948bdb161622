//! A chapter: a page for readers, JSON for programs.

use aw_edge_core::{Context, conditional, conditional::Condition, reply};
use aw_model::{ObjectRef, object::PART};
use aw_platform::{ApiError, Body, Bytes, Envelope, Platform, Response};
use futures_util::{StreamExt, stream};
use http::{Method, header, request::Parts};

use crate::{caching, find, object, paywall, rule::Rule};

/// `GET /books/SLUG/N`: the chapter's page, or the paywall.
///
/// # Errors
/// 404; 400 for what is no number; 503 where this edge does not have it and the origin cannot be asked.
pub async fn chapter_page<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    slug: &str,
    number: &str,
) -> Result<Response<P>, ApiError> {
    let found = find::by_slug(ctx, slug).await?;
    let chapter = found.chapter(ctx, number)?;
    let rule = Rule::of_chapter(&chapter, ctx.call.platform.now());
    if let Err(error) = paywall::check(ctx, &found, Some(&chapter), rule) {
        return Ok(paywall::page(ctx, head, found.book(ctx)?, &chapter, rule, &error));
    }
    let mut response = object::serve(ctx, head, &chapter.page, "text/html; charset=utf-8").await?;
    let tags = caching::chapter_tags(ctx, found.id(ctx)?, &chapter);
    caching::decide(&mut response, rule, reply::PUBLIC, &tags);
    Ok(response)
}

/// `GET /v1/books/NAME/chapters/N`: the chapter's data in the envelope.
///
/// # Errors
/// As [`chapter_page`]; 401 and 402 from the paywall, with the offer in the details.
pub async fn chapter_json<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    name: &str,
    number: &str,
) -> Result<Response<P>, ApiError> {
    let found = find::by_name(ctx, name).await?;
    let chapter = found.chapter(ctx, number)?;
    let rule = Rule::of_chapter(&chapter, ctx.call.platform.now());
    paywall::check(ctx, &found, Some(&chapter), rule)?;
    // Weak: the envelope around the object has the request's id.
    let etag = format!("W/\"{}\"", chapter.data.sha256);
    let mut response = if conditional::evaluate(&head.headers, &etag)? == Condition::NotModified {
        reply::not_modified::<P>()
    } else {
        let (before, after) = Envelope::new((), &ctx.call.id, ctx.call.platform.now()).around()?;
        let (before, after) = (Bytes::from_static(before), Bytes::from(after));
        let length = before.len() as u64 + chapter.data.size + after.len() as u64;
        let body = match head.method {
            Method::HEAD => Body::Empty,
            _ => {
                wrap(before, &chapter.data, object::read(ctx, &chapter.data, 0, chapter.data.size).await?, after)
                    .await?
            }
        };
        let mut response = Response::<P>::new(body);
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        reply::set(&mut response, header::CONTENT_TYPE, "application/json");
        response
    };
    reply::set(&mut response, header::ETAG, &etag);
    let tags = caching::chapter_tags(ctx, found.id(ctx)?, &chapter);
    caching::decide(&mut response, rule, reply::PUBLIC, &tags);
    Ok(response)
}

/// An object's body between two pieces: in one piece where the object is one part, else as it comes.
async fn wrap<N: aw_platform::NativeBody>(
    before: Bytes,
    object: &ObjectRef,
    body: Body<N>,
    after: Bytes,
) -> Result<Body<N>, ApiError> {
    if object.size <= PART {
        let middle = body.bytes(PART as usize).await?;
        return Ok(Bytes::from([before, middle, after].concat()).into());
    }
    let middle = stream::unfold(body, |mut body| async move { body.chunk().await.map(|chunk| (chunk, body)) });
    Ok(Body::stream(stream::iter([Ok(before)]).chain(middle).chain(stream::iter([Ok(after)]))))
}
