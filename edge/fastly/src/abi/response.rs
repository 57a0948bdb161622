//! Heads of responses, and answering with them.

use fastly_shared::FramingHeadersMode;
use fastly_sys::fastly_http_resp as resp;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::{Body, NONE, Outgoing, Status, fields::headers};

/// The head of a response that a backend sent, closed when dropped.
#[derive(Debug)]
pub(crate) struct Response(u32);

impl Response {
    pub(super) fn of(handle: u32) -> Self {
        Self(handle)
    }

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
