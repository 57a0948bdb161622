//! The one stylesheet, under a path that names its content.

/// The stylesheet.
pub const STYLE: &str = include_str!("style.css");

const PATH: [u8; 27] = path(*b"/style-0123456789abcdef.css", 7, fnv1a(STYLE.as_bytes()));

/// Where the stylesheet is served: `/style-HASH.css`. A changed stylesheet has another path, so it may be cached for ever.
pub const STYLE_PATH: &str = match std::str::from_utf8(&PATH) {
    Ok(path) => path,
    Err(_) => panic!("the path is ASCII"),
};

/// Whether `path` is the path of a stylesheet, this one or one of an earlier release: pages published then still link it.
pub fn is_style_path(path: &str) -> bool {
    names_content(path, "/style-", ".css")
}

/// Whether `path` is a hash between those two.
pub(crate) fn names_content(path: &str, prefix: &str, suffix: &str) -> bool {
    let hash = path.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
    hash.is_some_and(|h| h.len() == 16 && h.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
}

/// FNV-1a, 64 bits (draft-eastlake-fnv): it names the content, it secures nothing.
pub(crate) const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}

/// `out` with the hash, sixteen digits, from the byte `at` on.
pub(crate) const fn path<const N: usize>(mut out: [u8; N], at: usize, hash: u64) -> [u8; N] {
    let mut i = 0;
    while i < 16 {
        out[at + i] = b"0123456789abcdef"[(hash >> (60 - 4 * i)) as usize & 15];
        i += 1;
    }
    out
}
