//! The server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aw_platform::{
    App, Body, Caps, Platform, Request, Response, Result,
    http::{HeaderValue, Method, StatusCode, header},
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::{api, billing, deliver, hosted, object::text, pages, state::State};

/// The longest body, in bytes.
const BODY: usize = 64 * 1024;

/// The sandbox.
#[derive(Clone)]
pub(crate) struct Sandbox(Arc<Mutex<State>>);

/// What is answered.
pub(crate) enum Reply {
    /// JSON.
    Json(u16, Value),
    /// A page.
    Page(u16, String),
    /// 303.
    Go(String),
}

impl<P: Platform> App<P> for Sandbox {
    const NEEDS: Caps = Caps::NONE;

    async fn build(p: &P) -> Result<Self> {
        let file = p.config("file").await?.map(Into::into);
        let state = Arc::new(Mutex::new(State::open(file).map_err(aw_platform::Error::internal)?));
        let weak = Arc::downgrade(&state);
        let thread = std::thread::Builder::new().name("webhooks".to_owned()).spawn(move || deliver::run(&weak));
        thread.map_err(|e| aw_platform::Error::internal(format!("a thread: {e}")))?;
        Ok(Self(state))
    }

    async fn handle(&self, _: &P, request: Request<P>) -> Response<P> {
        let (head, body) = request.into_parts();
        let Ok(body) = body.bytes(BODY).await else {
            return respond::<P>(Reply::Json(413, json!({ "error": { "message": "the body is too long" } })), 0);
        };
        let mut state = self.lock();
        billing::run(&mut state);
        let now = state.now();
        let host = head.headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("localhost");
        let path = head.uri.path().trim_end_matches('/').to_owned();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let reply = match (&head.method, segments.as_slice()) {
            (_, ["v1", rest @ ..]) => api::answer(&mut state, &head, host, rest, &body),
            (method, ["pay" | "portal", ..]) => hosted::answer(&mut state, method, &segments, &body),
            (&Method::GET, ["sandbox", "clock"]) => Reply::Json(200, json!({ "now": now })),
            (&Method::POST, ["sandbox", "clock"]) => clock(&mut state, &body),
            (&Method::POST, ["sandbox", "tax"]) => tax(&mut state, &body),
            (&Method::POST, ["sandbox", "disputes"]) => dispute(&mut state, &body),
            (&Method::GET, []) => Reply::Page(200, pages::index()),
            _ => Reply::Page(404, pages::message("There is no such page", "")),
        };
        if head.method != Method::GET {
            state.save();
        }
        respond::<P>(reply, state.now())
    }
}

impl Sandbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn respond<P: Platform>(reply: Reply, now: i64) -> Response<P> {
    let (status, body, kind) = match reply {
        Reply::Json(status, json) => (status, Body::from(json.to_string()), "application/json"),
        Reply::Page(status, html) => (status, Body::from(html), "text/html; charset=utf-8"),
        Reply::Go(to) => {
            let mut response = Response::<P>::new(Body::Empty);
            *response.status_mut() = StatusCode::SEE_OTHER;
            if let Ok(to) = HeaderValue::from_str(&to) {
                response.headers_mut().insert(header::LOCATION, to);
            }
            return response;
        }
    };
    let mut response = Response::<P>::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // Those who ask take the time of an answer for the sandbox's.
    let date = Timestamp::from_second(now).unwrap_or_default().to_zoned_datetime(TimeZone::UTC);
    let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// The value of a form's field.
pub(crate) fn field(body: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(body).find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
}

/// Moves the clock: `advance=SECONDS` or `to=SECONDS since 1970`; what is due meanwhile happens at its own time.
fn clock(state: &mut State, body: &[u8]) -> Reply {
    let number = |name| field(body, name).and_then(|value| value.parse::<i64>().ok());
    let by = match (number("advance"), number("to")) {
        (Some(by), None) => by,
        (None, Some(to)) => to - state.now(),
        _ => return Reply::Json(400, json!({ "error": { "message": "send advance=SECONDS or to=SECONDS" } })),
    };
    state.ahead = state.ahead.saturating_add(by).clamp(-4_000_000_000, 4_000_000_000);
    billing::run(state);
    Reply::Json(200, json!({ "now": state.now() }))
}

/// `key=KEY&percent=N`: tax on top of an account's prices.
fn tax(state: &mut State, body: &[u8]) -> Reply {
    let percent = field(body, "percent").and_then(|value| value.parse::<i64>().ok()).filter(|n| (0..=100).contains(n));
    let key = field(body, "key").filter(|key| api::is_key(key));
    let (Some(percent), Some(key)) = (percent, key) else {
        return Reply::Json(400, json!({ "error": { "message": "send key=KEY and percent=0 to 100" } }));
    };
    state.accounts.entry(key).or_default().tax = percent;
    Reply::Json(200, json!({ "percent": percent }))
}

/// `key=KEY&payment_intent=ID` or `charge=ID`, `amount=N` and `inquiry=true` where it is so: what the payer's bank does.
fn dispute(state: &mut State, body: &[u8]) -> Reply {
    let now = state.now();
    let wrong = |why: &str| Reply::Json(400, json!({ "error": { "message": why } }));
    let Some(key) = field(body, "key").filter(|key| api::is_key(key)) else { return wrong("send key=KEY") };
    let account = state.accounts.entry(key).or_default();
    let intent = field(body, "payment_intent").and_then(|id| account.find(&id).cloned()).unwrap_or_default();
    let charge = field(body, "charge").unwrap_or_else(|| text(&intent, "latest_charge").to_owned());
    let amount = field(body, "amount").and_then(|amount| amount.parse().ok());
    match account.dispute(&charge, amount, field(body, "inquiry").is_some_and(|i| i == "true"), now) {
        Some(dispute) => Reply::Json(200, dispute),
        None => wrong("there is no such charge, it is disputed already, or nothing of it is left"),
    }
}
