//! What the scripted origin answers. The driver serves it over raw sockets; port cases rely on it.
//!
//! | target | answer |
//! |---|---|
//! | `/meet?group=G&count=N` | `met` once N requests of the group are there at once; 408 `alone` after 5 s |
//! | `/delay?ms=N` | `slept` after N ms |
//! | `/drip?ms=N` | the head and `first\n` at once, `last\n` after N ms |
//! | `/hold?id=X` | the head and `first\n` at once, `last\n` after `/release?id=X`, or 20 s |
//! | `/wait?id=X` | `released` after `/release?id=X`, or 408 after 20 s |
//! | `/release?id=X` | releases those two |
//! | `/count?key=K` | counts itself, waits 300 ms, answers the count |
//! | `/counted?key=K` | that count |
//! | `/never?id=X` | nothing, until the other side cuts the connection |
//! | `/endless?id=X` | a body without end, until the other side cuts the connection |
//! | `/cut?id=X&wait=N` | `yes` once the connection of `/never` or `/endless` was cut, `no` after N ms |
//! | `/gzip` | [`GZIP`], with `Content-Encoding: gzip` |
//! | `/cookies` | both of [`COOKIES`], as two fields |
//! | `/opaque` | the field `x-opaque` of [`opaque`] bytes |
//! | `/reflect…` | what it was sent, see [`reflected`] |
//! | `/echo` | the request's body |
//! | `/big?bytes=N` | N bytes of [`pattern`] |
//! | `/redirect` | 302 to `/elsewhere` |
//! | `/status/N` | status N; with `Content-Length: 4` and `body` where a body may be |
//! | `/etag` | 304 where `If-None-Match` is `"v1"`, else 200 `body` with that `ETag` |
//! | `/short` | says 1,000 bytes, sends 10, cuts the connection |
//! | `/hang-up` | cuts the connection without an answer |
//! | `/garbage` | bytes that are not HTTP |
//! | `/chunked` | `one,two,three` in three chunks |

/// `hello, gzip\n`, compressed (RFC 1952), with a stored deflate block.
pub const GZIP: &[u8] = &[
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1, 12, 0, 0xf3, 0xff, b'h', b'e', b'l', b'l', b'o', b',', b' ', b'g', b'z',
    b'i', b'p', b'\n', 0x86, 0x1f, 0x82, 0xa4, 12, 0, 0, 0,
];

/// The two values of `Set-Cookie`. The second has a comma, so that a joined field cannot be taken apart again.
pub const COOKIES: [&str; 2] = ["a=1; Path=/; HttpOnly", "b=2; Path=/; Expires=Wed, 25 Nov 2026 08:00:00 GMT"];

/// A header value of every byte that RFC 9110 calls `obs-text`: 0x80 to 0xff, between two letters.
pub fn opaque() -> Vec<u8> {
    let mut value = vec![b'o'];
    value.extend(0x80..=0xff_u8);
    value.push(b'e');
    value
}

/// Fills `out` with what a body of the pattern has from `offset` on. Its period, 251 bytes, is no power of two, so
/// that a lost or doubled chunk shows.
pub fn pattern(offset: u64, out: &mut [u8]) {
    let start = (offset % 251) as u8;
    let mut value = start;
    for byte in out {
        *byte = value;
        value = if value == 250 { 0 } else { value + 1 };
    }
}

/// What `/reflect` answers: `METHOD target`, a line `name=value` per header field in the order received with the
/// value in lower-case hexadecimal, an empty line, `body=` and the body's length.
pub fn reflected<'a>(
    method: &str,
    target: &str,
    headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    body: u64,
) -> String {
    let mut out = format!("{method} {target}\n");
    for (name, value) in headers {
        out.push_str(&name.to_ascii_lowercase());
        out.push('=');
        out.push_str(&hex(value));
        out.push('\n');
    }
    out.push_str(&format!("\nbody={body}\n"));
    out
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).map(|d| char::from(b"0123456789abcdef"[usize::from(d)])).collect()
}
