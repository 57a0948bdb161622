//! Heads of requests, and sending them.

use fastly_sys::fastly_http_req::{self as req, SendErrorDetail};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::{Body, Item, NONE, Outgoing, Response, Status, fields::headers, text};

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
            Ok(()) if response != NONE && body != NONE => Ok((Response::of(response), Body::of(body))),
            Ok(()) => Err((detail.tag, Status::ERROR)),
            Err(status) => Err((detail.tag, status)),
        }
    }
}
