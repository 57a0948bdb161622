//! Backends of the service.

use fastly_sys::fastly_backend as sys;

use super::text;

/// Whether the service has a backend of that name.
pub(crate) fn backend_exists(name: &str) -> bool {
    let mut exists = 0;
    // SAFETY: a slice; the place is ours and outlives the call.
    unsafe { sys::exists(name.as_ptr(), name.len(), &mut exists) }.is_ok() && exists != 0
}

/// `HOST` or `HOST:PORT` of a backend; `None` where the service has none of that name.
pub(crate) fn backend_host(name: &str) -> Option<String> {
    let (p, n) = (name.as_ptr(), name.len());
    // SAFETY: a slice, and `text` lends its own buffer.
    let host = text(|to, room, written| unsafe { sys::get_host(p, n, to, room, written) }).ok()?;
    let mut host = String::from_utf8(host).ok()?;
    let (mut port, mut tls) = (0, 0);
    // SAFETY: a slice; the places are ours and outlive the calls.
    let known = unsafe { sys::get_port(p, n, &mut port).is_ok() && sys::is_ssl(p, n, &mut tls).is_ok() };
    if known && port != if tls == 0 { 80 } else { 443 } {
        host.push(':');
        host.push_str(&port.to_string());
    }
    Some(host)
}
