//! AWS's published vectors: the `aws4_testsuite`, where its cases hold for S3's way with paths, and the examples of the
//! *Amazon S3 API Reference*, "Signature Calculations for the Authorization Header" and "Authenticating Requests: Using
//! Query Parameters".

use http::{HeaderName, HeaderValue, Method, Request, request::Parts};

use super::{Credentials, Instant, Payload, Presigned, authorization, escape, escape_path, presign, sign};
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
fn the_suite_by_query() {
    const ALPHABET: &str = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let unreserved = format!("/{ALPHABET}");
    let (utf8, space) = (escape_path("/ሴ"), escape_path("/example space/"));
    type Pairs<'a> = &'a [(&'a str, &'a str)];
    type Case<'a> = (&'a str, &'a str, Pairs<'a>, Pairs<'a>, &'a str);
    let token = ("X-Amz-Security-Token", "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267");
    #[rustfmt::skip]
    let cases: &[Case<'_>] = &[
        ("GET", "/", &[], &[], "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"),
        ("GET", &utf8, &[], &[], "10eae3f14a260bd3911cc6d008d3c576d143b05b62f09782a7a4b37f52178e44"),
        ("GET", &space, &[], &[], "7a1f416954786484c9824d93c1f26ef64acb9b1b6c9154d08c9f07d0e394abf6"),
        ("GET", &unreserved, &[], &[], "95968482db1b9e0fadef6efc1bd24689f77c77d9ef56919c96a28cc92e0d6005"),
        ("GET", "/", &[("Param-3", "Value3"), ("Param", "Value2"), ("ሴ", "Value1")], &[], "c5f1848ceec943ac2ca68ee720460c23aaae30a2300586597ada94c4a65e4787"),
        ("GET", "/", &[("Param2", "value2"), ("Param1", "value1")], &[], "86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5"),
        ("GET", "/", &[(ALPHABET, ALPHABET)], &[], "8e76a88a7433637b12778d5592799b29ad21ecd6cf6325051c21d86f0acda2bf"),
        ("GET", "/", &[("ሴ", "bar")], &[], "0bdd809b1519ac4f0c1dc3540e2cc46bd0c7f778eda408b2ebf3b913d21ff600"),
        ("POST", "/", &[], &[], "2ce6e6d2e0cf2f9d1b55fafec88cd20574c31dc2e7631979f71ba2310083e95b"),
        ("POST", "/", &[("Param1", "value1")], &[], "a9ef26247f293bffe40eeff86a0480ba8c14d31503b2e0c3399e3a16bf1a3682"),
        ("POST", "/", &[], &[("my-header1", "VALUE1")], "0698bc9e4f7f9139065ba2909c0e99da257e8e2a42492a097bcd46d792391fed"),
        ("GET", "/", &[], &[("my-header2", " \"a   b   c\""), ("my-header1", " value1")], "e7bb0fd515e125e1aec2ecc4c0c17484fb06f6846b927c35e46005dd3df3acd4"),
        ("GET", "/", &[token], &[], "7ff2b50b376cb4d151970630573d6291dc128cc5c2a12ffb237f73cc53f67b6c"),
    ];
    for (method, path, query, headers, expected) in cases {
        let method = method.parse().unwrap();
        let request = Presigned { method: &method, host: "example.amazonaws.com", path, query, headers };
        // The suite is not S3's: what is signed of the body is that it is empty.
        let got = request.target_for(&SUITE, SUITE_TIME, 3600, &hex(&sha256(b"")));
        assert_eq!(got.rsplit('=').next(), Some(*expected), "{method} {path} {query:?} {headers:?}: {got}");
    }
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
