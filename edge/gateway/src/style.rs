//! The stylesheet.

use aw_edge_core::reply;
use aw_pages::{STYLE, STYLE_PATH};
use aw_platform::{Body, Platform, Response};
use http::header;

/// `GET /style-HASH.css`. Pages published by an earlier release link an earlier sheet: they get this one, for a while.
pub(crate) fn style<P: Platform>(path: &str) -> Response<P> {
    let mut response = Response::<P>::new(Body::from(STYLE));
    reply::set(&mut response, header::CONTENT_TYPE, "text/css; charset=utf-8");
    reply::set(&mut response, header::CACHE_CONTROL, if path == STYLE_PATH { reply::IMMUTABLE } else { reply::PUBLIC });
    response
}
