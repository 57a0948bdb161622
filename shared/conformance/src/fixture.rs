//! The app that every platform deploys for the suite.

use aw_platform::{App, Body, Caps, Platform, PlatformExt, Request, Response, Result, http};
use serde_json::json;

use crate::{Failure, cases, deployment::GREETING, routes};

/// The fixture: port cases under `/__case/<name>`, and what the HTTP cases need.
///
/// | target | answer |
/// |---|---|
/// | `/__cases` | the names of the port cases, a JSON array |
/// | `/__case/<name>` | `{"case","ok","why"}`; `why` is `null` where `ok` |
/// | `/__platform` | `{"name","caps":{"kvTtl","cacheTags","cacheCollapse","passthrough","retained","concurrent"}}` |
/// | `/echo` | the request's body, streamed |
/// | `/sink` | `{"bytes","sha256","memory"}` of the request's body, not kept |
/// | `/produce?bytes=N` | N bytes of [`pattern`](crate::origin::pattern), made as they are read, and a last line `memory=N` |
/// | `/body?bytes=N` | N bytes of the pattern, from memory |
/// | `/proxy/<rest>` | the request goes to the origin's `/<rest>`, the response comes back unopened |
/// | `/slow-stream?id=X` | `first\n`, and `last\n` once the origin's `/wait?id=X` has answered |
/// | `/two` | `{"elapsed","met"}` of two fetches of the origin's `/meet` |
/// | `/stampede?key=K` | the cache's value of K, filled from the origin's `/count?key=K` |
/// | `/cookies` | two `Set-Cookie` fields |
/// | `/opaque` | the field `x-opaque` of [`opaque`](crate::origin::opaque) bytes |
/// | `/headers` | the request as it arrived, see [`reflected`](crate::origin::reflected) |
/// | `/status/<n>` | that status, with the body `body` where one may be |
/// | `/later?key=K` | 200 at once; `K` is written 300 ms later |
/// | `/kv/<key>` | the value in the store, unopened, or 404 |
/// | `/emit?marker=M` | emits a record that has the marker |
/// | `/isolated?id=X` | X, the `x-id` header, the body and what the origin echoed, after several awaits |
/// | `/ip` | the peer's address |
/// | `/memory` | the guest's memory in bytes, 0 where the host has no way to tell |
/// | `/limits` | the length of the body, held to 1 MB and to the portable limits |
/// | `/panic` | none: it panics |
/// | `/panic-late` | `first\n`, then it panics |
#[derive(Debug)]
pub struct Fixture {
    /// Read when the instance was built, to see that ports work there.
    greeting: String,
}

impl<P: Platform> App<P> for Fixture {
    const NEEDS: Caps = Caps::NONE;

    async fn build(platform: &P) -> Result<Self> {
        Ok(Self { greeting: platform.require_config(GREETING).await? })
    }

    async fn handle(&self, p: &P, request: Request<P>) -> Response<P> {
        let path = request.uri().path().to_owned();
        if let Some(name) = path.strip_prefix("/__case/") {
            return case_response(name, cases::run(p, name).await);
        }
        match path.as_str() {
            "/" => http::Response::new(Body::from(self.greeting.clone())),
            "/__cases" => json_response(200, &json!(cases::NAMES)),
            "/__platform" => json_response(200, &platform::<P>()),
            _ => routes::answer(p, &path, request).await,
        }
    }
}

/// The response about the case called `name`; `None`: there is none.
pub(crate) fn case_response<N>(name: &str, outcome: Option<Result<(), Failure>>) -> http::Response<Body<N>> {
    let Some(outcome) = outcome else {
        return json_response(404, &json!({ "case": name, "ok": false, "why": "there is no such case" }));
    };
    let why = outcome.err().map(|failure| failure.0);
    json_response(200, &json!({ "case": name, "ok": why.is_none(), "why": why }))
}

fn platform<P: Platform>() -> serde_json::Value {
    let has = |cap| P::CAPS.contains(cap);
    json!({
        "name": P::NAME,
        "caps": {
            "kvTtl": has(Caps::KV_TTL),
            "cacheTags": has(Caps::CACHE_TAGS),
            "cacheCollapse": has(Caps::CACHE_COLLAPSE),
            "passthrough": has(Caps::PASSTHROUGH),
            "retained": has(Caps::RETAINED),
            "concurrent": has(Caps::CONCURRENT),
        },
    })
}

pub(crate) fn json_response<N>(status: u16, value: &serde_json::Value) -> http::Response<Body<N>> {
    let mut response = http::Response::new(Body::from(value.to_string()));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    response
}
