//! Header fields, as the host gives them.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Status, grow};

/// Room for the names, and for one name's values, of a usual head.
const ROOM: usize = 4096;

/// Reads a head's fields: every line of every name, in bytes.
pub(super) fn headers(
    names: impl Fn(*mut u8, usize, u32, &mut i64, &mut usize) -> Status,
    values: impl Fn(&[u8], *mut u8, usize, u32, &mut i64, &mut usize) -> Status,
) -> Result<HeaderMap, Status> {
    let mut buffer = Vec::with_capacity(ROOM);
    let mut all = Vec::with_capacity(ROOM);
    each(&mut buffer, names, |name| {
        all.extend_from_slice(name);
        all.push(0);
        Ok(())
    })?;
    let mut headers = HeaderMap::with_capacity(16);
    for name in all.split(|&b| b == 0).filter(|name| !name.is_empty()) {
        let key = HeaderName::from_bytes(name).map_err(|_| Status::HTTPINVALID)?;
        each(
            &mut buffer,
            |p, n, cursor, end, written| values(name, p, n, cursor, end, written),
            |value| {
                let value = HeaderValue::from_bytes(value).map_err(|_| Status::HTTPINVALID)?;
                headers.try_append(&key, value).map_err(|_| Status::HTTPHEADTOOLARGE)?;
                Ok(())
            },
        )?;
    }
    Ok(headers)
}

/// Calls the host until it has given all of its texts, each of which ends with a NUL.
fn each(
    buffer: &mut Vec<u8>,
    call: impl Fn(*mut u8, usize, u32, &mut i64, &mut usize) -> Status,
    mut take: impl FnMut(&[u8]) -> Result<(), Status>,
) -> Result<(), Status> {
    let mut cursor = 0;
    loop {
        let (mut end, mut written) = (-1, 0);
        match call(buffer.as_mut_ptr(), buffer.capacity(), cursor, &mut end, &mut written) {
            Status::OK if written <= buffer.capacity() => {
                // SAFETY: the host has written so many bytes from the buffer's start, and they are within it.
                unsafe { buffer.set_len(written) };
            }
            Status::OK => return Err(Status::ERROR),
            status => {
                grow(buffer, written, status)?;
                continue;
            }
        }
        if let Some(texts) = buffer.strip_suffix(b"\0") {
            texts.split(|&b| b == 0).try_for_each(&mut take)?;
        }
        match u32::try_from(end) {
            Ok(next) if next > cursor => cursor = next,
            _ => return Ok(()),
        }
    }
}
