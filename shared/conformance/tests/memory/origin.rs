//! The scripted origin as closures.

use std::{cell::RefCell, collections::HashMap, rc::Rc, time::Duration};

use aw_conformance::origin::{COOKIES, GZIP, opaque, pattern, reflected};
use aw_memory::{Memory, MemoryBody};
use aw_platform::{Body, Bytes, Error, Platform, Result, http};
use futures_util::stream::{self, StreamExt};

type Answer = http::Response<Body<MemoryBody>>;

/// Counts and flags by name, shared by all requests.
#[derive(Clone, Default)]
struct Ledger(Rc<RefCell<HashMap<String, u64>>>);

impl Ledger {
    fn add(&self, name: &str, by: i64) -> u64 {
        let mut map = self.0.borrow_mut();
        let entry = map.entry(name.to_owned()).or_default();
        *entry = entry.saturating_add_signed(by);
        *entry
    }

    fn get(&self, name: &str) -> u64 {
        self.0.borrow().get(name).copied().unwrap_or(0)
    }
}

/// Notes the cut when whatever holds it is dropped.
struct Line(Ledger, String);

impl Drop for Line {
    fn drop(&mut self) {
        self.0.add(&self.1, 1);
    }
}

/// Scripts `origin` and `slow`; `dead` refuses.
pub(crate) fn script(p: &Memory) {
    let (world, ledger) = (p.clone(), Ledger::default());
    p.backend("origin", move |request| {
        let (world, ledger) = (world.clone(), ledger.clone());
        Box::pin(async move { answer(&world, &ledger, request).await })
    });
    p.backend("slow", |_| Box::pin(std::future::pending()));
    p.backend("dead", |_| Box::pin(async { Err(Error::upstream("connection refused")) }));
}

async fn answer(p: &Memory, ledger: &Ledger, request: http::Request<Bytes>) -> Result<Answer> {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let arg = |name: &str| {
        let found = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
        found.map_or("", |(_, value)| value).to_owned()
    };
    let number = |name: &str| arg(name).parse::<u64>().unwrap_or(0);
    let text = |text: &str| Ok(http::Response::new(Body::from(text.to_owned())));
    let pause = |ms| p.sleep(Duration::from_millis(ms));
    let path = request.uri().path().to_owned();
    match path.as_str() {
        "/meet" => {
            let group = format!("meet {}", arg("group"));
            ledger.add(&group, 1);
            for _ in 0..50 {
                if ledger.get(&group) >= number("count") {
                    return text("met");
                }
                pause(100).await;
            }
            ledger.add(&group, -1);
            status(408)
        }
        "/drip" => {
            let last = pause(number("ms")).map_last();
            Ok(http::Response::new(Body::stream(first().chain(last))))
        }
        "/count" => {
            let count = ledger.add(&format!("count {}", arg("key")), 1);
            pause(300).await;
            text(&count.to_string())
        }
        "/counted" => text(&ledger.get(&format!("count {}", arg("key"))).to_string()),
        "/never" => {
            let _line = Line(ledger.clone(), format!("cut {}", arg("id")));
            std::future::pending().await
        }
        "/endless" => {
            let line = Line(ledger.clone(), format!("cut {}", arg("id")));
            let chunks = stream::repeat_with(move || {
                let _held = &line;
                Ok(Bytes::from_static(&[b'x'; 1_000]))
            });
            Ok(http::Response::new(Body::stream(chunks)))
        }
        "/cut" => text(if ledger.get(&format!("cut {}", arg("id"))) > 0 { "yes" } else { "no" }),
        "/gzip" => header("content-encoding", b"gzip", Bytes::from_static(GZIP)),
        "/cookies" => {
            let mut response = status(200)?;
            for cookie in COOKIES {
                response.headers_mut().append("set-cookie", http::HeaderValue::from_static(cookie));
            }
            Ok(response)
        }
        "/opaque" => header("x-opaque", &opaque(), Bytes::new()),
        "/echo" => Ok(http::Response::new(Body::from(request.into_body()))),
        "/big" => {
            let mut bytes = vec![0; number("bytes") as usize];
            pattern(0, &mut bytes);
            Ok(http::Response::new(Body::from(bytes)))
        }
        "/redirect" => {
            let mut response = header("location", b"/elsewhere", Bytes::new())?;
            *response.status_mut() = http::StatusCode::FOUND;
            Ok(response)
        }
        "/etag" => {
            let mut response = header("etag", b"\"v1\"", Bytes::new())?;
            *response.status_mut() = http::StatusCode::NOT_MODIFIED;
            Ok(response)
        }
        "/short" => {
            let parts = [Ok(Bytes::from_static(b"0123456789")), Err(Error::upstream("cut"))];
            Ok(http::Response::new(Body::stream(stream::iter(parts))))
        }
        "/hang-up" | "/garbage" => Err(Error::upstream("no HTTP there")),
        "/chunked" => {
            let parts = ["one,", "two,", "three"].map(|part| Ok(Bytes::from_static(part.as_bytes())));
            Ok(http::Response::new(Body::stream(stream::iter(parts))))
        }
        _ if path.starts_with("/reflect") => Ok(http::Response::new(Body::from(reflection(&request)))),
        _ => match path.strip_prefix("/status/").and_then(|code| code.parse().ok()) {
            Some(code) => status_of(&request, code),
            None => status(404),
        },
    }
}

/// What a server sees: a client adds `Host` and `Content-Length` where the request has none.
fn reflection(request: &http::Request<Bytes>) -> String {
    let mut headers = request.headers().clone();
    headers.entry("host").or_insert(http::HeaderValue::from_static("origin.test"));
    if !request.body().is_empty() {
        headers.insert("content-length", request.body().len().into());
    }
    let target = request.uri().path_and_query().map_or("/", |t| t.as_str());
    let fields = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    reflected(request.method().as_str(), target, fields, request.body().len() as u64)
}

fn status(code: u16) -> Result<Answer> {
    let mut response = http::Response::new(Body::Empty);
    *response.status_mut() = http::StatusCode::from_u16(code).map_err(|_| Error::internal("status"))?;
    Ok(response)
}

fn status_of(request: &http::Request<Bytes>, code: u16) -> Result<Answer> {
    let mut response = status(code)?;
    if !matches!(code, 204 | 304) {
        response.headers_mut().insert("content-length", 4.into());
        if request.method() != http::Method::HEAD {
            *response.body_mut() = Body::from("body");
        }
    }
    Ok(response)
}

fn header(name: &'static str, value: &[u8], body: Bytes) -> Result<Answer> {
    let mut response = http::Response::new(Body::from(body));
    let value = http::HeaderValue::from_bytes(value).map_err(|_| Error::internal("header"))?;
    response.headers_mut().insert(name, value);
    Ok(response)
}

fn first() -> impl futures_util::Stream<Item = Result<Bytes>> {
    stream::iter([Ok(Bytes::from_static(b"first\n"))])
}

trait MapLast {
    /// `last\n` once this is over.
    fn map_last(self) -> impl futures_util::Stream<Item = Result<Bytes>> + 'static;
}

impl<F: Future<Output = ()> + 'static> MapLast for F {
    fn map_last(self) -> impl futures_util::Stream<Item = Result<Bytes>> + 'static {
        stream::once(async {
            self.await;
            Ok(Bytes::from_static(b"last\n"))
        })
    }
}
