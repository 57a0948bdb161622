//! Bodies in the host.

use bytes::{Bytes, BytesMut};
use fastly_shared::BodyWriteEnd;
use fastly_sys::fastly_http_body as sys;

use super::{Item, NONE, Status};

/// A body that can be read, or handed on. Closed when dropped: the rest of it is not received.
#[derive(Debug)]
pub(crate) struct Body(u32);

impl Body {
    pub(super) fn of(handle: u32) -> Self {
        Self(handle)
    }

    /// A body without bytes.
    pub(crate) fn empty() -> Result<Self, Status> {
        let mut handle = NONE;
        // SAFETY: the place is ours and outlives the call.
        unsafe { sys::new(&mut handle) }.result()?;
        Ok(Self(handle))
    }

    /// A body of these bytes.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Result<Self, Status> {
        let body = Self::empty()?;
        write(body.0, bytes)?;
        Ok(body)
    }

    /// What to wait for before reading.
    pub(crate) fn item(&self) -> Item {
        self.0
    }

    /// The length of what is left, where the host knows it.
    pub(crate) fn known_length(&self) -> Option<u64> {
        let mut length = 0;
        // SAFETY: the place is ours and outlives the call.
        unsafe { sys::known_length(self.0, &mut length) }.result().ok()?;
        Some(length)
    }

    /// Appends at most `most` bytes to `into` and gives their number; 0 at the end. Waits where nothing has arrived.
    pub(crate) fn read(&mut self, into: &mut BytesMut, most: usize) -> Result<usize, Status> {
        into.reserve(most);
        let room = into.spare_capacity_mut();
        let most = room.len().min(most);
        let mut read = 0;
        // SAFETY: the host writes at most `most` bytes into room that is ours.
        unsafe { sys::read(self.0, room.as_mut_ptr().cast(), most, &mut read) }.result()?;
        if read > most {
            return Err(Status::ERROR);
        }
        // SAFETY: the host has written `read` bytes into the room that follows.
        unsafe { into.set_len(into.len() + read) };
        Ok(read)
    }

    /// At most `most` bytes, empty at the end.
    pub(crate) fn chunk(&mut self, most: usize) -> Result<Bytes, Status> {
        let mut buffer = BytesMut::new();
        let read = self.read(&mut buffer, most)?;
        // A small chunk must not keep a large buffer alive.
        Ok(if read * 4 < most { Bytes::copy_from_slice(&buffer) } else { buffer.freeze() })
    }

    /// Gives the handle to a call that takes it.
    pub(super) fn take(self) -> u32 {
        let handle = self.0;
        std::mem::forget(self);
        handle
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        // SAFETY: plain numbers cross. A body that the host has taken away is closed already.
        let _ = unsafe { sys::close(self.0) };
    }
}

/// A body that is being sent while it is written. Dropped before [`finish`](Self::finish), it is cut off, so that the
/// other side sees that it is not whole.
#[derive(Debug)]
pub(crate) struct Outgoing(u32);

impl Outgoing {
    pub(super) fn of(handle: u32) -> Self {
        Self(handle)
    }

    /// What to wait for before writing.
    pub(crate) fn item(&self) -> Item {
        self.0
    }

    /// Writes all of `bytes`. Waits where the other side is slow.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Status> {
        write(self.0, bytes)
    }

    /// Ends the body.
    pub(crate) fn finish(self) -> Result<(), Status> {
        let handle = self.0;
        std::mem::forget(self);
        // SAFETY: plain numbers cross.
        unsafe { sys::close(handle) }.result()
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        // SAFETY: plain numbers cross. A body that the host has taken away is at its end already.
        let _ = unsafe { sys::abandon(self.0) };
    }
}

fn write(handle: u32, mut bytes: &[u8]) -> Result<(), Status> {
    while !bytes.is_empty() {
        let mut written = 0;
        // SAFETY: pointer and length are those of a slice; the place is ours and outlives the call.
        unsafe { sys::write(handle, bytes.as_ptr(), bytes.len(), BodyWriteEnd::Back, &mut written) }.result()?;
        match bytes.get(written..) {
            Some(rest) if written > 0 => bytes = rest,
            _ => return Err(Status::ERROR),
        }
    }
    Ok(())
}
