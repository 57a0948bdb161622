//! The server as the origin's own client sees it.

use std::{fs, path::PathBuf, time::Duration};

use aw_blobs::{BlobError, Blobs, Served};
use aw_memory::{Memory, MemoryBody};
use aw_model::names;
use aw_platform::{Body, Bytes, Error, http};
use aw_s3::{Credentials, Running, S3};

const SECRET: &str = "a secret";

struct World {
    p: Memory,
    blobs: Blobs,
    running: Option<Running>,
    folder: PathBuf,
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into()
}

/// Sends a request to the server at `base`.
fn send(base: &str, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Error> {
    let (mut head, body) = request.into_parts();
    head.uri = format!("{base}{}", head.uri).parse().unwrap();
    let request = http::Request::from_parts(head, body.to_vec());
    let (head, mut body) = agent().run(request).map_err(|e| Error::upstream(e.to_string()))?.into_parts();
    let bytes = body.with_config().limit(64 << 20).read_to_vec().map_err(|e| Error::upstream(e.to_string()))?;
    Ok(http::Response::from_parts(head, bytes.into()))
}

impl World {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("aw-s3-ours-{name}-{}", std::process::id()));
        let credentials = Credentials { access_key: "us".into(), secret_key: SECRET.into() };
        let running = S3::start(&folder, ([127, 0, 0, 1], 0).into(), "books", credentials).unwrap();
        let base = format!("http://{}", running.addr());
        let p = Memory::new();
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        p.advance(now - Duration::from_millis(aw_platform::Platform::now(&p)));
        for (name, value) in [
            (names::S3_URL, base.as_str()),
            (names::S3_BUCKET, "books"),
            (names::S3_REGION, "eu-1"),
            (names::S3_ACCESS, "us"),
        ] {
            p.set_config(name, value);
        }
        p.set_secret(names::S3_SECRET, SECRET);
        p.backend(names::S3, move |request| {
            let answer = send(&base, request).map(|response| response.map(Body::<MemoryBody>::from));
            Box::pin(async { answer })
        });
        let blobs = p.block_on(Blobs::build(&p)).unwrap();
        Self { p, blobs, running: Some(running), folder }
    }

    fn plain(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, Bytes) {
        let mut request = http::Request::builder().method(method).uri(url);
        for (name, value) in headers.iter().filter(|(name, _)| *name != "content-length") {
            request = request.header(*name, *value);
        }
        let response = send("", request.body(Bytes::copy_from_slice(body)).unwrap()).unwrap();
        (response.status().as_u16(), response.into_body())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.running = None;
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn objects_are_put_got_copied_and_deleted() {
    let World { p, blobs, .. } = &World::new("objects");
    p.block_on(async {
        blobs.check(p).await.unwrap();
        for key in ["a", "press/o/0123", "übung/a b+c(1)'!*&=?#%41~.epub", "..a/b.."] {
            assert!(blobs.get(p, key).await.unwrap().is_none());
            blobs.put(p, key, "text/plain", Bytes::from(format!("this is {key}"))).await.unwrap();
            let meta = blobs.head(p, key).await.unwrap().unwrap();
            assert_eq!(meta.size, Some(8 + key.len() as u64));
            let part = blobs.get_range(p, key, 5, 3).await.unwrap().unwrap();
            assert_eq!(part.body.bytes(100).await.unwrap(), "is ");
            let etag = meta.etag.unwrap();
            assert!(blobs.copy(p, key, &etag, "copy of/ü").await.unwrap());
            assert!(!blobs.copy(p, key, "\"other\"", "never").await.unwrap());
            let copy = blobs.get(p, "copy of/ü").await.unwrap().unwrap();
            assert_eq!(copy.body.bytes(100).await.unwrap(), format!("this is {key}"));
            blobs.delete(p, key).await.unwrap();
            assert!(!blobs.copy(p, key, &etag, "never").await.unwrap());
        }
        assert_eq!(blobs.list(p, "copy ").await.unwrap(), ["copy of/ü"]);
        assert!(blobs.get(p, "never").await.unwrap().is_none());
    });
}

#[test]
fn an_upload_in_parts_is_listed_completed_and_aborted() {
    let World { p, blobs, .. } = &World::new("parts");
    p.block_on(async {
        let id = blobs.begin_upload(p, "f/film").await.unwrap();
        let large = Bytes::from(vec![7; 5 << 20]);
        let mut etags = Vec::new();
        for number in 1..=3 {
            etags.push(blobs.put_part(p, ("f/film", &id, number), large.clone()).await.unwrap());
        }
        etags.push(blobs.put_part(p, ("f/film", &id, 4), Bytes::from_static(b"tail")).await.unwrap());
        let page = blobs.parts(p, ("f/film", &id), 0, 2).await.unwrap().unwrap();
        assert_eq!((page.parts.len(), page.next), (2, Some(2)));
        let page = blobs.parts(p, ("f/film", &id), 2, 2).await.unwrap().unwrap();
        assert_eq!((page.parts[1].size, &page.parts[1].etag, page.next), (4, &etags[3], None));
        let begun = blobs.uploads(p, "f/").await.unwrap();
        assert_eq!((begun[0].key.as_str(), &begun[0].id), ("f/film", &id));
        assert!(blobs.uploads(p, "g/").await.unwrap().is_empty());
        let named: Vec<_> = etags.iter().zip(1..).map(|(etag, number)| (number, etag.as_str())).collect();
        let wrong = blobs.complete_upload(p, ("f/film", &id), &[(1, named[3].1)]).await.unwrap_err();
        assert!(matches!(wrong, BlobError::Refused { code, .. } if code == "InvalidPart"));
        blobs.complete_upload(p, ("f/film", &id), &named).await.unwrap();
        assert_eq!(blobs.head(p, "f/film").await.unwrap().unwrap().size, Some((15 << 20) + 4));
        assert_eq!(blobs.parts(p, ("f/film", &id), 0, 2).await.unwrap(), None);
        let gone = blobs.put_part(p, ("f/film", &id, 1), Bytes::from_static(b"x")).await.unwrap_err();
        assert!(matches!(gone, BlobError::Refused { code, .. } if code == "NoSuchUpload"));
        let id = blobs.begin_upload(p, "f/film").await.unwrap();
        blobs.abort_upload(p, "f/film", &id).await.unwrap();
        blobs.abort_upload(p, "f/film", &id).await.unwrap();
        assert!(blobs.uploads(p, "").await.unwrap().is_empty());
    });
}

#[test]
fn what_is_pinned_is_checked_by_the_store() {
    let world = World::new("pinned");
    let World { p, blobs, .. } = &world;
    let life = Duration::from_secs(60);
    let sum = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    let signed = blobs.presign_put_of(p, "f/hello", life, 5, Some(sum)).unwrap();
    let headers: Vec<_> = signed.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(world.plain("PUT", &signed.url, &headers, b"hello!").0, 403, "another length");
    assert_eq!(world.plain("PUT", &signed.url, &headers, b"other").0, 400, "another checksum");
    assert_eq!(world.plain("PUT", &signed.url, &[], b"hello").0, 403, "no checksum");
    assert_eq!(world.plain("PUT", &signed.url, &headers, b"hello").0, 200);
    assert_eq!(p.block_on(blobs.head(p, "f/hello")).unwrap().unwrap().sha256.as_deref(), Some(sum));
    let served =
        Served { content_type: Some("text/x"), disposition: Some("attachment; filename=\"a b\""), ..Served::default() };
    let url = blobs.presign_get_as(p, "f/hello", life, served).unwrap();
    let (status, body) = world.plain("GET", &url, &[("range", "bytes=1-3")], b"");
    assert_eq!((status, &body[..]), (206, &b"ell"[..]));
    let id = p.block_on(blobs.begin_upload(p, "f/b")).unwrap();
    let part = blobs.presign_part(p, ("f/b", &id, 1), life, 3).unwrap();
    assert_eq!(world.plain("PUT", &part.url, &[], b"four").0, 403);
    assert_eq!(world.plain("PUT", &part.url, &[], b"abc").0, 200);
    assert_eq!(p.block_on(blobs.parts(p, ("f/b", &id), 0, 9)).unwrap().unwrap().parts[0].size, 3);
}
