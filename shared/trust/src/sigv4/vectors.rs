//! AWS's published vectors: the `aws4_testsuite`, where its cases hold for S3's way with paths, and the examples of the
//! *Amazon S3 API Reference*, "Signature Calculations for the Authorization Header" and "Authenticating Requests: Using
//! Query Parameters".

use http::{HeaderName, HeaderValue, Method, Request, request::Parts};

use super::{Credentials, Instant, Payload, authorization, escape, escape_path, presign, sign};
use crate::{encoding::hex, mac::sha256};

const SUITE: Credentials<'_> = Credentials {
    access_key: "AKIDEXAMPLE",
    secret_key: b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    region: "us-east-1",
    service: "service",
};
/// 2015-08-30T12:36:00Z
const SUITE_TIME: u64 = 1_440_938_160;

const EXAMPLES: Credentials<'_> = Credentials {
    access_key: "AKIAIOSFODNN7EXAMPLE",
    secret_key: b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    region: "us-east-1",
    service: "s3",
};
/// 2013-05-24T00:00:00Z
const EXAMPLES_TIME: u64 = 1_369_353_600;
const HOST: &str = "examplebucket.s3.amazonaws.com";

fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

#[test]
fn the_suite() {
    const ALPHABET: &str = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let unreserved = format!("/{ALPHABET}");
    let unreserved_query = format!("/?{ALPHABET}={ALPHABET}");
    let (utf8, space) = (escape_path("/ሴ"), escape_path("/example space/"));
    let utf8_query = format!("/?{}=bar", escape("ሴ"));
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a [u8], &'a str);
    let form = "application/x-www-form-urlencoded";
    #[rustfmt::skip]
    let cases: &[Case<'_>] = &[
        ("GET", "/", &[], b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("GET", &unreserved, &[], b"", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
        ("GET", &utf8, &[], b"", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
        ("GET", &space, &[], b"", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
        ("GET", "/?Param1=value1", &[], b"", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"),
        ("GET", "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", &[], b"", "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"),
        ("GET", "/?Param2=value2&Param1=value1", &[], b"", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        ("GET", "/?Param1=value2&Param1=Value1", &[], b"", "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"),
        ("GET", "/?Param1=value2&Param1=value1", &[], b"", "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"),
        ("GET", &unreserved_query, &[], b"", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
        ("GET", &utf8_query, &[], b"", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
        ("GET", "/", &[("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")], b"", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
        ("GET", "/", &[("My-Header1", "value4"), ("My-Header1", "value1"), ("My-Header1", "value3"), ("My-Header1", "value2")], b"", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"),
        ("GET", "/", &[("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")], b"", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
        ("POST", "/", &[], b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        ("POST", "/", &[("My-Header1", "value1")], b"", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
        ("POST", "/", &[("My-Header1", "VALUE1")], b"", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
        ("POST", "/?Param1=value1", &[], b"", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"),
        ("POST", "/", &[("Content-Type", form)], b"Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ];
    for (method, target, headers, body, expected) in cases {
        let at = Instant::new(SUITE_TIME);
        let mut request = request(method, target, headers);
        request.headers.insert("host", HeaderValue::from_static("example.amazonaws.com"));
        request.headers.insert("x-amz-date", HeaderValue::from_str(&at.long).unwrap());
        let got = authorization(&request, &SUITE, &at, &hex(&sha256(body))).unwrap();
        assert!(
            got.starts_with(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders="
            ),
            "{got}"
        );
        assert_eq!(got.rsplit('=').next(), Some(*expected), "{method} {target} {headers:?}");
    }
}

#[test]
fn the_examples_of_s3() {
    let date = ("date", "Fri, 24 May 2013 00:00:00 GMT");
    let storage = ("x-amz-storage-class", "REDUCED_REDUNDANCY");
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a [u8], &'a str);
    #[rustfmt::skip]
    let cases: &[Case<'_>] = &[
        ("GET", "/test.txt", &[("range", "bytes=0-9")], b"", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        ("PUT", "/test%24file.text", &[date, storage], b"Welcome to Amazon S3.", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        ("GET", "/?lifecycle", &[], b"", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("GET", "/?max-keys=2&prefix=J", &[], b"", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ];
    for (method, target, headers, body, expected) in cases {
        let mut request = request(method, target, headers);
        sign(&mut request, HOST, &EXAMPLES, EXAMPLES_TIME, Payload::Signed(body)).unwrap();
        let got = request.headers[http::header::AUTHORIZATION].to_str().unwrap();
        assert_eq!(got.rsplit('=').next(), Some(*expected), "{method} {target}: {got}");
    }
}

#[test]
fn the_presigned_example_of_s3() {
    let url = presign(&Method::GET, HOST, "/test.txt", &[], &EXAMPLES, EXAMPLES_TIME, 86_400);
    assert_eq!(
        url,
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}

#[test]
fn unsigned_payloads_and_headers_that_cannot_be_signed() {
    let mut request = request("PUT", "/a", &[]);
    sign(&mut request, HOST, &EXAMPLES, EXAMPLES_TIME, Payload::Unsigned).unwrap();
    assert_eq!(request.headers["x-amz-content-sha256"], "UNSIGNED-PAYLOAD");
    request.headers.insert(HeaderName::from_static("x-amz-meta-name"), HeaderValue::from_bytes(b"\xff").unwrap());
    assert!(sign(&mut request, HOST, &EXAMPLES, EXAMPLES_TIME, Payload::Unsigned).is_err());
    assert!(!format!("{EXAMPLES:?}").contains("wJalr"), "the secret must not be shown");
}
