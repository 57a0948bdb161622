//! Cookies, in and out (RFC 6265).

use http::{HeaderMap, HeaderValue, header};

/// The access token.
pub const ACCESS: &str = "aw_access";
/// The refresh token.
pub const REFRESH: &str = "aw_refresh";
/// The CSRF token, which a page's script may read.
pub const CSRF: &str = "aw_csrf";
/// What ties a login that is at an identity provider to the browser that began it.
pub const COOKIE_OIDC: &str = "aw_oidc";
/// How long a browser keeps them, in seconds: as long as a refresh token can live. An access token is void long before;
/// that its cookie is still there says that there is a session to refresh.
pub const AGE: u32 = 30 * 86_400;

/// The value of the first cookie of that name.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(n, _)| *n == name).map(|(_, value)| value.trim_matches('"'))
}

/// A cookie to set.
#[derive(Clone, Copy, Debug)]
pub struct Cookie<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value; empty to forget it.
    pub value: &'a str,
    /// Where it is sent.
    pub path: &'a str,
    /// Whether a script may read it.
    pub readable: bool,
    /// Whether it is for TLS only.
    pub secure: bool,
}

impl Cookie<'_> {
    /// Appends `Set-Cookie`. A value that no cookie can have is left out.
    pub fn append(&self, headers: &mut HeaderMap) {
        let Self { name, value, path, readable, secure } = *self;
        let age = if value.is_empty() { 0 } else { AGE };
        let only = if readable { "" } else { "; HttpOnly" };
        let tls = if secure { "; Secure" } else { "" };
        let ok = |b: u8| b.is_ascii_graphic() && !b"\",;\\".contains(&b);
        let text = format!("{name}={value}; Path={path}; Max-Age={age}; SameSite=Lax{only}{tls}");
        if value.bytes().all(ok)
            && let Ok(value) = HeaderValue::from_str(&text)
        {
            headers.append(header::SET_COOKIE, value);
        }
    }
}
