//! What a tenant's names must look like.

use aw_platform::{ApiError, http::Uri};

fn wrong(code: &'static str, why: String) -> ApiError {
    ApiError::new(422, code, why)
}

/// A tenant's id, which is in the name of its database.
pub(super) fn check_id(id: &str) -> Result<(), ApiError> {
    if aw_model::slug::is_slug(id) && id.len() <= 40 {
        return Ok(());
    }
    Err(wrong("TENANT_ID_INVALID", format!("the id {id:?} must be 1 to 40 of a-z 0-9 -, with no hyphen at its ends")))
}

/// The name shown to readers.
pub(super) fn check_name(name: &str) -> Result<(), ApiError> {
    if (1..=200).contains(&name.trim().chars().count()) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(wrong("TENANT_NAME_INVALID", "the name must be 1 to 200 characters".into()))
}

/// The host of a base URL, `http://HOST[:PORT]` or `https://HOST[:PORT]` in lower case and with nothing behind it.
pub(super) fn base_host(base_url: &str) -> Result<String, ApiError> {
    let no = || {
        wrong("TENANT_BASE_URL_INVALID", format!("the base URL {base_url:?} must be https://HOST[:PORT] or http://…"))
    };
    let uri: Uri = base_url.parse().map_err(|_| no())?;
    let plain = matches!(uri.scheme_str(), Some("http" | "https"))
        && uri.path() == "/"
        && uri.query().is_none()
        && !base_url.ends_with(['/', '#'])
        && !base_url.contains(['@', '#'])
        && base_url == base_url.to_ascii_lowercase();
    let host = uri.host().filter(|host| plain && is_host(host)).ok_or_else(no)?;
    Ok(host.to_owned())
}

/// `base_url` for another of its tenant's hosts.
pub fn base_url_for(base_url: &str, host: &str) -> String {
    let (scheme, rest) = base_url.split_once("://").unwrap_or(("https", base_url));
    let port = rest.rsplit_once(':').map_or("", |(_, port)| port);
    if port.is_empty() { format!("{scheme}://{host}") } else { format!("{scheme}://{host}:{port}") }
}

/// The hosts in their order, each once, with the base URL's among them.
pub(super) fn hosts(named: &[String], base_host: String) -> Result<Vec<String>, ApiError> {
    let mut hosts: Vec<String> = named.iter().map(|host| host.to_ascii_lowercase()).collect();
    if let Some(bad) = hosts.iter().find(|host| !is_host(host)) {
        return Err(wrong(
            "TENANT_HOST_INVALID",
            format!("{bad:?} is no host's name; write it without scheme and port"),
        ));
    }
    hosts.push(base_host);
    hosts.sort_unstable();
    hosts.dedup();
    if hosts.len() > 50 {
        return Err(wrong("TENANT_HOSTS_TOO_MANY", "a tenant has at most 50 hosts".into()));
    }
    Ok(hosts)
}

/// A name or IPv4 address of labels `a-z 0-9 -` (RFC 1123, section 2.1).
fn is_host(host: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_scheme_host_and_port() {
        assert_eq!(base_host("https://press.example").unwrap(), "press.example");
        assert_eq!(base_host("http://demo.localhost:4000").unwrap(), "demo.localhost");
        for bad in
            ["press.example", "ftp://x", "https://x/", "https://x/y", "https://x?y", "https://a@x", "https://X", ""]
        {
            assert_eq!(base_host(bad).unwrap_err().status(), 422, "{bad}");
        }
        assert_eq!(base_url_for("http://a.localhost:4000", "b.localhost"), "http://b.localhost:4000");
        assert_eq!(base_url_for("https://a.example", "b.example"), "https://b.example");
    }

    #[test]
    fn hosts_are_names() {
        assert_eq!(hosts(&["B.example".into()], "a.example".into()).unwrap(), ["a.example", "b.example"]);
        for bad in ["b.example:80", "https://b", "b..c", "-b", "b/c", ""] {
            assert_eq!(hosts(&[bad.into()], "a".into()).unwrap_err().status(), 422, "{bad}");
        }
    }
}
