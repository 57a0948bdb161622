//! What was worked out of bytes, kept for as long as the bytes are the same, and believed for a moment without looking.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    marker::PhantomData,
    rc::Rc,
};

use bytes::Bytes;
use quick_cache::{Weighter, unsync::Cache};

/// A bounded map from a key to what was made of that key's bytes. What was asked for once goes before what
/// is asked for again.
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
    // Of no type, so that one piece of code is for all: an edge's module has to be small.
    cache: RefCell<Cache<Box<str>, Entry, Least>>,
    value: PhantomData<Rc<T>>,
}

struct Entry {
    raw: Bytes,
    value: Rc<dyn Any>,
    /// Until when nobody need look whether the bytes are the same.
    fresh: Cell<u64>,
}

/// What an entry weighs at the least, so that there are not more of them than there may be.
#[derive(Clone)]
struct Least(usize);

impl Weighter<Box<str>, Entry> for Least {
    fn weight(&self, _: &Box<str>, entry: &Entry) -> u64 {
        entry.raw.len().max(self.0) as u64
    }
}

impl<T: 'static> Retained<T> {
    /// At most `entries` entries, made of at most `bytes` bytes together. One that is longer than a quarter of them is
    /// not kept.
    pub fn new(entries: usize, bytes: usize) -> Self {
        let cache = Cache::with_weighter(entries, bytes as u64, Least(bytes / entries));
        Self { cache: RefCell::new(cache), value: PhantomData }
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
        let mut cache = self.cache.borrow_mut();
        if raw.len() as u64 <= cache.capacity() / 4 {
            cache.insert(key.into(), Entry { raw: raw.clone(), value: value.clone(), fresh: Cell::new(0) });
        } else {
            // What was made of the bytes before must not be believed on.
            cache.remove(key);
        }
        Ok(value)
    }

    /// What was made of `key`'s bytes, where they were [`seen`](Self::seen) to be the same lately. `now` as there.
    pub fn fresh(&self, key: &str, now: u64) -> Option<Rc<T>> {
        let cache = self.cache.borrow();
        cache.get(key).filter(|entry| now < entry.fresh.get())?.value.clone().downcast().ok()
    }

    /// Notes that `key`'s bytes are what they are until `until`, on a clock of the caller's.
    pub fn seen(&self, key: &str, until: u64) {
        if let Some(entry) = self.cache.borrow().peek(key) {
            entry.fresh.set(until);
        }
    }

    /// What was made of `raw` before, where it is kept.
    pub(crate) fn find(&self, key: &str, raw: &[u8]) -> Option<Rc<T>> {
        // A store that has the bytes in memory gives the same ones each time: then there is nothing to compare.
        let same = |there: &[u8]| std::ptr::eq(there, raw) || there == raw;
        self.cache.borrow().get(key).filter(|entry| same(&entry.raw))?.value.clone().downcast().ok()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::Retained;

    #[test]
    fn what_is_asked_for_again_outlives_a_walk_through_everything() {
        let kept = Retained::new(8, 8_000);
        let made = std::cell::RefCell::new(Vec::new());
        let get = |key: &str, size: usize| {
            let make = |raw: &Bytes| {
                made.borrow_mut().push(key.to_owned());
                Ok::<_, ()>(raw.len())
            };
            assert_eq!(kept.get_or(key, &vec![7; size].into(), make).as_deref(), Ok(&size));
        };
        for n in 0..1_000 {
            get("often", 10);
            get(&format!("once {n}"), n * 2);
            let cache = kept.cache.borrow();
            assert!(cache.len() <= 8, "{} entries", cache.len());
            assert!(cache.iter().map(|(_, entry)| entry.raw.len()).sum::<usize>() <= 8_000);
        }
        assert_eq!(made.borrow().iter().filter(|key| *key == "often").count(), 1);
        get("too long", 2_001);
        get("too long", 2_001);
        assert_eq!(made.borrow().iter().filter(|key| *key == "too long").count(), 2, "not kept");
        get("often", 2_001);
        kept.seen("often", 1_000);
        assert_eq!(kept.fresh("often", 0), None, "what was made of its bytes before is gone");
    }
}
