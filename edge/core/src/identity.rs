//! What the origin is told of who asks: the `x-aw-*` headers, which nobody else can set.

use aw_model::names::header as names;
use aw_platform::Platform;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Context;

/// Removes every `x-aw-*` header.
pub fn strip(headers: &mut HeaderMap) {
    let ours: Vec<HeaderName> =
        headers.keys().filter(|name| name.as_str().starts_with(names::PREFIX)).cloned().collect();
    for name in ours {
        headers.remove(name);
    }
}

/// Sets the `x-aw-*` headers of this reader at this site, in place of any that are there.
pub fn set<P: Platform>(ctx: &Context<P>, headers: &mut HeaderMap) {
    strip(headers);
    let mut put = |name: &'static str, value: &str| {
        // Ids and hosts that came from records and verified tokens; one that no header can carry is not told.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put(names::TENANT, &ctx.site.tenant().id);
    put(names::HOST, &ctx.site.authority);
    if let Some(ip) = ctx.call.platform.client().ip {
        put(names::CLIENT_IP, &ip.to_string());
    }
    if let Some(reader) = ctx.session.reader() {
        put(names::USER, &reader.claims.sub);
        put(names::SESSION, &reader.claims.sid);
        put(names::ROLES, &reader.claims.roles.join(","));
    }
}
