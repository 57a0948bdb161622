//! Spin as a platform.
//!
//! A deployable is an app and one line, built as a `cdylib` for `wasm32-wasip1` and made a component:
//!
//! ```ignore
//! aw_spin::main!(aw_platform::hello::Hello);
//! ```
//!
//! # Which SDK
//!
//! spin-sdk 5.2: components export `wasi:http/incoming-handler@0.2.0` and import `fermyon:spin@2.0.0` and
//! `spin:postgres@4.0.0`. Spin 3.4 and later run that, and so does the shim that SpinKube ships today; SDK 7 needs
//! Spin 4.1, which no shim has. HTTP, streams, clocks and randomness come from WASI itself, because the SDK copies
//! and buffers bodies; what is Spin's own is named in one file, `sdk.rs`. A crate for SDK 7 would replace that
//! file and the WASI modules (`reactor`, `body`, `write`, `head`, `fetch`, `entry`), and nothing above them.
//!
//! # One request, one instance
//!
//! Spin makes a fresh instance for every request: [`App::build`](aw_platform::App::build) runs each time, nothing is
//! retained, and a panic harms nobody else. It is answered with a 500 before the instance traps. The cache holds for
//! one request only, as Spin has none and instances share no memory.
//!
//! # What the manifest's names are here
//!
//! | manifest | Spin |
//! |---|---|
//! | store `content` | key-value store label `content`; all but `default` need a `[key_value_store.content]` in the runtime configuration |
//! | backend `origin` | variable `backend_origin`: its base URL, so that `allowed_outbound_hosts` can be `["{{ backend_origin }}"]` |
//! | setting `edge-name`, secret `edge-key` | variables `edge_name`, `edge_key`. Spin has no optional variables: an empty value is no value |
//! | database | variable `database_url`: a connection string without the database's name, which is added to it |
//!
//! # Limits of Spin
//!
//! Header values of requests must be UTF-8, else Spin answers 500 by itself, and there are at most 100 fields, else
//! 431. Hop-by-hop fields and `Host` cannot be set on what leaves: a `Host` of the app's is dropped, and a fetch
//! carries its backend's. A handler whose client has gone is not told before it writes. Key-value stores have no time
//! to live, and listing reads every key. Spin never sets `TCP_NODELAY`: what has a length is sent with
//! `Content-Length` and in one piece with its head, as a chunked answer on a reused connection waits 40 ms for the
//! client's acknowledgement.

mod body;
mod cache;
mod client;
mod emit;
mod entry;
mod executor;
mod fetch;
mod head;
mod kv;
mod panics;
mod platform;
mod reactor;
mod respond;
mod sdk;
mod sql;
mod variables;
mod write;

pub use aw_platform;
pub use body::SpinBody;
pub use cache::SpinCache;
pub use entry::handle;
pub use fetch::Pending;
pub use kv::SpinKv;
pub use platform::Spin;
pub use sql::SpinSql;
pub use wasi;

/// Makes a component of an app.
#[macro_export]
macro_rules! main {
    ($app:ty) => {
        const _: () = $crate::aw_platform::check::<$crate::Spin, $app>();

        struct Component;

        impl $crate::wasi::exports::http::incoming_handler::Guest for Component {
            fn handle(
                request: $crate::wasi::http::types::IncomingRequest,
                out: $crate::wasi::http::types::ResponseOutparam,
            ) {
                $crate::handle::<$app>(request, out);
            }
        }

        $crate::wasi::http::proxy::export!(Component with_types_in $crate::wasi);
    };
}
