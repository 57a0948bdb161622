//! Bodies that leave: a response's, a fetch's request's.

use std::{cell::RefCell, future::poll_fn};

use aw_platform::Body;
use bytes::{Buf, Bytes};
use slab::Slab;
use wasi::{
    http::types::OutgoingBody,
    io::{
        poll::Pollable,
        streams::{OutputStream, StreamError},
    },
};

use crate::{SpinBody, reactor::Wait};

/// The most that the host moves from one stream to another at once.
const SPLICE: u64 = 1 << 20;

/// The body did not come to its end: the peer has gone, or what it is made of broke off.
pub(crate) struct Cut;

impl From<StreamError> for Cut {
    fn from(_: StreamError) -> Self {
        Self
    }
}

/// The stream is the body's child and is dropped before it.
struct Sink {
    stream: OutputStream,
    body: OutgoingBody,
}

thread_local! {
    /// Bodies that are being sent. Kept here and not by their writers, for a panic to find them.
    static SENDING: RefCell<Slab<Sink>> = const { RefCell::new(Slab::new()) };
}

/// Cuts every body that is being sent. The host takes one that is just left behind by a trap for one that is whole.
pub(crate) fn cut_all() {
    let sending = SENDING.with(|all| all.try_borrow_mut().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default());
    drop(sending);
}

/// A body that is being sent. Dropped unfinished, the peer sees that it is cut.
pub(crate) struct Writer(usize);

impl Writer {
    /// Writes into `body`, which nobody else does.
    pub(crate) fn new(body: OutgoingBody) -> Result<Self, Cut> {
        let stream = body.write().map_err(|()| Cut)?;
        Ok(Self(SENDING.with_borrow_mut(|all| all.insert(Sink { stream, body }))))
    }

    fn with<T>(&self, work: impl FnOnce(&OutputStream) -> Result<T, StreamError>) -> Result<T, StreamError> {
        SENDING.with_borrow(|all| all.get(self.0).map_or(Err(StreamError::Closed), |sink| work(&sink.stream)))
    }

    /// How many bytes the host takes now; 0: none yet.
    fn room(&self) -> Result<usize, StreamError> {
        Ok(usize::try_from(self.with(OutputStream::check_write)?).unwrap_or(usize::MAX))
    }

    /// Resolves when the host takes more.
    fn writable(&self) -> Result<Wait, StreamError> {
        let pollable: Pollable = self.with(|stream| Ok(stream.subscribe()))?;
        Ok(Wait::on(pollable))
    }

    /// Hands over as much as the host takes without waiting.
    pub(crate) fn at_once(&self, bytes: &mut Bytes) -> Result<(), Cut> {
        while !bytes.is_empty() {
            let room = bytes.len().min(self.room()?);
            if room == 0 {
                break;
            }
            self.with(|stream| stream.write(&bytes[..room]))?;
            bytes.advance(room);
        }
        Ok(())
    }

    /// Hands over all of `bytes`.
    async fn all(&self, mut bytes: Bytes) -> Result<(), Cut> {
        loop {
            self.at_once(&mut bytes)?;
            if bytes.is_empty() {
                return Ok(());
            }
            self.writable()?.await;
        }
    }

    /// Lets the host move all of `source`: it does not enter guest memory.
    async fn splice(&self, mut source: SpinBody) -> Result<(), Cut> {
        loop {
            let Some(stream) = source.stream() else { return source.take_failure().map_or(Ok(()), |_| Err(Cut)) };
            match self.with(|out| out.splice(stream, SPLICE)) {
                Ok(0) if self.room()? == 0 => self.writable()?.await,
                Ok(0) => poll_fn(|cx| source.poll_readable(cx)).await,
                Ok(_) => {}
                // One of the two streams: ours tells when it is asked again.
                Err(StreamError::Closed) => {
                    self.room()?;
                    source.end();
                    return Ok(());
                }
                Err(StreamError::LastOperationFailed(_)) => return Err(Cut),
            }
        }
    }

    /// Sends all of `body` and its end.
    pub(crate) async fn pour(self, body: Body<SpinBody>) -> Result<(), Cut> {
        match body {
            Body::Native(source) => self.splice(source).await?,
            mut body => {
                while let Some(chunk) = body.chunk().await {
                    self.all(chunk.map_err(|_| Cut)?).await?;
                }
            }
        }
        self.finish()
    }

    /// Says that this was all.
    pub(crate) fn finish(self) -> Result<(), Cut> {
        let Some(Sink { stream, body }) = self.take() else { return Err(Cut) };
        drop(stream);
        OutgoingBody::finish(body, None).map_err(|_| Cut)
    }

    fn take(&self) -> Option<Sink> {
        SENDING.with_borrow_mut(|all| all.try_remove(self.0))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.take());
    }
}
