//! The client against a bucket that checks every signature by itself, from the words of AWS's documentation.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};

use aw_blobs::{BlobError, Blobs, MOST};
use aw_memory::{Memory, MemoryBody};
use aw_model::names;
use aw_platform::{Body, Bytes, Error, Platform, Response, http};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const SECRET: &str = "very-secret-key";
const HOST: &str = "media.example:9000";

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The signature of a canonical request, at a time, in a scope `DATE/REGION/s3/aws4_request`.
fn signature(canonical: &str, time: &str, scope: &str) -> String {
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in scope.split('/') {
        key = hmac(&key, part);
    }
    hex(&hmac(&key, &text))
}

/// Whether the request's `Authorization` is right, covers what it must, and the body is the one that was signed.
fn authorized(request: &http::Request<Bytes>) -> bool {
    let header = |name: &str| request.headers().get(name).map(|v| v.to_str().unwrap()).unwrap_or_default();
    let authorization = header("authorization").strip_prefix("AWS4-HMAC-SHA256 ").unwrap_or_default();
    let field = |name: &str| authorization.split(", ").find_map(|f| f.strip_prefix(name)).unwrap_or_default();
    let Some(scope) = field("Credential=").strip_prefix("access/") else { return false };
    let names: Vec<&str> = field("SignedHeaders=").split(';').collect();
    let covered = ["host", "x-amz-content-sha256", "x-amz-date"].iter().all(|name| names.contains(name));
    let headers: String = names.iter().map(|name| format!("{name}:{}\n", header(name))).collect();
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let payload = header("x-amz-content-sha256");
    let canonical = format!("{}\n{path}\n{query}\n{headers}\n{}\n{payload}", request.method(), names.join(";"));
    covered
        && header("host") == HOST
        && scope.ends_with("/eu-1/s3/aws4_request")
        && payload == hex(&Sha256::digest(request.body()))
        && field("Signature=") == signature(&canonical, header("x-amz-date"), scope)
}

#[derive(Clone, Default)]
struct Bucket {
    objects: Rc<RefCell<BTreeMap<String, (String, Bytes)>>>,
    status: Rc<RefCell<Option<(u16, &'static str)>>>,
}

impl Bucket {
    fn answer(&self, request: &http::Request<Bytes>) -> Response<Memory> {
        if let Some((status, code)) = *self.status.borrow() {
            return refuse(status, code);
        }
        if !authorized(request) {
            return refuse(403, "SignatureDoesNotMatch");
        }
        let path = request.uri().path().to_owned();
        let mut objects = self.objects.borrow_mut();
        match request.method().as_str() {
            "HEAD" if path == "/books" => http::Response::new(Body::Empty),
            "PUT" => {
                assert_eq!(request.headers()["content-length"], request.body().len().to_string());
                let content_type = request.headers()["content-type"].to_str().unwrap().to_owned();
                objects.insert(path, (content_type, request.body().clone()));
                http::Response::new(Body::Empty)
            }
            "DELETE" => {
                objects.remove(&path);
                http::Response::builder().status(204).body(Body::Empty).unwrap()
            }
            method => match objects.get(&path) {
                None if method == "HEAD" => http::Response::builder().status(404).body(Body::Empty).unwrap(),
                None => refuse(404, "NoSuchKey"),
                Some((_, bytes)) if request.headers().contains_key("range") => {
                    ranged(bytes, request.headers()["range"].to_str().unwrap())
                }
                Some((content_type, bytes)) => {
                    let body = if method == "HEAD" { Body::Empty } else { chunked(bytes) };
                    let response =
                        http::Response::builder().header("content-type", content_type).header("etag", "\"e\"");
                    response.header("content-length", bytes.len()).body(body).unwrap()
                }
            },
        }
    }
}

/// RFC 9110, section 14.
fn ranged(bytes: &Bytes, range: &str) -> Response<Memory> {
    let (first, last) = range.strip_prefix("bytes=").and_then(|r| r.split_once('-')).unwrap();
    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
    if first >= bytes.len() {
        return refuse(416, "InvalidRange");
    }
    let body = bytes.slice(first..(last + 1).min(bytes.len()));
    http::Response::builder().status(206).body(Body::from(body)).unwrap()
}

fn chunked(bytes: &Bytes) -> Body<MemoryBody> {
    let half = bytes.len() / 2;
    Body::Native(MemoryBody::chunked([bytes.slice(..half), bytes.slice(half..)]))
}

fn refuse(status: u16, code: &str) -> Response<Memory> {
    let body = format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>no</Message></Error>");
    http::Response::builder().status(status).body(Body::from(body)).unwrap()
}

fn world() -> (Memory, Bucket, Blobs) {
    let (p, bucket) = (Memory::new(), Bucket::default());
    for (name, value) in [
        (names::S3_URL, "https://media.example:9000/"),
        (names::S3_BUCKET, "books"),
        (names::S3_REGION, "eu-1"),
        (names::S3_ACCESS, "access"),
    ] {
        p.set_config(name, value);
    }
    p.set_secret(names::S3_SECRET, SECRET);
    let script = bucket.clone();
    p.backend(names::S3, move |request| {
        let answer = script.answer(&request);
        Box::pin(async { Ok(answer) })
    });
    let blobs = p.block_on(Blobs::build(&p)).unwrap();
    (p, bucket, blobs)
}

#[test]
fn what_is_put_is_got_until_it_is_deleted() {
    let (p, bucket, blobs) = world();
    let keys = ["a", "press/o/0123", "übung/a b+c(1)'!*&=?#%41~.epub", "..a/b.."];
    p.block_on(async {
        blobs.check(&p).await.unwrap();
        for key in keys {
            assert!(blobs.get(&p, key).await.unwrap().is_none(), "{key}");
            assert_eq!(blobs.head(&p, key).await.unwrap(), None, "{key}");
            blobs.delete(&p, key).await.unwrap();
            blobs.put(&p, key, "text/plain", Bytes::from(format!("this is {key}"))).await.unwrap();
        }
        assert_eq!(bucket.objects.borrow().len(), keys.len());
        for key in keys {
            let object = blobs.get(&p, key).await.unwrap().unwrap();
            assert_eq!(object.meta, blobs.head(&p, key).await.unwrap().unwrap());
            assert_eq!(object.meta.content_type.as_deref(), Some("text/plain"));
            assert_eq!((object.meta.size, object.meta.etag.as_deref()), (Some(8 + key.len() as u64), Some("\"e\"")));
            assert!(matches!(object.body, Body::Native(_)), "the body is passed on unread");
            assert_eq!(object.body.bytes(1000).await.unwrap(), format!("this is {key}"));
            blobs.delete(&p, key).await.unwrap();
        }
        assert!(bucket.objects.borrow().is_empty());
        // An object without bytes is an object.
        blobs.put(&p, "empty", "text/plain", Bytes::new()).await.unwrap();
        assert_eq!(blobs.head(&p, "empty").await.unwrap().unwrap().size, Some(0));
    });
}

#[test]
fn a_range_is_what_there_is_of_it() {
    let (p, _, blobs) = world();
    p.block_on(async {
        blobs.put(&p, "a", "text/plain", Bytes::from_static(b"0123456789")).await.unwrap();
        blobs.put(&p, "empty", "text/plain", Bytes::new()).await.unwrap();
        for (key, first, length, expected) in
            [("a", 0, 4, "0123"), ("a", 4, 4, "4567"), ("a", 8, 4, "89"), ("a", 10, 4, ""), ("empty", 0, 4, "")]
        {
            let object = blobs.get_range(&p, key, first, length).await.unwrap().unwrap();
            assert_eq!(object.body.bytes(100).await.unwrap(), expected, "{key} {first}");
        }
        assert!(blobs.get_range(&p, "none", 0, 4).await.unwrap().is_none());
    });
}

#[test]
fn refusals_are_told_apart() {
    let (p, bucket, blobs) = world();
    p.block_on(async {
        *bucket.status.borrow_mut() = Some((404, "NoSuchBucket"));
        let is = |error: BlobError, wanted: u16, name: &str| {
            assert!(
                matches!(&error, BlobError::Refused { status, code } if *status == wanted && code == name),
                "{error}"
            );
            Error::from(error)
        };
        assert!(matches!(is(blobs.get(&p, "a").await.unwrap_err(), 404, "NoSuchBucket"), Error::Internal(_)));
        is(blobs.delete(&p, "a").await.unwrap_err(), 404, "NoSuchBucket");
        is(blobs.check(&p).await.unwrap_err(), 404, "NoSuchBucket");
        *bucket.status.borrow_mut() = Some((503, "SlowDown"));
        let put = blobs.put(&p, "a", "text/plain", Bytes::new()).await;
        assert!(matches!(is(put.unwrap_err(), 503, "SlowDown"), Error::Upstream(_)));
        is(blobs.head(&p, "a").await.unwrap_err(), 503, "SlowDown");
        *bucket.status.borrow_mut() = Some((403, "<script>"));
        is(blobs.get(&p, "a").await.unwrap_err(), 403, "");
        p.backend(names::S3, |_| Box::pin(async { Err(Error::upstream("refused")) }));
        assert!(matches!(blobs.get(&p, "a").await, Err(BlobError::Port(Error::Upstream(_)))));
    });
}

#[test]
fn keys_and_sizes_have_bounds() {
    let (p, bucket, blobs) = world();
    let long = "k".repeat(1025);
    p.block_on(async {
        for key in ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\nb", "a\0", &long] {
            assert!(matches!(blobs.get(&p, key).await, Err(BlobError::Key)), "{key:?}");
            assert!(blobs.presign_put(&p, key, Duration::from_secs(1)).is_err(), "{key:?}");
        }
        let big = Bytes::from(vec![0; MOST + 1]);
        assert!(matches!(blobs.put(&p, "a", "text/plain", big.clone()).await, Err(BlobError::TooLarge)));
        blobs.put(&p, &"k".repeat(1024), "text/plain", big.slice(1..)).await.unwrap();
    });
    assert_eq!(bucket.objects.borrow().len(), 1);
}

#[test]
fn presigned_urls_are_for_the_public_address() {
    let (p, _, blobs) = world();
    for (method, url) in [
        ("GET", blobs.presign_get(&p, "a b/ü", Duration::from_secs(300)).unwrap()),
        ("PUT", blobs.presign_put(&p, "a b/ü", Duration::from_secs(300)).unwrap()),
    ] {
        let (path, query) = url.strip_prefix("https://media.example:9000").unwrap().split_once('?').unwrap();
        assert_eq!(path, "/books/a%20b/%C3%BC");
        let (query, got) = query.split_once("&X-Amz-Signature=").unwrap();
        assert!(query.contains("X-Amz-Expires=300&") && query.contains("X-Amz-Date=20260101T000000Z&"), "{query}");
        let canonical = format!("{method}\n{path}\n{query}\nhost:{HOST}\n\nhost\nUNSIGNED-PAYLOAD");
        assert_eq!(got, signature(&canonical, "20260101T000000Z", "20260101/eu-1/s3/aws4_request"), "{method}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let (p, ..) = world();
    for url in ["media.example", "https://media.example/bucket", "ftp://media.example", "https://", "https://a b"] {
        p.set_config(names::S3_URL, url);
        assert!(matches!(p.block_on(Blobs::build(&p)), Err(BlobError::Setting(names::S3_URL))), "{url}");
    }
    let p = Memory::new();
    for (name, value) in [(names::S3_URL, "https://m.example"), (names::S3_BUCKET, "b"), (names::S3_REGION, "r")] {
        assert!(p.block_on(Blobs::build(&p)).unwrap_err().to_string().contains(name));
        p.set_config(name, value);
    }
    p.set_config(names::S3_ACCESS, "a");
    assert!(p.block_on(Blobs::build(&p)).unwrap_err().to_string().contains(names::S3_SECRET));
    p.set_secret(names::S3_SECRET, "s");
    let blobs = p.block_on(Blobs::build(&p)).unwrap();
    assert!(!format!("{blobs:?}").contains("\"s\""), "the secret must not be shown");
    assert_eq!(p.now() / 1000, 1_767_225_600);
}
