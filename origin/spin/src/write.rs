//! Bodies that leave: a response's, a fetch's request's.

use std::future::poll_fn;

use aw_platform::Body;
use bytes::{Buf, Bytes};
use wasi::{
    http::types::OutgoingBody,
    io::streams::{OutputStream, StreamError},
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

/// A body that is being sent. Dropped unfinished, the peer sees that it is cut.
pub(crate) struct Writer {
    // The stream is the body's child.
    stream: OutputStream,
    body: OutgoingBody,
}

impl Writer {
    /// Writes into `body`, which nobody else does.
    pub(crate) fn new(body: OutgoingBody) -> Result<Self, Cut> {
        let stream = body.write().map_err(|()| Cut)?;
        Ok(Self { stream, body })
    }

    /// Hands over as much as the host takes without waiting.
    pub(crate) fn at_once(&self, bytes: &mut Bytes) -> Result<(), Cut> {
        while !bytes.is_empty() {
            let room = bytes.len().min(usize::try_from(self.stream.check_write()?).unwrap_or(usize::MAX));
            if room == 0 {
                break;
            }
            self.stream.write(&bytes[..room])?;
            bytes.advance(room);
        }
        Ok(())
    }

    /// Hands over all of `bytes`.
    pub(crate) async fn all(&self, mut bytes: Bytes) -> Result<(), Cut> {
        loop {
            self.at_once(&mut bytes)?;
            if bytes.is_empty() {
                return Ok(());
            }
            Wait::on(self.stream.subscribe()).await;
        }
    }

    /// Lets the host move all of `source`: it does not enter guest memory.
    async fn splice(&self, mut source: SpinBody) -> Result<(), Cut> {
        loop {
            let Some(stream) = source.stream() else { return Ok(()) };
            match self.stream.splice(stream, SPLICE) {
                Ok(0) if self.stream.check_write()? == 0 => Wait::on(self.stream.subscribe()).await,
                Ok(0) => poll_fn(|cx| source.poll_readable(cx)).await,
                Ok(_) => {}
                // One of the two streams: ours tells when it is asked again.
                Err(StreamError::Closed) => {
                    self.stream.check_write()?;
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
        let Self { stream, body } = self;
        drop(stream);
        OutgoingBody::finish(body, None).map_err(|_| Cut)
    }
}
