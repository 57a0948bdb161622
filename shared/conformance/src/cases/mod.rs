//! Port cases: each asks one thing of one port, from inside the guest.

mod background;
mod body;
mod cache;
mod cancel;
mod client;
mod fetch;
mod fetch_fails;
mod headers;
mod ids;
mod kv;
mod kv_limits;
mod random;
mod settings;
mod time;

use aw_platform::Platform;

use crate::case::Failure;

/// The one table: name and function.
macro_rules! table {
    ($($name:literal => $case:path,)+) => {
        /// Every port case by name, in the order in which they are run.
        pub const NAMES: &[&str] = &[$($name),+];

        /// Runs the case called `name`; `None` where there is none.
        pub async fn run<P: Platform>(p: &P, name: &str) -> Option<Result<(), Failure>> {
            // Boxed: one case's state is not the fixture's size.
            match name {
                $($name => Some(Box::pin($case(p)).await),)+
                _ => None,
            }
        }
    };
}

table! {
    "kv-missing-is-none" => kv::missing,
    "kv-round-trip" => kv::round_trip,
    "kv-binary" => kv::binary,
    "kv-empty-value" => kv::empty,
    "kv-overwrite" => kv::overwrite,
    "kv-delete" => kv::delete,
    "kv-open-streams-what-get-gives" => kv::open,
    "kv-list-pages" => kv::list,
    "kv-list-empty" => kv::list_empty,
    "kv-key-of-256-bytes" => kv_limits::longest_key,
    "kv-key-of-257-bytes" => kv_limits::key_too_long,
    "kv-empty-key" => kv_limits::empty_key,
    "kv-odd-keys" => kv_limits::odd_keys,
    "kv-value-of-1-mb" => kv_limits::longest_value,
    "kv-value-over-1-mb" => kv_limits::value_too_long,
    "kv-ttl" => kv_limits::ttl,
    "kv-unknown-store" => kv_limits::unknown_store,
    "cache-fills-and-hits" => cache::hit,
    "cache-keys-are-apart" => cache::apart,
    "cache-expires" => cache::expires,
    "cache-zero-ttl-is-not-kept" => cache::zero_ttl,
    "cache-error-is-not-kept" => cache::error,
    "cache-cancelled-fill-harms-nobody" => cache::cancelled,
    "cache-collapses-in-one-instance" => cache::collapses,
    "cache-value-of-1-mb" => cache::large,
    "cache-key-limit" => cache::key_limit,
    "cache-purge" => cache::purge,
    "config-present" => settings::present,
    "config-needs-quoting" => settings::odd,
    "config-absent-is-none" => settings::absent,
    "secret-present" => settings::secret,
    "secret-absent-is-named" => settings::secret_absent,
    "clock-is-sane" => time::sane,
    "clock-moves-across-a-sleep" => time::moves,
    "sleep-order" => time::order,
    "sleep-zero" => time::zero,
    "sleeps-overlap" => time::overlap,
    "timeout-passes" => time::timeout_passes,
    "timeout-fires-and-drops" => time::timeout_fires,
    "random-is-not-constant" => random::draws,
    "random-large" => random::large,
    "uuid-v7" => ids::uuids,
    "request-id" => ids::request_ids,
    "fetch-get" => fetch::plain,
    "fetch-post" => fetch::post,
    "fetch-methods" => fetch::methods,
    "fetch-streams-a-body-up" => fetch::stream_up,
    "fetch-5-mb" => fetch::large,
    "fetch-target-is-untouched" => fetch::target,
    "fetch-host" => fetch::host,
    "fetch-head" => fetch::head,
    "fetch-204" => fetch::no_content,
    "fetch-304" => fetch::not_modified,
    "fetch-odd-statuses" => fetch::statuses,
    "fetch-redirect-is-not-followed" => fetch::redirect,
    "fetch-gzip-is-not-decoded" => fetch::gzip,
    "fetch-chunked" => fetch::chunked,
    "fetch-two-overlap" => fetch::two_overlap,
    "fetch-six-overlap" => fetch::six_overlap,
    "fetch-starts-unawaited" => fetch::starts_unawaited,
    "fetch-set-cookie-twice" => headers::cookies,
    "fetch-opaque-header-received" => headers::opaque_in,
    "fetch-opaque-header-sent" => headers::opaque_out,
    "fetch-repeated-header-sent" => headers::repeated,
    "fetch-unknown-backend" => fetch_fails::unknown,
    "fetch-dead-backend" => fetch_fails::dead,
    "fetch-first-byte-timeout" => fetch_fails::first_byte,
    "fetch-timeout-is-for-the-head" => fetch_fails::slow_body,
    "fetch-short-body-is-an-error" => fetch_fails::short,
    "fetch-hang-up" => fetch_fails::hang_up,
    "fetch-garbage" => fetch_fails::garbage,
    "fetch-drop-cancels" => cancel::pending,
    "fetch-body-drop-cancels" => cancel::body,
    "body-collect-limit" => body::collect,
    "body-stream" => body::stream,
    "wait-until-does-not-wait" => background::returns_at_once,
    "emit-takes-any-record" => background::emit,
    "client-facts" => client::facts,
}
