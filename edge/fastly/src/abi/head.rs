//! Heads of requests and responses, and sending them.

use fastly_shared::FramingHeadersMode;
use fastly_sys::{fastly_backend, fastly_http_req as req, fastly_http_req::SendErrorDetail, fastly_http_resp as resp};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::{Body, Item, NONE, Outgoing, Status, grow, text};

/// Room for the names, and for one name's values, of a usual head.
const ROOM: usize = 4096;

/// The request that a client sent, closed when dropped.
#[derive(Debug)]
pub(crate) struct Request(u32);

impl Request {
    pub(super) fn of(handle: u32) -> Self {
        Self(handle)
    }

    pub(super) fn handle(&self) -> u32 {
        self.0
    }

    pub(crate) fn method(&self) -> Result<Method, Status> {
        // SAFETY: `text` lends its own buffer.
        let method = text(|p, n, written| unsafe { req::method_get(self.0, p, n, written) })?;
        Method::from_bytes(&method).map_err(|_| Status::HTTPINVALID)
    }

    /// The URL, absolute.
    pub(crate) fn url(&self) -> Result<Vec<u8>, Status> {
        // SAFETY: `text` lends its own buffer.
        text(|p, n, written| unsafe { req::uri_get(self.0, p, n, written) })
    }

    pub(crate) fn headers(&self) -> Result<HeaderMap, Status> {
        headers(
            // SAFETY: `each` lends its own buffer and places.
            |p, n, cursor, end, written| unsafe { req::header_names_get(self.0, p, n, cursor, end, written) },
            // SAFETY: as above, and a slice.
            |name, p, n, cursor, end, written| unsafe {
                req::header_values_get(self.0, name.as_ptr(), name.len(), p, n, cursor, end, written)
            },
        )
    }

    /// The first value of the header `name`.
    pub(crate) fn header(&self, name: &str) -> Option<Vec<u8>> {
        // SAFETY: a slice, and `text` lends its own buffer.
        text(|p, n, written| unsafe { req::header_value_get(self.0, name.as_ptr(), name.len(), p, n, written) }).ok()
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        // SAFETY: plain numbers cross.
        let _ = unsafe { req::close(self.0) };
    }
}

/// A request that is being put together.
#[derive(Debug)]
pub(crate) struct NewRequest(u32);

impl NewRequest {
    /// A request that no cache of the host answers or keeps.
    pub(crate) fn new(method: &Method, url: &str) -> Result<Self, Status> {
        let mut handle = NONE;
        let method = method.as_str();
        // SAFETY: the place is ours and outlives the call.
        unsafe { req::new(&mut handle) }.result()?;
        let new = Self(handle);
        // SAFETY: slices, and plain numbers.
        unsafe {
            req::method_set(new.0, method.as_ptr(), method.len()).result()?;
            req::uri_set(new.0, url.as_ptr(), url.len()).result()?;
            req::cache_override_set(new.0, fastly_sys::CacheOverrideTag::PASS.bits(), 0, 0).result()?;
        }
        Ok(new)
    }

    pub(crate) fn append(&self, name: &HeaderName, value: &HeaderValue) -> Result<(), Status> {
        let (name, value) = (name.as_str(), value.as_bytes());
        // SAFETY: two slices.
        unsafe { req::header_append(self.0, name.as_ptr(), name.len(), value.as_ptr(), value.len()) }.result()
    }

    /// Sends it now, with a body that is there.
    pub(crate) fn send(self, body: Body, backend: &str) -> Result<Sent, Status> {
        let mut pending = NONE;
        let (request, body) = (self.take(), body.take());
        // SAFETY: a slice; the place is ours and outlives the call, which takes both handles.
        unsafe { req::send_async(request, body, backend.as_ptr(), backend.len(), &mut pending) }.result()?;
        Ok(Sent(pending))
    }

    /// Sends it now, with a body that is written while it is sent.
    pub(crate) fn send_streaming(self, body: Body, backend: &str) -> Result<(Sent, Outgoing), Status> {
        let mut pending = NONE;
        let (request, body) = (self.take(), body.take());
        // SAFETY: as in `send`; the body's handle stays, as that of its writing end.
        unsafe { req::send_async_streaming(request, body, backend.as_ptr(), backend.len(), &mut pending) }.result()?;
        Ok((Sent(pending), Outgoing::of(body)))
    }

    fn take(self) -> u32 {
        let handle = self.0;
        std::mem::forget(self);
        handle
    }
}

impl Drop for NewRequest {
    fn drop(&mut self) {
        // SAFETY: plain numbers cross.
        let _ = unsafe { req::close(self.0) };
    }
}

/// A request on its way. The host has no call that takes it back.
#[derive(Debug)]
pub(crate) struct Sent(u32);

impl Sent {
    /// What to wait for before taking the response.
    pub(crate) fn item(&self) -> Item {
        self.0
    }

    /// The response. Waits for its head where it has not arrived.
    ///
    /// # Errors
    /// How it failed: in detail where the host tells.
    pub(crate) fn response(&self) -> Result<(Response, Body), (req::SendErrorDetailTag, Status)> {
        let (mut response, mut body, mut detail) = (NONE, NONE, SendErrorDetail::uninitialized_all());
        // SAFETY: the places are ours and outlive the call, which takes the handle.
        let status = unsafe { req::pending_req_wait_v2(self.0, &mut detail, &mut response, &mut body) };
        match status.result() {
            Ok(()) if response != NONE && body != NONE => Ok((Response(response), Body::of(body))),
            Ok(()) => Err((detail.tag, Status::ERROR)),
            Err(status) => Err((detail.tag, status)),
        }
    }
}

/// The head of a response that a backend sent, closed when dropped.
#[derive(Debug)]
pub(crate) struct Response(u32);

impl Response {
    pub(crate) fn status(&self) -> Result<StatusCode, Status> {
        let mut status = 0;
        // SAFETY: the place is ours and outlives the call.
        unsafe { resp::status_get(self.0, &mut status) }.result()?;
        StatusCode::from_u16(status).map_err(|_| Status::HTTPINVALIDSTATUS)
    }

    pub(crate) fn headers(&self) -> Result<HeaderMap, Status> {
        headers(
            // SAFETY: `each` lends its own buffer and places.
            |p, n, cursor, end, written| unsafe { resp::header_names_get(self.0, p, n, cursor, end, written) },
            // SAFETY: as above, and a slice.
            |name, p, n, cursor, end, written| unsafe {
                resp::header_values_get(self.0, name.as_ptr(), name.len(), p, n, cursor, end, written)
            },
        )
    }
}

impl Drop for Response {
    fn drop(&mut self) {
        // SAFETY: plain numbers cross.
        let _ = unsafe { resp::close(self.0) };
    }
}

/// The head of a response that is being put together.
#[derive(Debug)]
pub(crate) struct NewResponse(u32);

impl NewResponse {
    pub(crate) fn new(status: StatusCode) -> Result<Self, Status> {
        let mut handle = NONE;
        // SAFETY: the place is ours and outlives the call.
        unsafe { resp::new(&mut handle) }.result()?;
        let new = Self(handle);
        // A new head is a 200.
        if status != StatusCode::OK {
            // SAFETY: plain numbers cross.
            unsafe { resp::status_set(new.0, status.as_u16()) }.result()?;
        }
        Ok(new)
    }

    pub(crate) fn append(&self, name: &HeaderName, value: &HeaderValue) -> Result<(), Status> {
        let (name, value) = (name.as_str(), value.as_bytes());
        // SAFETY: two slices.
        unsafe { resp::header_append(self.0, name.as_ptr(), name.len(), value.as_ptr(), value.len()) }.result()
    }

    /// Has the host send `Content-Length` as it is in the head, not as the body has it.
    pub(crate) fn keep_length(&self) -> Result<(), Status> {
        // SAFETY: plain numbers cross.
        unsafe { resp::framing_headers_mode_set(self.0, FramingHeadersMode::ManuallyFromHeaders) }.result()
    }

    /// Answers the client with a body that is there.
    pub(crate) fn send(self, body: Body) -> Result<(), Status> {
        let (response, body) = (self.take(), body.take());
        // SAFETY: plain numbers cross; the call takes both handles.
        unsafe { resp::send_downstream(response, body, 0) }.result()
    }

    /// Answers the client with a body that is written while it is sent.
    pub(crate) fn send_streaming(self, body: Body) -> Result<Outgoing, Status> {
        let (response, body) = (self.take(), body.take());
        // SAFETY: as in `send`; the body's handle stays, as that of its writing end.
        unsafe { resp::send_downstream(response, body, 1) }.result()?;
        Ok(Outgoing::of(body))
    }

    fn take(self) -> u32 {
        let handle = self.0;
        std::mem::forget(self);
        handle
    }
}

impl Drop for NewResponse {
    fn drop(&mut self) {
        // SAFETY: plain numbers cross.
        let _ = unsafe { resp::close(self.0) };
    }
}

/// Whether the service has a backend of that name.
pub(crate) fn backend_exists(name: &str) -> bool {
    let mut exists = 0;
    // SAFETY: a slice; the place is ours and outlives the call.
    unsafe { fastly_backend::exists(name.as_ptr(), name.len(), &mut exists) }.is_ok() && exists != 0
}

/// `HOST` or `HOST:PORT` of a backend; `None` where the service has none of that name.
pub(crate) fn backend_host(name: &str) -> Option<String> {
    let (p, n) = (name.as_ptr(), name.len());
    // SAFETY: a slice, and `text` lends its own buffer.
    let host = text(|to, room, written| unsafe { fastly_backend::get_host(p, n, to, room, written) }).ok()?;
    let mut host = String::from_utf8(host).ok()?;
    let (mut port, mut tls) = (0, 0);
    // SAFETY: a slice; the places are ours and outlive the calls.
    let known =
        unsafe { fastly_backend::get_port(p, n, &mut port).is_ok() && fastly_backend::is_ssl(p, n, &mut tls).is_ok() };
    if known && port != if tls == 0 { 80 } else { 443 } {
        host.push(':');
        host.push_str(&port.to_string());
    }
    Some(host)
}

/// Reads a head's fields: every line of every name, in bytes.
fn headers(
    names: impl Fn(*mut u8, usize, u32, &mut i64, &mut usize) -> Status,
    values: impl Fn(&[u8], *mut u8, usize, u32, &mut i64, &mut usize) -> Status,
) -> Result<HeaderMap, Status> {
    let mut buffer = Vec::with_capacity(ROOM);
    let mut all = Vec::with_capacity(ROOM);
    each(&mut buffer, names, |name| {
        all.extend_from_slice(name);
        all.push(0);
        Ok(())
    })?;
    let mut headers = HeaderMap::with_capacity(16);
    for name in all.split(|&b| b == 0).filter(|name| !name.is_empty()) {
        let key = HeaderName::from_bytes(name).map_err(|_| Status::HTTPINVALID)?;
        each(
            &mut buffer,
            |p, n, cursor, end, written| values(name, p, n, cursor, end, written),
            |value| {
                let value = HeaderValue::from_bytes(value).map_err(|_| Status::HTTPINVALID)?;
                headers.try_append(&key, value).map_err(|_| Status::HTTPHEADTOOLARGE)?;
                Ok(())
            },
        )?;
    }
    Ok(headers)
}

/// Calls the host until it has given all of its texts, each of which ends with a NUL.
fn each(
    buffer: &mut Vec<u8>,
    call: impl Fn(*mut u8, usize, u32, &mut i64, &mut usize) -> Status,
    mut take: impl FnMut(&[u8]) -> Result<(), Status>,
) -> Result<(), Status> {
    let mut cursor = 0;
    loop {
        let (mut end, mut written) = (-1, 0);
        match call(buffer.as_mut_ptr(), buffer.capacity(), cursor, &mut end, &mut written) {
            Status::OK if written <= buffer.capacity() => {
                // SAFETY: the host has written so many bytes from the buffer's start, and they are within it.
                unsafe { buffer.set_len(written) };
            }
            Status::OK => return Err(Status::ERROR),
            status => {
                grow(buffer, written, status)?;
                continue;
            }
        }
        if let Some(texts) = buffer.strip_suffix(b"\0") {
            texts.split(|&b| b == 0).try_for_each(&mut take)?;
        }
        match u32::try_from(end) {
            Ok(next) if next > cursor => cursor = next,
            _ => return Ok(()),
        }
    }
}
