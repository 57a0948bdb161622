//! The app.

use aw_model::names::{EDGE_KEY, MASTER_KEY, ORIGIN_AUTHORITY};
use aw_platform::{
    ApiError, App, Caps, Envelope, PlatformExt, REQUEST_ID, Request, Response, Result, SqlPlatform, http::HeaderValue,
    request_id,
};
use aw_trust::key;

use crate::{
    Caller, Ready, Service,
    admit::{Door, admit},
    probe::{Health, Probe},
    rate::{self, Rate},
    record::Record,
};

/// An origin's app: the door in front of service `S`.
pub struct Ingress<S> {
    door: Door,
    service: S,
}

/// What was learnt of a request before it was answered or refused.
#[derive(Default)]
struct Seen {
    caller: Option<Caller>,
    rate: Option<Rate>,
}

impl<P: SqlPlatform, S: Service<P>> App<P> for Ingress<S> {
    const NEEDS: Caps = Caps::NONE;

    async fn build(platform: &P) -> Result<Self> {
        let door = Door {
            edge: key::derive(platform.secret(EDGE_KEY).await?.expose(), key::REQUEST)?,
            operator: key::derive(platform.secret(MASTER_KEY).await?.expose(), key::OPERATOR)?,
            authority: platform.require_config(ORIGIN_AUTHORITY).await?,
            requests: rate::requests_per_minute(platform).await?,
        };
        Ok(Self { door, service: S::build(platform).await? })
    }

    async fn handle(&self, platform: &P, request: Request<P>) -> Response<P> {
        let start = platform.now();
        let id = request_id(platform, request.headers().get(REQUEST_ID));
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let mut seen = Seen::default();
        let answer = self.answer(platform, request, &id, &mut seen).await;
        let error = answer.as_ref().err().cloned();
        let mut response = answer.unwrap_or_else(|error| error.into_response(&id));
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        if let Some(rate) = seen.rate {
            rate.tell(response.headers_mut());
        }
        let record = Record {
            level: if response.status().is_server_error() { "error" } else { "info" },
            event: "request",
            request_id: &id,
            method: method.as_str(),
            path: &path,
            status: response.status().as_u16(),
            ms: platform.now().saturating_sub(start),
            signer: None,
            tenant: None,
            user: None,
            code: error.as_ref().map(ApiError::code),
            detail: error.as_ref().and_then(ApiError::cause),
        };
        record.caller(seen.caller.as_ref()).emit(platform);
        response
    }
}

impl<S> Ingress<S> {
    async fn answer<P: SqlPlatform>(
        &self,
        platform: &P,
        request: Request<P>,
        id: &str,
        seen: &mut Seen,
    ) -> Result<Response<P>, ApiError>
    where
        S: Service<P>,
    {
        let now = || platform.now();
        match Probe::find(request.method(), request.uri().path(), S::NAMES) {
            Some(Probe::Health) => return Ok(Envelope::new(Health::ALIVE, id, now()).into_response(200)),
            Some(Probe::Ready(names)) => {
                let mut ready = Ready::default();
                for name in names {
                    self.service.ready(platform, name, &mut ready).await;
                }
                return Ok(Envelope::new(ready.verdict()?, id, now()).into_response(200));
            }
            None => {}
        }
        let max_body = S::max_body(request.method(), request.uri().path());
        let (from, rate, request) = admit(&self.door, platform, request, id, max_body).await?;
        seen.rate = rate;
        let from = &*seen.caller.insert(from);
        rate.map_or(Ok(()), Rate::check)?;
        self.service.handle(platform, from, request).await
    }
}
