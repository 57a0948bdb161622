//! The one stylesheet, under a path that names its content.

/// The stylesheet.
pub const STYLE: &str = include_str!("style.css");

const HASH: u64 = fnv1a(STYLE.as_bytes());
const PATH: [u8; 27] = path(HASH);

/// Where the stylesheet is served: `/style-HASH.css`. A changed stylesheet has another path, so it may be cached for ever.
pub const STYLE_PATH: &str = match std::str::from_utf8(&PATH) {
    Ok(path) => path,
    Err(_) => panic!("the path is ASCII"),
};

/// Whether `path` is the path of a stylesheet, this one or one of an earlier release: pages published then still link it.
pub fn is_style_path(path: &str) -> bool {
    let hash = path.strip_prefix("/style-").and_then(|rest| rest.strip_suffix(".css"));
    hash.is_some_and(|h| h.len() == 16 && h.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
}

/// FNV-1a, 64 bits (draft-eastlake-fnv): it names the content, it secures nothing.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}

const fn path(hash: u64) -> [u8; 27] {
    let mut out = *b"/style-0123456789abcdef.css";
    let mut i = 0;
    while i < 16 {
        out[7 + i] = b"0123456789abcdef"[(hash >> (60 - 4 * i)) as usize & 15];
        i += 1;
    }
    out
}
