//! What the HTTP cases ask of the fixture.

mod background;
mod facts;
mod forward;
mod isolated;
mod stream;

use aw_platform::{ApiError, Platform, REQUEST_ID, Request, Response, request_id};

/// The response to a request that is no port case.
pub(crate) async fn answer<P: Platform>(p: &P, path: &str, request: Request<P>) -> Response<P> {
    let id = request_id(p, request.headers().get(REQUEST_ID));
    let query = request.uri().query().unwrap_or_default().to_owned();
    let query = query.as_str();
    let outcome = match path {
        "/echo" => Ok(stream::echo::<P>(request)),
        "/sink" => stream::sink::<P>(request).await,
        "/produce" => Ok(stream::produce::<P>(query)),
        "/body" => Ok(stream::body::<P>(query)),
        "/slow-stream" => Ok(stream::slow(p, query)),
        "/panic-late" => Ok(stream::panic_late(p)),
        "/panic" => panic!("conformance: a panic on purpose"),
        "/two" => forward::two(p).await,
        "/stampede" => forward::stampede(p, query).await,
        "/cookies" => Ok(facts::cookies()),
        "/opaque" => facts::opaque(),
        "/headers" => facts::headers::<P>(request).await,
        "/ip" => Ok(facts::ip(p)),
        "/memory" => Ok(facts::memory_size()),
        "/limits" => facts::limits::<P>(request).await,
        "/later" => background::later(p, query),
        "/emit" => Ok(background::emit(p, query)),
        "/isolated" => isolated::answer(p, query, request).await,
        _ => {
            if let Some(rest) = path.strip_prefix("/proxy") {
                forward::proxy(p, rest, request).await
            } else if let Some(key) = path.strip_prefix("/kv/") {
                background::read(p, key).await
            } else if let Some(status) = path.strip_prefix("/status/") {
                facts::status(status)
            } else {
                Err(ApiError::not_found("the fixture has no such page"))
            }
        }
    };
    outcome.unwrap_or_else(|error| error.into_response(&id))
}
