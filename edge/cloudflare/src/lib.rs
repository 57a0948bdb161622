//! Cloudflare Workers as a platform.
//!
//! A thin JavaScript entry (`js/`) over this Rust core. There is no generated glue between them: what crosses is
//! numbers and ranges of linear memory ([`abi`]), because glue, not wasm, is what a small request spends its time
//! on. A request's head crosses as one text, its response's head as another; a body crosses only where somebody
//! reads it.
//!
//! A deployable is an app and one line:
//!
//! ```ignore
//! aw_cloudflare::main!(aw_platform::hello::Hello);
//! ```
//!
//! # One panic harms no other request
//!
//! The core is built with `panic=abort` on the stable toolchain: a panic is a trap, which JavaScript catches at the
//! call that it made. It puts the shadow stack's pointer back, answers that one request with a 500, leaves its task
//! as it is (memory and all), and makes a fresh instance for the requests to come. Those under way finish on the old
//! instance: nothing of the executor is borrowed while a task is polled, every operation is its own, and those who
//! waited for the panicked one's cache fill make it themselves. Unwinding would give the same at the price of landing
//! pads in every function and a nightly standard library.
//!
//! # A task runs only in its own request
//!
//! workerd refuses I/O on behalf of another request. A task that is woken by another request's (they share a cache
//! fill, say) is therefore polled by a loop of its own request, which waits on a promise made there ([`task`]).
//!
//! # Limits of Cloudflare
//!
//! 128 KB of headers, 16 KB of URL, 6 connections at once, 50 (free) or 10,000 subrequests. KV shows a write after up
//! to a minute, and takes one write a second for a key. The clock stands still between I/O. `workerd` resolves dot
//! segments of the URL before we see it.

pub mod abi;
mod body;
mod cache;
mod client;
mod entry;
mod fetch;
mod head;
mod kv;
mod op;
mod platform;
mod shape;
mod slab;
mod task;

pub use aw_platform;
pub use body::WorkerBody;
pub use cache::WorkerCache;
pub use entry::{Instance, note_panics};
pub use fetch::Pending;
pub use kv::WorkerKv;
pub use platform::Cloudflare;

/// Makes a deployable of an app.
#[macro_export]
macro_rules! main {
    ($app:ty) => {
        const _: () = $crate::aw_platform::check::<$crate::Cloudflare, $app>();

        std::thread_local! {
            static INSTANCE: &'static $crate::Instance<$app> = std::boxed::Box::leak(std::boxed::Box::new($crate::Instance::new()));
        }

        #[unsafe(no_mangle)]
        extern "C" fn aw_reads_headers() -> u32 {
            <$app as $crate::aw_platform::App<$crate::Cloudflare>>::READS_HEADERS as u32
        }

        #[unsafe(no_mangle)]
        extern "C" fn aw_start(ptr: *mut u8, len: usize) -> u32 {
            $crate::note_panics();
            // SAFETY: JavaScript, the only caller, wrote `len` bytes to the inbox or to memory of its own.
            INSTANCE.with(|instance| unsafe { instance.start(ptr, len) })
        }
    };
}
