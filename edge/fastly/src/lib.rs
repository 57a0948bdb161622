//! Fastly Compute as a platform.
//!
//! A deployable is an app and one line:
//!
//! ```ignore
//! aw_fastly::main!(aw_platform::hello::Hello);
//! ```
//!
//! It is a program for `wasm32-wasip1` that the host starts for a request. It speaks to the host by the calls under
//! Fastly's own SDK ([`abi`], the one place with unsafe code), because that SDK blocks: here a small executor polls
//! what the app does at once and parks in the host's `select` over everything that is under way ([`executor`],
//! [`select`]). Fetches, KV lookups, cache fills, bodies and timers so overlap in one thread.
//!
//! # One program, several requests, one at a time
//!
//! When a request is answered and its background work is done, the program asks the host for another one, and keeps
//! what [`App::build`](aw_platform::App::build) made. The host is free to start a fresh program instead, and starts
//! as many as there are requests at once. Whatever a request leaves behind in the host that cannot be taken back (a
//! fetch that nobody waits for) ends the program.
//!
//! # A panic
//!
//! Built with `panic=abort`, a panic is the end of the program, which serves one request at a time: nobody else's is
//! harmed. Before that, the panic's hook writes a record and answers 500, unless the answer has begun; then it is cut
//! off.
//!
//! # The service
//!
//! It has KV stores and backends of the manifest's names, the config store [`CONFIG`], the secret store [`SECRETS`]
//! and the log endpoint [`ENDPOINT`]. Without the last one, records go to the standard output.
//!
//! # Limits of Fastly
//!
//! 50 ms of CPU time and 2 minutes for a request, 128 MB of memory, 32 backend requests, 8 kB of URL. The KV store
//! shows a write elsewhere after some hundred milliseconds. A client that goes away does not end the program: it is
//! noticed only by writing to it.

mod abi;
mod body;
mod cache;
mod client;
mod emit;
mod entry;
mod executor;
mod fetch;
mod head;
mod kv;
mod panic;
mod platform;
mod respond;
mod select;

pub use aw_platform;
pub use body::FastlyBody;
pub use cache::FastlyCache;
pub use emit::ENDPOINT;
pub use entry::serve;
pub use fetch::Pending;
pub use kv::FastlyKv;
pub use platform::{CONFIG, Fastly, SECRETS};

/// Makes a deployable of an app.
#[macro_export]
macro_rules! main {
    ($app:ty) => {
        const _: () = $crate::aw_platform::check::<$crate::Fastly, $app>();

        fn main() {
            $crate::serve::<$app>();
        }
    };
}
