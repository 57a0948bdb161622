//! Heads of requests and responses as they cross: lines of text, one crossing for all of them.

use aw_platform::{Error, Result};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, request, response};

/// Reads `METHOD\nTARGET\n` and a line `name:value` for each header.
///
/// # Errors
/// What of it is no HTTP: the caller's fault.
pub(crate) fn request(head: Bytes) -> Result<request::Parts, &'static str> {
    let mut lines = Lines(head);
    let method = Method::from_bytes(&lines.next().ok_or("the request has no method")?);
    let target = Uri::from_maybe_shared(lines.next().ok_or("the request has no target")?);
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.method = method.map_err(|_| "the method is not one")?;
    parts.uri = target.map_err(|_| "the URL is not one")?;
    parts.headers = lines.headers()?;
    Ok(parts)
}

/// Reads `STATUS\n` and a line `name:value` for each header.
///
/// # Errors
/// The peer's head is no HTTP.
pub(crate) fn response(head: Bytes) -> Result<response::Parts> {
    let mut lines = Lines(head);
    let (mut parts, ()) = http::Response::new(()).into_parts();
    let status = lines.next().and_then(|s| http::StatusCode::from_bytes(&s).ok());
    parts.status = status.ok_or_else(|| Error::upstream("its response has no status"))?;
    parts.headers = lines.headers().map_err(Error::upstream)?;
    Ok(parts)
}

/// Appends a line `name:value` for each header.
pub(crate) fn write(out: &mut String, headers: &HeaderMap) {
    for (name, value) in headers {
        out.push_str(name.as_str());
        out.push(':');
        push(out, value);
        out.push('\n');
    }
}

/// The status and the names of a response's headers, each on a line.
pub(crate) fn names(out: &mut String, status: StatusCode, headers: &HeaderMap) {
    out.push_str(status.as_str());
    for (name, _) in headers {
        out.push('\n');
        out.push_str(name.as_str());
    }
}

/// The values of a response's headers, each on a line.
pub(crate) fn values(out: &mut String, headers: &HeaderMap) {
    for (n, (_, value)) in headers.iter().enumerate() {
        if n > 0 {
            out.push('\n');
        }
        push(out, value);
    }
}

/// Values are opaque bytes here and strings in JavaScript, which workerd decodes from UTF-8 and encodes as UTF-8: a
/// value that is UTF-8 crosses untouched. Any other cannot be said in workerd; its bytes above 127 go out as the
/// characters with their number.
fn push(out: &mut String, value: &HeaderValue) {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => out.push_str(text),
        Err(_) => out.extend(value.as_bytes().iter().map(|&b| char::from(b))),
    }
}

/// Lines, without copying them.
struct Lines(Bytes);

impl Lines {
    fn headers(&mut self) -> Result<HeaderMap, &'static str> {
        let mut headers = HeaderMap::with_capacity(16);
        for line in self {
            let colon = line.iter().position(|&b| b == b':').ok_or("a header has no colon")?;
            let name = HeaderName::from_bytes(&line[..colon]).map_err(|_| "a header's name is not one")?;
            let value =
                HeaderValue::from_maybe_shared(line.slice(colon + 1..)).map_err(|_| "a header's value is not one")?;
            headers.append(name, value);
        }
        Ok(headers)
    }
}

impl Iterator for Lines {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let end = self.0.iter().position(|&b| b == b'\n')?;
        let line = self.0.split_to(end + 1);
        Some(line.slice(..end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_cross_and_come_back() {
        let parts = request(Bytes::from(
            "PUT\n/a%20b?c=d:e\nhost:x.test\nx-raw:caf\u{e9}\ncookie:a=b\nx-two:1\nx-two:2\nempty:\n",
        ));
        let parts = parts.unwrap();
        assert_eq!((parts.method, parts.uri.to_string()), (Method::PUT, "/a%20b?c=d:e".to_owned()));
        assert_eq!(parts.headers["x-raw"].as_bytes(), "caf\u{e9}".as_bytes());
        let mut out = String::new();
        write(&mut out, &parts.headers);
        assert!(out.contains("x-two:1\nx-two:2\n") && out.contains("x-raw:caf\u{e9}\n") && out.contains("empty:\n"));
        assert_eq!(response(Bytes::from(format!("404\n{out}"))).unwrap().headers, parts.headers);
    }

    #[test]
    fn bytes_that_are_not_utf_8_go_out_as_characters() {
        let mut headers = HeaderMap::new();
        headers.insert("x", HeaderValue::from_bytes(b"caf\xe9").unwrap());
        let mut out = String::new();
        write(&mut out, &headers);
        assert_eq!(out, "x:caf\u{e9}\n");
    }

    #[test]
    fn a_response_crosses_in_columns() {
        let columns = |status, headers: &HeaderMap| {
            let (mut first, mut second) = (String::new(), String::new());
            names(&mut first, status, headers);
            values(&mut second, headers);
            (first, second)
        };
        let mut headers = HeaderMap::new();
        assert_eq!(columns(StatusCode::NOT_FOUND, &headers), ("404".to_owned(), String::new()));
        headers.append("x-a", HeaderValue::from_static("1"));
        headers.append("x-a", HeaderValue::from_static(""));
        assert_eq!(columns(StatusCode::OK, &headers), ("200\nx-a\nx-a".to_owned(), "1\n".to_owned()));
    }

    #[test]
    fn what_is_no_http_is_said() {
        for head in [
            "",
            "GET",
            "GET\n",
            "G T\n/\n",
            "GET\n/a b\n",
            "GET\n/\nno colon\n",
            "GET\n/\nbad name:1\n",
            "GET\n/\nx:\u{1}\n",
        ] {
            assert!(request(Bytes::from(head)).is_err(), "{head:?}");
        }
        assert!(response(Bytes::from("abc\n")).is_err());
    }
}
