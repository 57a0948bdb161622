//! HTTP cases: what a client sees of the fixture, byte by byte.

mod background;
mod bodies;
mod cancel;
mod crowd;
mod headers;
mod limits;
mod panics;
mod protocol;
mod sizes;
mod streaming;

use std::io;

use super::{run, world::World};

/// Why a case failed.
pub(crate) struct Why(String);

impl From<io::Error> for Why {
    fn from(error: io::Error) -> Self {
        Self(format!("the connection: {error}"))
    }
}

impl From<String> for Why {
    fn from(why: String) -> Self {
        Self(why)
    }
}

type Verdict = Result<(), Why>;

/// Fails the case with a formatted sentence unless the condition holds.
macro_rules! ensure {
    ($holds:expr, $($why:tt)+) => {
        if !$holds {
            return Err($crate::conform::cases::Why::from(format!($($why)+)));
        }
    };
}
use ensure;

type Case = (&'static str, fn(&World) -> Verdict);

const CASES: &[Case] = &[
    ("http-echo-20-mb", sizes::echo_20_mb),
    ("http-upload-20-mb", sizes::upload_20_mb),
    ("http-upload-20-mb-chunked", sizes::upload_20_mb_chunked),
    ("http-download-200-mb", sizes::download_200_mb),
    ("http-proxy-download-200-mb", sizes::proxy_download_200_mb),
    ("http-proxy-upload-20-mb", sizes::proxy_upload_20_mb),
    ("http-head", bodies::head),
    ("http-204", bodies::no_content),
    ("http-304", bodies::not_modified),
    ("http-proxy-head", bodies::proxy_head),
    ("http-proxy-204", bodies::proxy_no_content),
    ("http-proxy-304", bodies::proxy_not_modified),
    ("http-gzip-passes-unopened", bodies::gzip),
    ("http-statuses", bodies::statuses),
    ("http-proxy-short-body-is-cut", bodies::short),
    ("http-set-cookie-twice", headers::cookies),
    ("http-proxy-set-cookie-twice", headers::proxy_cookies),
    ("http-opaque-header-out", headers::opaque_out),
    ("http-opaque-header-in", headers::opaque_in),
    ("http-proxy-opaque-header", headers::proxy_opaque),
    ("http-repeated-header", headers::repeated),
    ("http-target-is-untouched", headers::target),
    ("http-methods", headers::methods),
    ("http-client-address-is-not-forged", headers::forged_address),
    ("http-60-kb-of-headers", headers::many),
    ("http-first-byte-leaves-before-the-last-arrives", streaming::hold),
    ("http-stream-leaves-as-it-is-made", streaming::slow),
    ("http-echo-is-duplex", streaming::duplex),
    ("http-upload-streams-to-the-origin", streaming::upload),
    ("http-two-fetches-overlap", streaming::two),
    ("http-client-gone-cancels-the-fetch", cancel::pending),
    ("http-client-gone-cancels-the-body", cancel::body),
    ("http-upload-cut-harms-nobody", cancel::upload),
    ("http-wait-until-takes-effect", background::later),
    ("http-emit-reaches-the-log", background::emit),
    ("http-panic-is-a-500", panics::status),
    ("http-panic-has-the-envelope", panics::envelope),
    ("http-panic-spares-other-streams", panics::spares),
    ("http-panic-late-is-cut", panics::late),
    ("http-100-at-once-share-nothing", crowd::isolated),
    ("http-stampede-of-200-makes-one-fill", crowd::stampede),
    ("http-limit-url", limits::url),
    ("http-limit-header-count", limits::header_count),
    ("http-limit-header-bytes", limits::header_bytes),
    ("http-limit-body-declared", limits::body_declared),
    ("http-limit-body-chunked", limits::body_chunked),
    ("http-limit-body-fits", limits::body_fits),
    ("http-keep-alive", protocol::keep_alive),
    ("http-pipelined", protocol::pipelined),
    ("http-1.0", protocol::old),
    ("http-expect-continue", protocol::expect),
    ("http-unread-body-spares-the-connection", protocol::unread),
    ("http-unread-body-that-was-not-asked-for", protocol::unread_expect),
    ("http-odd-chunks", protocol::chunks),
    ("http-connection-close", protocol::close),
];

/// Every HTTP case.
pub(crate) fn all() -> impl Iterator<Item = run::Case> {
    CASES.iter().map(|&(name, case)| run::Case::new(name, move |world| case(world).map_err(|why| why.0)))
}
