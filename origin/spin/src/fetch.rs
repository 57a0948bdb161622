//! Outbound HTTP by `wasi:http/outgoing-handler`.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use aw_platform::{ANY_HOST, Backend, Body, Error, FetchOptions, Request, Response, Result};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use wasi::http::{
    outgoing_handler,
    types::{ErrorCode, FutureIncomingResponse, IncomingResponse, OutgoingRequest, Scheme},
};

use crate::{
    Spin, SpinBody,
    executor::{self, Attached},
    head,
    platform::sleep,
    reactor::Wait,
    variables,
    write::{Cut, Writer},
};

/// A fetch under way; dropping it cancels it.
pub struct Pending {
    // In the order in which they have to be dropped: children first.
    wait: Option<Wait>,
    state: Result<FutureIncomingResponse, Option<Error>>,
    /// The time that the head may take.
    limit: Wait,
    upload: Option<Attached>,
    /// Whether the answer has no body whatever its head says.
    headless: bool,
}

/// Sends `request` now.
pub(crate) fn start(backend: Backend, request: Request<Spin>, options: FetchOptions) -> Pending {
    let headless = *request.method() == Method::HEAD;
    let (state, upload) = match send(backend, request) {
        Ok((response, upload)) => (Ok(response), upload),
        Err(error) => (Err(Some(error)), None),
    };
    Pending { wait: None, state, limit: sleep(options.first_byte), upload, headless }
}

fn send(backend: Backend, request: Request<Spin>) -> Result<(FutureIncomingResponse, Option<Attached>)> {
    let (mut parts, body) = request.into_parts();
    let target = Target::of(backend, &parts.uri)?;
    match body.size_hint() {
        Some(0) => drop(parts.headers.remove(header::CONTENT_LENGTH)),
        Some(size) => drop(parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size))),
        None => {}
    }
    let request = target.request(&parts)?;
    // An empty body is none: the host then sends the length itself, where the method needs one.
    let body = if body.size_hint() == Some(0) { Body::Empty } else { body };
    if matches!(body, Body::Empty) {
        return Ok((handle(request)?, None));
    }
    let cut = |_| Error::internal("the host takes no body for this request");
    let writer = request.body().and_then(|body| Writer::new(body).map_err(drop)).map_err(cut)?;
    let mut rest = match body {
        Body::Bytes(bytes) => bytes,
        body => {
            let response = handle(request)?;
            let upload = executor::attached(async { drop(writer.pour(body).await) });
            return Ok((response, Some(upload)));
        }
    };
    // A body that fits is with the host before the request is sent, and needs no task.
    let cut = |Cut| Error::internal("the host takes nothing of this body");
    writer.at_once(&mut rest).map_err(cut)?;
    if rest.is_empty() {
        writer.finish().map_err(cut)?;
        return Ok((handle(request)?, None));
    }
    let response = handle(request)?;
    let upload = executor::attached(async { drop(writer.pour(Body::Bytes(rest)).await) });
    Ok((response, Some(upload)))
}

fn handle(request: OutgoingRequest) -> Result<FutureIncomingResponse> {
    outgoing_handler::handle(request, None).map_err(failed)
}

/// Where a backend is.
struct Target {
    scheme: Scheme,
    authority: String,
    /// What comes before every path; does not end in a slash.
    prefix: String,
}

impl Target {
    fn of(backend: Backend, uri: &Uri) -> Result<Self> {
        let Some(base) = variables::get(&format!("backend_{}", backend.0))? else {
            return Err(Error::Missing(format!("the backend {}", backend.0).into()));
        };
        let wrong = || Error::internal(format!("the address of the backend {} is no http or https URL", backend.0));
        // Spin itself holds the host against allowed_outbound_hosts.
        let any = base == ANY_HOST;
        let refused = || Error::upstream(format!("the backend {} does not lead to {uri}", backend.0));
        if any && (uri.scheme_str() != Some("https") || uri.port_u16().is_some_and(|port| port != 443)) {
            return Err(refused());
        }
        let base = if any { Ok(uri.clone()) } else { Uri::try_from(base) };
        let base = base.map_err(|_| wrong())?;
        let scheme = match base.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => return Err(wrong()),
        };
        let authority = base.authority().ok_or_else(wrong)?.as_str().to_owned();
        let same = uri.authority().is_none_or(|named| named == base.authority().unwrap_or(named))
            && uri.scheme().is_none_or(|named| Some(named) == base.scheme());
        if !same {
            return Err(refused());
        }
        let prefix = if any { "" } else { base.path().trim_end_matches('/') };
        Ok(Self { scheme, authority, prefix: prefix.to_owned() })
    }

    fn request(&self, parts: &http::request::Parts) -> Result<OutgoingRequest> {
        let request = OutgoingRequest::new(head::fields(&parts.headers)?);
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let target = format!("{}{target}", self.prefix);
        request
            .set_method(&head::to_method(&parts.method))
            .and_then(|()| request.set_scheme(Some(&self.scheme)))
            .and_then(|()| request.set_authority(Some(&self.authority)))
            .and_then(|()| request.set_path_with_query(Some(&target)))
            .map_err(|()| Error::internal("the host does not take this request's head"))?;
        Ok(request)
    }
}

fn failed(code: ErrorCode) -> Error {
    match code {
        ErrorCode::ConnectionTimeout | ErrorCode::ConnectionReadTimeout | ErrorCode::HttpResponseTimeout => {
            Error::Timeout
        }
        ErrorCode::HttpRequestDenied => Error::upstream("Spin denies it: the address is not in allowed_outbound_hosts"),
        other => Error::upstream(format!("{other:?}")),
    }
}

impl Pending {
    /// Lets the host forget it, the child first.
    fn end(&mut self) {
        self.wait = None;
        self.state = Err(None);
    }

    fn received(&mut self, response: IncomingResponse) -> Result<Response<Spin>> {
        let status = StatusCode::from_u16(response.status()).map_err(|_| Error::upstream("a status that is none"))?;
        let headers: HeaderMap = head::headers(&response.headers());
        let length = head::length(&headers);
        let bare = self.headless || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let body = match length {
            _ if bare => Body::Empty,
            Some(0) => Body::Empty,
            length => Body::Native(SpinBody::response(response, length, self.upload.take())),
        };
        let mut whole = Response::<Spin>::new(body);
        *whole.status_mut() = status;
        *whole.headers_mut() = headers;
        Ok(whole)
    }
}

impl Future for Pending {
    type Output = Result<Response<Spin>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let pending = &mut *self;
            let future = match &mut pending.state {
                Ok(future) => future,
                Err(why) => {
                    let why = why.take().unwrap_or_else(|| Error::internal("a fetch polled after its end"));
                    return Poll::Ready(Err(why));
                }
            };
            if let Some(answer) = future.get() {
                pending.end();
                return Poll::Ready(match answer {
                    Ok(Ok(response)) => pending.received(response),
                    Ok(Err(code)) => Err(failed(code)),
                    Err(()) => Err(Error::internal("a fetch answered twice")),
                });
            }
            let wait = pending.wait.get_or_insert_with(|| Wait::on(future.subscribe()));
            if Pin::new(wait).poll(cx).is_ready() {
                pending.wait = None;
                continue;
            }
            if Pin::new(&mut pending.limit).poll(cx).is_ready() {
                pending.end();
                pending.upload = None;
                return Poll::Ready(Err(Error::Timeout));
            }
            return Poll::Pending;
        }
    }
}
