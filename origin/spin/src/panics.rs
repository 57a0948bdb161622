//! A panic is a 500 and a record. The instance traps after it, and with it the request alone.

use std::{cell::RefCell, sync::Once};

use aw_platform::{ApiError, Error, request_id};
use http::HeaderValue;

use crate::{
    Spin,
    client::Facts,
    emit, reactor,
    respond::{self, Outlet},
    sql, write,
};

/// What a panic needs to answer the request.
#[derive(Default)]
struct Armed {
    /// `None` once the response has begun.
    outlet: Option<Outlet>,
    /// The request's own id.
    id: Option<HeaderValue>,
}

thread_local! {
    static ARMED: RefCell<Armed> = RefCell::default();
}

/// From now on a panic is answered by `outlet`.
pub(crate) fn arm(outlet: Outlet) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|info| panicked(&info.to_string()))));
    ARMED.with_borrow_mut(|armed| armed.outlet = Some(outlet));
}

/// Notes the request's id, for the record and the answer.
pub(crate) fn name(id: Option<&HeaderValue>) {
    ARMED.with_borrow_mut(|armed| armed.id = id.cloned());
}

/// Where the response goes; afterwards a panic cuts it.
pub(crate) fn disarm() -> Option<Outlet> {
    ARMED.with_borrow_mut(|armed| armed.outlet.take())
}

fn panicked(detail: &str) {
    // The instance traps without unwinding: nothing is dropped, and nothing else would end these.
    reactor::forget_all();
    write::cut_all();
    sql::roll_back_all();
    answer_with_500("panic", detail, take());
}

/// Answers with a 500, and writes a record, where nobody has answered.
pub(crate) fn answer(event: &str, detail: &str) {
    let armed = take();
    if armed.outlet.is_some() {
        answer_with_500(event, detail, armed);
    }
}

/// Borrowed where the panic happened in here: then there is nothing to answer with.
fn take() -> Armed {
    ARMED.with(|armed| armed.try_borrow_mut().map(|mut armed| std::mem::take(&mut *armed)).unwrap_or_default())
}

fn answer_with_500(event: &str, detail: &str, armed: Armed) {
    let id = request_id(&Spin::new(Facts::new(None)), armed.id.as_ref());
    emit::event(event, &id, detail);
    if let Some(outlet) = armed.outlet {
        // The envelope fits into what the host takes at once.
        let _ = respond::begin(outlet, ApiError::from(Error::internal(event.to_owned())).into_response(&id));
    }
}
