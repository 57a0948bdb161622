//! hyper and tokio as a platform: one current-thread runtime per core, each with its own listening socket.
//!
//! A deployable is `aw_native::main!(path::to::App);`, which takes `--settings FILE` ([`Settings`] as JSON). In a
//! process with other things in it, [`serve`] starts an app and gives a handle on it.
//!
//! ```
//! use aw_platform::hello::Hello;
//! use std::io::{Read, Write};
//!
//! let running = aw_native::serve::<Hello>(aw_native::Settings::default()).unwrap();
//! let mut socket = std::net::TcpStream::connect(running.addr()).unwrap();
//! socket.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
//! let mut answer = String::new();
//! socket.read_to_string(&mut answer).unwrap();
//! assert!(answer.ends_with("hello"));
//! running.stop();
//! ```
#![allow(async_fn_in_trait)]

mod body;
mod cache;
mod connect;
mod disk;
mod egress;
mod emit;
mod fetch;
mod instance;
mod kv;
mod listen;
mod platform;
mod pool;
mod program;
mod seconds;
mod serve;
mod service;
mod settings;
mod snapshot;
mod sql;
mod stop;
mod store;
mod work;

pub use body::NativeBody;
pub use cache::NativeCache;
pub use fetch::Pending;
pub use kv::NativeKv;
pub use listen::listen;
pub use platform::Native;
pub use program::{program, settings_from_args};
pub use serve::{Running, serve};
pub use settings::{DatabaseSettings, Secrets, Settings};
pub use sql::{Databases, NativeSql};
pub use work::work;

#[doc(hidden)]
pub use {aw_platform, mimalloc::MiMalloc};

/// The `main` of a native deployable over an app: `aw_native::main!(aw_gateway::Gateway);`, or
/// `aw_native::main!(App, prepare)` with a `prepare` as [`program`] takes it. Its allocator is mimalloc.
#[macro_export]
macro_rules! main {
    ($app:ty) => {
        $crate::main!($app, |_| Ok::<(), String>(()));
    };
    ($app:ty, $prepare:expr) => {
        const _: () = $crate::aw_platform::check::<$crate::Native, $app>();

        #[global_allocator]
        static ALLOCATOR: $crate::MiMalloc = $crate::MiMalloc;

        fn main() -> ::std::process::ExitCode {
            $crate::program::<$app, _>($prepare)
        }
    };
}
