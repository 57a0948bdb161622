//! The border to JavaScript: numbers and ranges of linear memory, no generated glue.
//!
//! JavaScript calls the exports below and `aw_start`, which [`main!`](crate::main) makes; it never calls one while
//! another runs, but for [`aw_alloc`] and [`aw_complete`], which an import may call before it returns. So nothing
//! here may be borrowed while an import or a task runs.
#![allow(unsafe_code)]

use std::task::{RawWaker, RawWakerVTable, Waker};

use crate::{op, task};

/// Declares what JavaScript provides. On other targets, where only tests of the pure parts run, calling one panics.
macro_rules! imports {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)?;)*) => {
        #[cfg(target_arch = "wasm32")]
        mod host {
            #[link(wasm_import_module = "aw")]
            unsafe extern "C" {
                // SAFETY: JavaScript only reads the ranges it is given, within bounds that it checks itself; the one
                // that writes, `random`, is called below with a range that we own.
                $(pub(super) safe fn $name($($arg: $ty),*) $(-> $ret)?;)*
            }
        }
        #[cfg(not(target_arch = "wasm32"))]
        #[allow(clippy::too_many_arguments)] // numbers are all that crosses
        mod host {
            $(pub(super) fn $name($(_: $ty),*) $(-> $ret)? { unimplemented!("only in workerd") })*
        }
    };
}

imports! {
    fn respond(shape: u32, known: u32, head: *const u8, head_len: usize, kind: u32, a: u32, b: u32);
    fn chunk(ptr: *const u8, len: usize);
    fn wake(task: u32);
    fn detach(task: u32);
    fn cancel(op: u32);
    fn now() -> f64;
    fn random(ptr: *mut u8, len: usize);
    fn emit(ptr: *const u8, len: usize);
    fn panicked(ptr: *const u8, len: usize);
    fn sleep(op: u32, ms: f64);
    fn client(op: u32);
    fn variable(op: u32, name: *const u8, name_len: usize);
    fn kv_has(name: *const u8, name_len: usize) -> u32;
    fn kv_get(op: u32, name: *const u8, name_len: usize, key: *const u8, key_len: usize, open: u32);
    fn kv_put(op: u32, name: *const u8, name_len: usize, key: *const u8, key_len: usize, value: *const u8, value_len: usize, ttl: f64);
    fn kv_delete(op: u32, name: *const u8, name_len: usize, key: *const u8, key_len: usize);
    fn kv_list(op: u32, name: *const u8, name_len: usize, query: *const u8, query_len: usize, limit: u32);
    fn cache_get(op: u32, key: *const u8, key_len: usize);
    fn cache_put(op: u32, key: *const u8, key_len: usize, value: *const u8, value_len: usize, ttl: f64);
    fn fetch(op: u32, backend: *const u8, backend_len: usize, head: *const u8, head_len: usize, kind: u32, a: u32, b: u32, first_byte: f64);
    fn body_pull(op: u32, body: u32);
    fn body_drop(body: u32);
}

/// A body on its way out.
#[derive(Clone, Copy)]
pub(crate) enum Out<'a> {
    /// No bytes.
    Empty,
    /// Bytes, copied out by the callee.
    Bytes(&'a [u8]),
    /// A body that JavaScript holds.
    Native(u32),
    /// A task that yields chunks.
    Stream(u32),
    /// That many bytes of ASCII at the end of the head, where there is a content type.
    Text(usize),
}

impl Out<'_> {
    fn parts(self) -> (u32, u32, u32) {
        match self {
            Self::Empty => (0, 0, 0),
            // Pointers are 32 bits wide where this runs.
            Self::Bytes(b) => (1, b.as_ptr() as usize as u32, b.len() as u32),
            Self::Native(body) => (2, body, 0),
            Self::Stream(task) => (3, task, 0),
            Self::Text(len) => (4, 0, len as u32),
        }
    }
}

/// How much of a response's head JavaScript remembers from an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Known {
    /// Nothing: the names come, and the values.
    Nothing = 0,
    /// The status and the names: the values come.
    Names = 1,
    /// All of it.
    Values = 2,
}

/// Answers the request that is being served. `shape`, `known` and `head` are those of
/// [`shape::cross`](crate::shape::cross); the body that is [`Text`](Out::Text) is at the end of `head`.
pub(crate) fn respond(shape: u32, known: Known, head: &str, body: Out<'_>) {
    let (kind, a, b) = body.parts();
    host::respond(shape, known as u32, head.as_ptr(), head.len(), kind, a, b);
}

/// Hands over a chunk of the stream that is being polled.
pub(crate) fn chunk(bytes: &[u8]) {
    host::chunk(bytes.as_ptr(), bytes.len());
}

/// Runs a task to its end beside the request that is being served.
pub(crate) fn detach(task: u32) {
    host::detach(task);
}

/// Nobody waits for this operation any more.
pub(crate) fn cancel(op: u32) {
    host::cancel(op);
}

pub(crate) fn now() -> f64 {
    host::now()
}

pub(crate) fn random(out: &mut [u8]) {
    host::random(out.as_mut_ptr(), out.len());
}

pub(crate) fn emit(record: &[u8]) {
    host::emit(record.as_ptr(), record.len());
}

pub(crate) fn panicked(message: &str) {
    host::panicked(message.as_ptr(), message.len());
}

pub(crate) fn sleep(op: u32, ms: f64) {
    host::sleep(op, ms);
}

/// `ip\ncountry\ntls`, empty where not known.
pub(crate) fn client(op: u32) {
    host::client(op);
}

pub(crate) fn variable(op: u32, name: &'static str) {
    host::variable(op, name.as_ptr(), name.len());
}

pub(crate) fn kv_has(store: &'static str) -> bool {
    host::kv_has(store.as_ptr(), store.len()) != 0
}

pub(crate) fn kv_get(op: u32, store: &'static str, key: &str, open: bool) {
    host::kv_get(op, store.as_ptr(), store.len(), key.as_ptr(), key.len(), open.into());
}

/// `ttl` in seconds, 0 for none.
pub(crate) fn kv_put(op: u32, store: &'static str, key: &str, value: &[u8], ttl: f64) {
    host::kv_put(op, store.as_ptr(), store.len(), key.as_ptr(), key.len(), value.as_ptr(), value.len(), ttl);
}

pub(crate) fn kv_delete(op: u32, store: &'static str, key: &str) {
    host::kv_delete(op, store.as_ptr(), store.len(), key.as_ptr(), key.len());
}

/// `query` is the prefix, a NUL and the cursor.
pub(crate) fn kv_list(op: u32, store: &'static str, query: &str, limit: u32) {
    host::kv_list(op, store.as_ptr(), store.len(), query.as_ptr(), query.len(), limit);
}

pub(crate) fn cache_get(op: u32, key: &str) {
    host::cache_get(op, key.as_ptr(), key.len());
}

/// `ttl` in seconds.
pub(crate) fn cache_put(op: u32, key: &str, value: &[u8], ttl: f64) {
    host::cache_put(op, key.as_ptr(), key.len(), value.as_ptr(), value.len(), ttl);
}

/// `head` is `METHOD\nTARGET\n` and a line `name:value` for each header; `first_byte` in milliseconds.
pub(crate) fn fetch(op: u32, backend: &'static str, head: &str, body: Out<'_>, first_byte: f64) {
    let (kind, a, b) = body.parts();
    host::fetch(op, backend.as_ptr(), backend.len(), head.as_ptr(), head.len(), kind, a, b, first_byte);
}

pub(crate) fn body_pull(op: u32, body: u32) {
    host::body_pull(op, body);
}

pub(crate) fn body_drop(body: u32) {
    host::body_drop(body);
}

/// Memory for JavaScript to write into; it comes back through [`aw_complete`] or `aw_start`.
#[unsafe(no_mangle)]
extern "C" fn aw_alloc(len: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; len].into_boxed_slice()).cast()
}

/// The bytes that JavaScript wrote into memory from [`aw_alloc`].
///
/// # Safety
/// `ptr` is from `aw_alloc(len)` and is given back once.
pub(crate) unsafe fn taken(ptr: *mut u8, len: usize) -> Vec<u8> {
    if len == 0 && ptr.is_null() {
        return Vec::new();
    }
    // SAFETY: by the contract, the pointer and length are those of a boxed slice that nobody else owns.
    unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(ptr, len)) }.into_vec()
}

/// Where JavaScript writes the head of a request that fits.
const INBOX: usize = 32 * 1024;

#[repr(transparent)]
struct Inbox(std::cell::UnsafeCell<[u8; INBOX]>);

// SAFETY: wasm32-unknown-unknown has one thread.
unsafe impl Sync for Inbox {}

static INBOX_BYTES: Inbox = Inbox(std::cell::UnsafeCell::new([0; INBOX]));

/// The address of the inbox.
#[unsafe(no_mangle)]
extern "C" fn aw_inbox() -> *mut u8 {
    INBOX_BYTES.0.get().cast()
}

/// The size of the inbox.
#[unsafe(no_mangle)]
extern "C" fn aw_inbox_size() -> usize {
    INBOX
}

/// The head that JavaScript left: in the inbox, or in memory from [`aw_alloc`] where it did not fit.
///
/// # Safety
/// `len` bytes were written to the inbox, or `ptr` is from `aw_alloc(len)` and is given back once.
pub unsafe fn head(ptr: *mut u8, len: usize) -> bytes::Bytes {
    if ptr == aw_inbox() {
        // SAFETY: JavaScript writes to the inbox only between calls.
        let inbox = unsafe { &*INBOX_BYTES.0.get() };
        return bytes::Bytes::copy_from_slice(inbox.get(..len).unwrap_or_default());
    }
    // SAFETY: by this function's contract.
    unsafe { taken(ptr, len) }.into()
}

/// Polls a task; the result is a [`task::Poll`](crate::task::Polled).
#[unsafe(no_mangle)]
extern "C" fn aw_poll(task: u32) -> u32 {
    task::poll(task) as u32
}

/// Drops a task: whoever waited for it has gone.
#[unsafe(no_mangle)]
extern "C" fn aw_drop(task: u32) {
    task::drop_task(task);
}

/// A task trapped and will never go on: whoever waits for it does it themselves.
#[unsafe(no_mangle)]
extern "C" fn aw_abandon() {
    crate::entry::abandon();
    crate::cache::abandon();
}

/// An operation is done: `status` as in [`op::Reply`], `len` bytes at `ptr` (from [`aw_alloc`]), and a body.
/// Returns 0 where nobody waits for it any more.
#[unsafe(no_mangle)]
extern "C" fn aw_complete(op: u32, status: i32, ptr: *mut u8, len: usize, body: u32) -> u32 {
    // SAFETY: JavaScript gives back what it got from `aw_alloc`.
    let bytes = unsafe { taken(ptr, len) };
    op::complete(op, op::Reply { status, bytes: bytes.into(), body }).into()
}

const VTABLE: RawWakerVTable = RawWakerVTable::new(
    |task| RawWaker::new(task, &VTABLE),
    |task| wake(task.addr() as u32),
    |task| wake(task.addr() as u32),
    |_| {},
);

fn wake(task: u32) {
    if task::woken(task) {
        host::wake(task);
    }
}

/// The waker of a task. It is the task's id and nothing else: cloning it allocates nothing.
pub(crate) fn waker(task: u32) -> Waker {
    let data = std::ptr::without_provenance(task as usize);
    // SAFETY: the functions of the table never follow the pointer, so that any number is valid, and they are safe
    // on any thread there is.
    unsafe { Waker::from_raw(RawWaker::new(data, &VTABLE)) }
}
