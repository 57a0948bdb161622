//! RFC 9421, appendix B.2.5.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{Request, request::Parts};

use super::{base, input};
use crate::mac::hmac;

/// The shared secret of appendix B.1.5.
const SECRET: &str = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";

/// The request of appendix B.2.
fn request() -> Parts {
    let request = Request::post("/foo?param=Value&Pet=dog")
        .header("host", "example.com")
        .header("date", "Tue, 20 Apr 2021 02:07:55 GMT")
        .header("content-type", "application/json")
        .header("content-length", "18");
    request.body(()).unwrap().into_parts().0
}

#[test]
fn b_2_5() {
    let (request, parts) = (request(), r#"("date" "@authority" "content-type")"#);
    let header = format!(r#"aw={parts};created=1618884473;keyid="test-shared-secret""#);
    let input = input::parse(header.as_bytes()).unwrap();
    let params = input.serialize();
    assert_eq!(params, header["aw=".len()..]);
    let base = base::build(&request, "example.com", &input, &params).unwrap();
    assert_eq!(
        base,
        "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\
         \"@authority\": example.com\n\
         \"content-type\": application/json\n\
         \"@signature-params\": (\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\""
    );
    let mac = hmac(&STANDARD.decode(SECRET).unwrap(), &[base.as_bytes()]);
    let signature = input::signature(b"aw=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:").unwrap();
    assert_eq!(mac[..], signature);
}

/// Section 2.2: the examples of the derived components that we use, and of a field with several lines (section 2.1).
#[test]
fn components() {
    let cases = [
        ("https://www.example.com/path?param=value", "\"@path\": /path\n\"@query\": ?param=value\n"),
        ("https://www.example.com/path", "\"@path\": /path\n\"@query\": ?\n"),
        ("https://www.example.com", "\"@path\": /\n\"@query\": ?\n"),
        ("/path?", "\"@path\": /path\n\"@query\": ?\n"),
        ("/path?queryString", "\"@path\": /path\n\"@query\": ?queryString\n"),
    ];
    for (target, expected) in cases {
        let request = Request::get(target).body(()).unwrap().into_parts().0;
        let input = input::parse(br#"aw=("@path" "@query")"#).unwrap();
        let base = base::build(&request, "", &input, "").unwrap();
        assert_eq!(base, format!("{expected}\"@signature-params\": "), "{target}");
    }
    let request = Request::get("/").header("cache-control", "max-age=60").header("cache-control", "   must-revalidate");
    let request = request.body(()).unwrap().into_parts().0;
    let input = input::parse(br#"aw=("@method" "@authority" "cache-control")"#).unwrap();
    assert_eq!(
        base::build(&request, "WWW.example.com", &input, "()").unwrap(),
        "\"@method\": GET\n\"@authority\": www.example.com\n\"cache-control\": max-age=60, must-revalidate\n\
         \"@signature-params\": ()"
    );
}
