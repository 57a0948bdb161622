//! Outbound HTTP to backends that are closures.

use std::{
    cell::RefCell,
    collections::HashMap,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use aw_platform::{Backend, Body, Error, FetchOptions, Platform, Request, Response, Result, http};
use bytes::Bytes;
use futures_util::future::{Either, LocalBoxFuture, select};

use crate::{body::MemoryBody, platform::Memory};

/// What a scripted backend answers with. The body may stream.
pub type Answer = LocalBoxFuture<'static, Result<Response<Memory>>>;

type Script = Rc<dyn Fn(http::Request<Bytes>) -> Answer>;

/// The largest request body that a scripted backend is given.
const BODY: usize = 64 << 20;

#[derive(Default)]
pub(crate) struct Backends(RefCell<HashMap<String, Script>>);

impl Backends {
    pub(crate) fn add(&self, name: &str, script: impl Fn(http::Request<Bytes>) -> Answer + 'static) {
        self.0.borrow_mut().insert(name.to_owned(), Rc::new(script));
    }

    pub(crate) fn fetch(
        &self,
        platform: &Memory,
        backend: Backend,
        request: Request<Memory>,
        o: FetchOptions,
    ) -> Pending {
        let script = self.0.borrow().get(backend.0).cloned();
        let deadline = platform.sleep(o.first_byte);
        let work = async move {
            let script = script.ok_or_else(|| Error::Missing(format!("the backend {}", backend.0).into()))?;
            let (head, body) = request.into_parts();
            let answer = Box::pin(async move {
                let body = body.bytes(BODY).await?;
                script(http::Request::from_parts(head, body)).await
            });
            match select(answer, deadline).await {
                Either::Left((response, _)) => response.map(|r| r.map(native)),
                Either::Right(((), _)) => Err(Error::Timeout),
            }
        };
        let mut pending = Pending { work: Box::pin(work), early: None };
        // A fetch starts when it is called. Whoever awaits it polls again, so nobody need be woken now.
        if let Poll::Ready(result) = pending.work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            pending.early = Some(result);
        }
        pending
    }
}

/// What comes from a peer is the platform's own body, so that apps meet it in their tests.
fn native(body: Body<MemoryBody>) -> Body<MemoryBody> {
    match body {
        Body::Bytes(bytes) => Body::Native(MemoryBody::new(bytes)),
        other => other,
    }
}

/// A fetch under way.
pub struct Pending {
    work: LocalBoxFuture<'static, Result<Response<Memory>>>,
    early: Option<Result<Response<Memory>>>,
}

impl Future for Pending {
    type Output = Result<Response<Memory>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.early.take() {
            Some(result) => Poll::Ready(result),
            None => self.work.as_mut().poll(cx),
        }
    }
}
