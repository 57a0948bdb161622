//! What was worked out of bytes, kept for as long as the bytes are the same, and believed for a moment without looking.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use bytes::Bytes;

/// A bounded map from a key to what was made of that key's bytes. Least recently used entries go first.
///
/// ```
/// let lengths = aw_edge_core::Retained::new(2, 100);
/// let made = std::cell::Cell::new(0);
/// let length = |key, text: &'static str| {
///     let make = |b: &bytes::Bytes| { made.set(made.get() + 1); Ok::<_, ()>(b.len()) };
///     *lengths.get_or(key, &bytes::Bytes::from(text), make).unwrap()
/// };
/// assert_eq!((length("a", "xx"), length("a", "xx"), made.get()), (2, 2, 1));
/// assert_eq!((length("a", "xxx"), made.get()), (3, 2), "other bytes, made anew");
///
/// lengths.seen("a", 1_000);
/// assert_eq!(lengths.fresh("a", 999).as_deref(), Some(&3), "believed without its bytes");
/// assert_eq!(lengths.fresh("a", 1_000), None);
/// ```
pub struct Retained<T> {
    inner: RefCell<Inner<T>>,
    entries: usize,
    bytes: usize,
}

struct Inner<T> {
    map: HashMap<Box<str>, Entry<T>>,
    bytes: usize,
    clock: u64,
}

struct Entry<T> {
    raw: Bytes,
    value: Rc<T>,
    used: u64,
    /// Until when nobody need look whether the bytes are the same.
    fresh: u64,
}

impl<T> Retained<T> {
    /// At most `entries` entries, made of at most `bytes` bytes together. One that is longer than a quarter of them
    /// is not kept.
    pub fn new(entries: usize, bytes: usize) -> Self {
        Self { inner: RefCell::new(Inner { map: HashMap::new(), bytes: 0, clock: 0 }), entries, bytes }
    }

    /// What `make` made of `raw`, now or before.
    ///
    /// # Errors
    /// `make`'s.
    pub fn get_or<E>(&self, key: &str, raw: &Bytes, make: impl FnOnce(&Bytes) -> Result<T, E>) -> Result<Rc<T>, E> {
        if let Some(value) = self.find(key, raw) {
            return Ok(value);
        }
        let value = Rc::new(make(raw)?);
        if raw.len() <= self.bytes / 4 {
            self.keep(key, raw.clone(), value.clone());
        }
        Ok(value)
    }

    /// What was made of `key`'s bytes, where they were [`seen`](Self::seen) to be the same lately. `now` as there.
    pub fn fresh(&self, key: &str, now: u64) -> Option<Rc<T>> {
        let inner = &mut *self.inner.borrow_mut();
        let entry = inner.map.get_mut(key).filter(|entry| now < entry.fresh)?;
        inner.clock += 1;
        entry.used = inner.clock;
        Some(entry.value.clone())
    }

    /// Notes that `key`'s bytes are what they are until `until`, on a clock of the caller's.
    pub fn seen(&self, key: &str, until: u64) {
        if let Some(entry) = self.inner.borrow_mut().map.get_mut(key) {
            entry.fresh = until;
        }
    }

    /// What was made of `raw` before, where it is kept.
    pub(crate) fn find(&self, key: &str, raw: &[u8]) -> Option<Rc<T>> {
        let inner = &mut *self.inner.borrow_mut();
        // A store that has the bytes in memory gives the same ones each time: then there is nothing to compare.
        let same = |there: &[u8]| std::ptr::eq(there, raw) || there == raw;
        let entry = inner.map.get_mut(key).filter(|entry| same(&entry.raw))?;
        inner.clock += 1;
        entry.used = inner.clock;
        Some(entry.value.clone())
    }

    fn keep(&self, key: &str, raw: Bytes, value: Rc<T>) {
        let inner = &mut *self.inner.borrow_mut();
        inner.clock += 1;
        inner.bytes += raw.len();
        let entry = Entry { raw, value, used: inner.clock, fresh: 0 };
        if let Some(old) = inner.map.insert(key.into(), entry) {
            inner.bytes -= old.raw.len();
        }
        while inner.map.len() > self.entries || inner.bytes > self.bytes {
            let oldest = inner.map.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| key.clone());
            let Some(old) = oldest.and_then(|key| inner.map.remove(&key)) else { return };
            inner.bytes -= old.raw.len();
        }
    }
}
