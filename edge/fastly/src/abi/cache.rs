//! The Core Cache.

use std::ptr;

use fastly_sys::{
    fastly_cache::{
        self as sys, CacheGetBodyOptions, CacheGetBodyOptionsMask, CacheLookupOptions, CacheLookupOptionsMask,
        CacheLookupState, CacheWriteOptions, CacheWriteOptionsMask,
    },
    fastly_purge::{self, PurgeOptions, PurgeOptionsMask},
};

use super::{Body, Item, NONE, Outgoing, Status};

/// A lookup under way, given up when dropped.
#[derive(Debug)]
pub(crate) struct Busy(u32);

impl Busy {
    /// Looks `key` up; where it is missing, one of those who look is to fill it and the others wait.
    pub(crate) fn look(key: &[u8]) -> Result<Self, Status> {
        let options = CacheLookupOptions { request_headers: NONE, service: ptr::null(), service_len: 0 };
        let mut handle = NONE;
        // SAFETY: a slice; the options and the place are ours and outlive the call.
        unsafe {
            let none = CacheLookupOptionsMask::empty();
            sys::transaction_lookup_async(key.as_ptr(), key.len(), none, &options, &mut handle)
        }
        .result()?;
        Ok(Self(handle))
    }

    /// What to wait for before taking the entry.
    pub(crate) fn item(&self) -> Item {
        self.0
    }

    /// The entry. Waits where the lookup is not done.
    pub(crate) fn entry(self) -> Result<Entry, Status> {
        let mut entry = NONE;
        let handle = self.0;
        std::mem::forget(self);
        // SAFETY: the place is ours and outlives the call, which takes the handle.
        unsafe { sys::cache_busy_handle_wait(handle, &mut entry) }.result()?;
        Ok(Entry(entry))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // SAFETY: plain numbers cross.
        let _ = unsafe { sys::close_busy(self.0) };
    }
}

/// What a lookup found.
pub(crate) enum Found {
    /// The value.
    Value(Body),
    /// Nothing, and it is on us to fill it.
    Ours,
    /// Nothing to use.
    Nothing,
}

/// A place in the cache. Where it is on us to fill it, dropping it hands that to the next in line.
#[derive(Debug)]
pub(crate) struct Entry(u32);

impl Entry {
    pub(crate) fn found(&self) -> Result<Found, Status> {
        let mut state = CacheLookupState::empty();
        // SAFETY: the place is ours and outlives the call.
        unsafe { sys::get_state(self.0, &mut state) }.result()?;
        if state.contains(CacheLookupState::FOUND | CacheLookupState::USABLE) {
            let options = CacheGetBodyOptions { from: 0, to: 0 };
            let mut body = NONE;
            // SAFETY: the options and the place are ours and outlive the call.
            unsafe { sys::get_body(self.0, CacheGetBodyOptionsMask::empty(), &options, &mut body) }.result()?;
            return Ok(Found::Value(Body::of(body)));
        }
        let ours = state.contains(CacheLookupState::MUST_INSERT_OR_UPDATE);
        Ok(if ours { Found::Ours } else { Found::Nothing })
    }

    /// Begins to fill it with a value of `length` bytes. `tags` are separated by spaces.
    pub(crate) fn insert(self, max_age_ns: u64, tags: &str, length: u64) -> Result<Outgoing, Status> {
        let mut given = CacheWriteOptionsMask::LENGTH;
        if !tags.is_empty() {
            given |= CacheWriteOptionsMask::SURROGATE_KEYS;
        }
        let options = CacheWriteOptions {
            max_age_ns,
            request_headers: NONE,
            vary_rule_ptr: ptr::null(),
            vary_rule_len: 0,
            initial_age_ns: 0,
            stale_while_revalidate_ns: 0,
            surrogate_keys_ptr: tags.as_ptr(),
            surrogate_keys_len: tags.len(),
            length,
            user_metadata_ptr: ptr::null(),
            user_metadata_len: 0,
            edge_max_age_ns: 0,
            service: ptr::null(),
            service_len: 0,
        };
        let mut body = NONE;
        // SAFETY: the options, what they point to and the place are ours and outlive the call.
        unsafe { sys::transaction_insert(self.0, given, &options, &mut body) }.result()?;
        Ok(Outgoing::of(body))
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        // SAFETY: plain numbers cross. Cancelling what is filled, or was not ours to fill, does nothing.
        let _ = unsafe { (sys::transaction_cancel(self.0), sys::close(self.0)) };
    }
}

/// Forgets everything that has the tag.
pub(crate) fn purge(tag: &str) -> Result<(), Status> {
    let mut options =
        PurgeOptions { ret_buf_ptr: ptr::null_mut(), ret_buf_len: 0, ret_buf_nwritten_out: ptr::null_mut() };
    // SAFETY: a slice; the mask says that nothing is to be written through the options' pointers.
    unsafe { fastly_purge::purge_surrogate_key(tag.as_ptr(), tag.len(), PurgeOptionsMask::empty(), &mut options) }
        .result()
}
