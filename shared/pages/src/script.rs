//! The one script, under a path that names its content: pages that work passkeys have it, and no others.

use crate::style::{fnv1a, names_content, path};

/// The script, a module.
pub const SCRIPT: &str = include_str!("account.js");

const PATH: [u8; 28] = path(*b"/account-0123456789abcdef.js", 9, fnv1a(SCRIPT.as_bytes()));

/// Where the script is served: `/account-HASH.js`. A changed script has another path, so it may be cached for ever.
pub const SCRIPT_PATH: &str = match std::str::from_utf8(&PATH) {
    Ok(path) => path,
    Err(_) => panic!("the path is ASCII"),
};

/// The `Content-Security-Policy` of pages with the script: as other pages', with our own script, which asks us.
pub const SCRIPT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                                 img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Whether `path` is the path of a script, this one or one of an earlier release.
pub fn is_script_path(path: &str) -> bool {
    names_content(path, "/account-", ".js")
}
