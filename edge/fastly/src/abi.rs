//! The border to the host: Fastly's calls as safe functions, its handles as values that close themselves.
//!
//! The calls are those of `fastly-sys`, and not of the SDK over it: an SDK call blocks, panics where the host refuses,
//! and brings a cache of its own. Here every refusal is a [`Status`].
#![allow(unsafe_code)]

mod backend;
mod body;
mod cache;
mod facts;
mod fields;
mod kv;
mod request;
mod response;
mod stores;

pub(crate) use backend::{backend_exists, backend_host};
pub(crate) use body::{Body, Outgoing};
pub(crate) use cache::{Busy, Entry, Found, purge};
pub(crate) use facts::{client_ip, geo, tls_protocol};
pub(crate) use fastly_shared::FastlyStatus as Status;
pub(crate) use kv::{Refusal, Store};
pub(crate) use request::{NewRequest, Request, Sent};
pub(crate) use response::{NewResponse, Response};
pub(crate) use stores::{Log, config, secret};

use fastly_sys::{
    fastly_abi, fastly_async_io,
    fastly_http_downstream::{self, NextRequestOptions, NextRequestOptionsMask},
    fastly_http_req,
};

/// No handle. The host writes one over it where a call succeeds.
const NONE: u32 = u32::MAX - 1;

/// The host's number for something that can be waited for.
pub(crate) type Item = u32;

/// Tells the host which calls this program uses. Must be the first.
pub(crate) fn init() {
    // SAFETY: plain numbers cross. A host that lacks this version cannot run the program and says so at the next call.
    let _ = unsafe { fastly_abi::init(fastly_shared::FASTLY_ABI_VERSION) };
}

/// The request for which the host started this program.
pub(crate) fn first_request() -> Result<(Request, Body), Status> {
    let (mut request, mut body) = (NONE, NONE);
    // SAFETY: both places are ours and outlive the call.
    unsafe { fastly_http_req::body_downstream_get(&mut request, &mut body) }.result()?;
    Ok((Request::of(request), Body::of(body)))
}

/// The next request, for which the host may let this program wait up to `patience_ms`; `None` where there will be
/// none.
pub(crate) fn next_request(patience_ms: u64) -> Option<(Request, Body)> {
    let options = NextRequestOptions { timeout_ms: patience_ms };
    let mut promise = NONE;
    // SAFETY: the options and the place for the handle are ours and outlive the call.
    let asked =
        unsafe { fastly_http_downstream::next_request(NextRequestOptionsMask::TIMEOUT, &options, &mut promise) };
    asked.result().ok()?;
    let (mut request, mut body) = (NONE, NONE);
    // SAFETY: as above; the call takes the promise, whatever comes of it.
    unsafe { fastly_http_downstream::next_request_wait(promise, &mut request, &mut body) }.result().ok()?;
    Some((Request::of(request), Body::of(body)))
}

/// Whether `item` can be used without waiting. An item of which the host knows nothing counts as ready: using it says
/// why.
pub(crate) fn is_ready(item: Item) -> bool {
    let mut ready = 0;
    // SAFETY: the place is ours and outlives the call.
    let status = unsafe { fastly_async_io::is_ready(item, &mut ready) };
    status.is_err() || ready != 0
}

/// Waits for one of `items`, or until `timeout_ms` have passed (0: for ever), and gives the index of one that is
/// ready; `None` when the time is over.
pub(crate) fn select(items: &[Item], timeout_ms: u32) -> Result<Option<usize>, Status> {
    let mut done = u32::MAX;
    // SAFETY: pointer and length are those of a slice; the place is ours and outlives the call.
    unsafe { fastly_async_io::select(items.as_ptr(), items.len(), timeout_ms, &mut done) }.result()?;
    Ok((done != u32::MAX).then_some(done as usize))
}

/// Has the host write text of unknown length, in a buffer that grows when the host says that it is too small.
fn text(mut call: impl FnMut(*mut u8, usize, &mut usize) -> Status) -> Result<Vec<u8>, Status> {
    let mut buffer = Vec::with_capacity(512);
    loop {
        let mut written = 0;
        match call(buffer.as_mut_ptr(), buffer.capacity(), &mut written) {
            Status::OK if written <= buffer.capacity() => {
                // SAFETY: the host has written so many bytes from the buffer's start, and they are within it.
                unsafe { buffer.set_len(written) };
                return Ok(buffer);
            }
            Status::OK => return Err(Status::ERROR),
            status => grow(&mut buffer, written, status)?,
        }
    }
}

/// The most that is read of one text.
const MOST: usize = 1 << 20;

/// Makes room for `needed` bytes, or for twice as many where the host does not say how many it needs.
fn grow(buffer: &mut Vec<u8>, needed: usize, status: Status) -> Result<(), Status> {
    let wanted = if needed > buffer.capacity() { needed } else { buffer.capacity() * 2 };
    if status != Status::BUFLEN || wanted > MOST {
        return Err(status);
    }
    buffer.clear();
    buffer.reserve_exact(wanted);
    Ok(())
}
