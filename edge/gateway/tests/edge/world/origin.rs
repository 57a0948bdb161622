//! The origin: a script that checks signatures, counts, and can be down.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    time::Duration,
};

use aw_memory::{Memory, MemoryBody};
use aw_platform::{Body, Bytes, Error, Platform, http};
use aw_trust::{digest, message};

use super::{AUTHORITY, request_key};

/// What the origin was asked.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
}

impl Seen {
    /// A header; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

type Handler = Box<dyn Fn(&Seen) -> http::Response<Body<MemoryBody>>>;

/// The origin.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) up: Rc<Cell<bool>>,
    pub(crate) values: Rc<RefCell<BTreeMap<String, Bytes>>>,
    pub(crate) seen: Rc<RefCell<Vec<Seen>>>,
    handler: Rc<RefCell<Handler>>,
}

impl Origin {
    /// The origin of that world, up, with no values; other routes are 404.
    pub(crate) fn behind(p: &Memory) -> Self {
        let origin = Self {
            up: Rc::new(Cell::new(true)),
            values: Rc::default(),
            seen: Rc::default(),
            handler: Rc::new(RefCell::new(Box::new(|_| answer(404, "{}")))),
        };
        let (script, world) = (origin.clone(), p.clone());
        p.backend("origin", move |request| {
            let (script, pause) = (script.clone(), world.sleep(Duration::from_millis(20)));
            let now_s = world.now() / 1000;
            Box::pin(async move {
                pause.await;
                script.answer(request, now_s)
            })
        });
        origin
    }

    /// What answers routes other than the values'.
    pub(crate) fn on(&self, handler: impl Fn(&Seen) -> http::Response<Body<MemoryBody>> + 'static) {
        *self.handler.borrow_mut() = Box::new(handler);
    }

    /// How many requests came so far.
    pub(crate) fn count(&self) -> usize {
        self.seen.borrow().len()
    }

    /// The last request.
    pub(crate) fn last(&self) -> Seen {
        self.seen.borrow().last().expect("a request").clone()
    }

    fn answer(
        &self,
        request: http::Request<Bytes>,
        now_s: u64,
    ) -> aw_platform::Result<http::Response<Body<MemoryBody>>> {
        let (head, body) = request.into_parts();
        let seen = Seen {
            method: head.method.to_string(),
            target: head.uri.to_string(),
            headers: head.headers.clone(),
            body: body.clone(),
        };
        self.seen.borrow_mut().push(seen.clone());
        if !self.up.get() {
            return Err(Error::upstream("connection refused"));
        }
        assert_eq!(seen.header("host"), AUTHORITY);
        let find = |id: &str| (id == "native").then(request_key);
        message::verify(&head, AUTHORITY, find, now_s).expect("a signature that the origin would take");
        assert!(digest::matches(seen.header("content-digest"), &body));
        if let Some(key) = seen.target.strip_prefix("/_aw/values?key=") {
            return Ok(match self.values.borrow().get(key) {
                Some(value) => http::Response::new(value.clone().into()),
                None => answer(404, "{}"),
            });
        }
        Ok((self.handler.borrow())(&seen))
    }
}

/// An answer of JSON.
pub(crate) fn answer(status: u16, json: &str) -> http::Response<Body<MemoryBody>> {
    let response = http::Response::builder().status(status).header("content-type", "application/json");
    response.body(json.to_owned().into()).unwrap()
}
