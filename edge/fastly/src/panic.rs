//! What a panic leaves behind: a record and, where the client has no answer yet, a 500.
//!
//! The program is built with `panic=abort`: after this it is gone, and with it nothing but the one request that it
//! was serving.

use std::{
    cell::{Cell, RefCell},
    rc::Weak,
    sync::Once,
};

use aw_platform::{ApiError, Error, REQUEST_ID, request_id};
use http::HeaderValue;

use crate::{Fastly, emit, platform::Inner, respond};

thread_local! {
    /// The request that is being served.
    static SERVED: RefCell<Weak<Inner>> = const { RefCell::new(Weak::new()) };
    /// Whether its answer has begun.
    static ANSWERED: Cell<bool> = const { Cell::new(false) };
}

/// From now on, a panic answers this request.
pub(crate) fn serving(platform: &Fastly) {
    SERVED.set(platform.downgrade());
    ANSWERED.set(false);
}

/// The client has its answer.
pub(crate) fn answered() {
    ANSWERED.set(true);
}

/// The id of the request: its own, or a new one.
pub(crate) fn id(platform: &Fastly) -> String {
    let sent = platform.request().header(REQUEST_ID.as_str()).and_then(|id| HeaderValue::try_from(id).ok());
    request_id(platform, sent.as_ref())
}

/// Puts the hook in place.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            let platform = SERVED.take().upgrade().map(Fastly::of);
            let id = platform.as_ref().map(id).unwrap_or_default();
            emit::event("panic", &id, &info.to_string());
            if platform.is_some() && !ANSWERED.get() {
                let _ = respond::send(false, ApiError::from(Error::internal("panic")).into_response(&id));
            }
        }));
    });
}
