//! Where an endpoint may be.
//!
//! This is said early what the platform enforces late: natively a connection is only made to an address that was
//! looked at and is public, on Spin the runtime's `block_networks` sees to it; a name that leads somewhere else a
//! moment later changes nothing. Redirects are not followed.

use aw_model::names::WEBHOOKS_LOCAL;
use aw_platform::{ApiError, Platform, http::Uri};

/// The longest address, in bytes.
pub(crate) const LONGEST: usize = 1000;

/// Whether this deployment tells programs on its own machine, too.
///
/// # Errors
/// The setting is neither `on` nor `off`.
pub(crate) async fn local<P: Platform>(p: &P) -> aw_platform::Result<bool> {
    match p.config(WEBHOOKS_LOCAL).await?.as_deref() {
        None | Some("" | "off") => Ok(false),
        Some("on") => Ok(true),
        Some(other) => {
            Err(aw_platform::Error::internal(format!("the setting {WEBHOOKS_LOCAL} is {other:?}; write on or off")))
        }
    }
}

/// Refuses an address where nobody outside can be: `https` on its own port, at a name that can be public; plain `http`
/// only on this machine, where that is `local`ly allowed.
///
/// # Errors
/// 422 `WEBHOOK_URL_INVALID`.
pub(crate) fn check(url: &str, local: bool) -> Result<(), ApiError> {
    let wrong = |why| Err(ApiError::new(422, "WEBHOOK_URL_INVALID", why));
    let plain = url.len() <= LONGEST && url.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    let uri = url.parse::<Uri>().ok().filter(|_| plain);
    let Some((uri, authority)) = uri.as_ref().and_then(|uri| Some((uri, uri.authority()?))) else {
        return wrong("url is an address such as https://hooks.example/authorworks, of at most 1000 characters");
    };
    if authority.as_str().contains('@') {
        return wrong("url names nobody: the deliveries are signed");
    }
    let host = authority.host();
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if local && matches!(host, "localhost" | "127.0.0.1" | "[::1]") => return Ok(()),
        _ => return wrong("url is an https address"),
    }
    if authority.as_str() != host && authority.port_u16() != Some(443) {
        return wrong("url is on https's own port");
    }
    if is_public_name(host) { Ok(()) } else { wrong("url names a public host, and not an address") }
}

fn is_public_name(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let host = host.to_ascii_lowercase();
    let last = host.rsplit('.').next().unwrap_or_default();
    // A last label that begins with a digit makes an address of IPv4, in one of its many spellings.
    host.len() <= 253
        && host.contains('.')
        && host.split('.').all(label)
        && !last.starts_with(|c: char| c.is_ascii_digit())
        && !["localhost", "local", "internal", "localdomain", "lan", "intranet"].contains(&last)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn where_nobody_outside_can_be() {
        for good in ["https://hooks.example/x", "https://hooks.example:443/x?y=z", "https://a.b.example"] {
            assert!(check(good, false).is_ok(), "{good}");
        }
        for bad in [
            "",
            "hooks.example",
            "/x",
            "http://hooks.example/",
            "ftp://hooks.example/",
            "https://hooks.example:8443/",
            "https://user@hooks.example/",
            "https://hooks.example/#x",
            "https://hooks.example/a b",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.1/",
            "https://localhost/",
            "https://x.localhost/",
            "https://metadata.google.internal/",
            "https://printer/",
            "https://a..example/",
            "https://hooks.example:/x",
        ] {
            assert_eq!(check(bad, true).unwrap_err().code(), "WEBHOOK_URL_INVALID", "{bad}");
        }
        assert!(check(&format!("https://hooks.example/{}", "x".repeat(1000)), false).is_err());
    }

    #[test]
    fn this_machine_only_where_it_is_allowed() {
        for here in ["http://localhost:4010/x", "http://127.0.0.1:1/", "http://[::1]:1/"] {
            assert!(check(here, true).is_ok(), "{here}");
            assert!(check(here, false).is_err(), "{here}");
        }
        for elsewhere in ["http://10.0.0.1/", "http://localhost.example/", "http://127.0.0.2/", "https://localhost/"] {
            assert!(check(elsewhere, true).is_err(), "{elsewhere}");
        }
    }
}
