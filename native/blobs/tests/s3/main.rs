//! The server as a client sees it.

mod client;

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    time::Duration,
};

use client::{Client, Reply};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("aw-s3-{name}-{}", std::process::id())))
    }

    fn files(&self) -> usize {
        let folders = self.0.join("objects").read_dir().unwrap();
        folders.map(|folder| folder.unwrap().path().read_dir().unwrap().count()).sum()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn is(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert!(reply.text().contains(&format!("<Code>{code}</Code>")), "{}", reply.text());
}

#[test]
fn an_object_lasts_with_its_headers() {
    let folder = Folder::new("lasts");
    let client = Client::start(&folder.0);
    let key = "a b/ü+1.txt";
    let put = client.put(key, b"hello", &[("content-type", "text/plain"), ("x-amz-meta-author", "us")]);
    assert_eq!((put.status, put.header("etag")), (200, "\"5d41402abc4b2a76b9719d911017c592\""));
    let client = client.restart(&folder.0);
    for method in ["GET", "HEAD"] {
        let reply = client.ask(method, key, "", &[], b"");
        assert_eq!(reply.status, 200);
        assert_eq!((reply.header("content-type"), reply.header("x-amz-meta-author")), ("text/plain", "us"));
        assert_eq!(reply.header("content-length"), "5");
        assert_eq!(reply.body, if method == "GET" { &b"hello"[..] } else { b"" });
    }
    assert_eq!(client.ask("DELETE", key, "", &[], b"").status, 204);
    assert_eq!(client.ask("DELETE", key, "", &[], b"").status, 204);
    is(&client.get(key), 404, "NoSuchKey");
    assert_eq!(folder.files(), 0);
}

#[test]
fn what_is_not_what_its_sender_says_replaces_nothing() {
    let folder = Folder::new("digest");
    let client = Client::start(&folder.0);
    client.put("a", b"hello", &[]);
    let md5 = "XUFAKrxLKna5cZ2REBfFkg==";
    assert_eq!(client.put("a", b"hello", &[("content-md5", md5)]).status, 200);
    is(&client.put("a", b"other", &[("content-md5", md5)]), 400, "BadDigest");
    let sha256 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    assert_eq!(client.put("a", b"hello", &[("x-amz-checksum-sha256", sha256)]).status, 200);
    is(&client.put("a", b"other", &[("x-amz-checksum-sha256", sha256)]), 400, "BadDigest");
    assert_eq!(client.get("a").body, b"hello");
    assert_eq!(folder.files(), 1);
    assert_eq!(folder.0.join("incoming").read_dir().unwrap().count(), 0);
}

#[test]
fn what_was_half_written_is_gone_after_a_start() {
    let folder = Folder::new("half");
    drop(Client::start(&folder.0));
    fs::write(folder.0.join("incoming/half"), "x").unwrap();
    let client = Client::start(&folder.0);
    assert!(!folder.0.join("incoming/half").exists());
    assert_eq!(client.put("a", b"1", &[]).status, 200);
}

#[test]
fn ranges_and_conditions() {
    let folder = Folder::new("ranges");
    let client = Client::start(&folder.0);
    client.put("a", b"0123456789", &[]);
    for (range, expected, content_range) in
        [("bytes=2-4", "234", "bytes 2-4/10"), ("bytes=7-", "789", "bytes 7-9/10"), ("bytes=-2", "89", "bytes 8-9/10")]
    {
        let reply = client.ask("GET", "a", "", &[("range", range)], b"");
        assert_eq!((reply.status, reply.text().as_str()), (206, expected));
        assert_eq!(reply.header("content-range"), content_range);
    }
    is(&client.ask("GET", "a", "", &[("range", "bytes=10-")], b""), 416, "InvalidRange");
    let tag = client.get("a").header("etag").to_owned();
    let reply = client.ask("GET", "a", "", &[("if-none-match", &tag)], b"");
    assert_eq!((reply.status, reply.body.len()), (304, 0));
    is(&client.ask("GET", "a", "", &[("if-match", "\"other\"")], b""), 412, "PreconditionFailed");
    is(&client.put("a", b"new", &[("if-none-match", "*")]), 412, "PreconditionFailed");
    is(&client.put("a", b"new", &[("if-match", "\"other\"")]), 412, "PreconditionFailed");
    is(&client.put("b", b"new", &[("if-match", &tag)]), 404, "NoSuchKey");
    assert_eq!(client.put("a", b"new", &[("if-match", &tag)]).status, 200);
    assert_eq!((client.get("a").text().as_str(), folder.files()), ("new", 1));
}

#[test]
fn a_body_that_comes_after_its_refusal_costs_no_connection() {
    let folder = Folder::new("unread");
    let client = Client::start(&folder.0);
    let mut socket = TcpStream::connect(client.addr()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    for _ in 0..2 {
        socket.write_all(b"PUT /books/a HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n").unwrap();
        let mut reply = String::new();
        while !reply.ends_with("</Error>") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            reply.push(byte[0].into());
        }
        assert!(reply.starts_with("HTTP/1.1 403") && !reply.contains("connection: close"), "{reply}");
        socket.write_all(b"hello").unwrap();
    }
}

#[test]
fn of_many_who_want_to_be_first_one_is() {
    let folder = Folder::new("first");
    let client = Client::start(&folder.0);
    let winners = std::thread::scope(|scope| {
        let put = |n: u8| client.put("lock", &[n], &[("if-none-match", "*")]).status == 200;
        let threads: Vec<_> = (0..8).map(|n| scope.spawn(move || put(n).then_some(n))).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect::<Vec<u8>>()
    });
    assert_eq!(winners.len(), 1);
    assert_eq!(client.get("lock").body, winners);
    assert_eq!(folder.files(), 1);
}

#[test]
fn parts_become_one_object() {
    let folder = Folder::new("parts");
    let client = Client::start(&folder.0);
    let begin = client.ask("POST", "film", "uploads=", &[("content-type", "video/mp4")], b"");
    let id = begin.between("<UploadId>", "</UploadId>");
    let large = vec![7_u8; 5 << 20];
    let part = |n: u32, bytes: &[u8]| {
        let reply = client.ask("PUT", "film", &format!("partNumber={n}&uploadId={id}"), &[], bytes);
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.header("etag").to_owned()
    };
    let (first, second) = (part(1, &large), part(2, b"tail"));
    part(3, b"never named");
    let complete = |parts: &[(u32, &str)]| {
        let parts: String = parts
            .iter()
            .map(|(n, tag)| format!("<Part><PartNumber>{n}</PartNumber><ETag>{tag}</ETag></Part>"))
            .collect();
        let body = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
        client.ask("POST", "film", &format!("uploadId={id}"), &[], body.as_bytes())
    };
    is(&complete(&[(2, &second), (1, &first)]), 400, "InvalidPartOrder");
    is(&complete(&[(1, &second)]), 400, "InvalidPart");
    is(&complete(&[(2, &second), (3, "\"x\"")]), 400, "InvalidPart");
    is(&client.get("film"), 404, "NoSuchKey");
    let done = complete(&[(1, &first), (2, &second)]);
    assert_eq!(done.status, 200, "{}", done.text());
    let film = client.get("film");
    assert_eq!((film.body.len(), &film.body[5 << 20..]), ((5 << 20) + 4, &b"tail"[..]));
    assert_eq!(film.header("content-type"), "video/mp4");
    assert!(film.header("etag").ends_with("-2\""));
    is(&complete(&[(1, &first)]), 404, "NoSuchUpload");
    assert_eq!(folder.files(), 1);

    let id = client.ask("POST", "film", "uploads=", &[], b"").between("<UploadId>", "</UploadId>");
    let query = format!("partNumber=1&uploadId={id}");
    client.ask("PUT", "film", &query, &[], b"x");
    assert_eq!(client.ask("DELETE", "film", &format!("uploadId={id}"), &[], b"").status, 204);
    is(&client.ask("PUT", "film", &query, &[], b"x"), 404, "NoSuchUpload");
    assert_eq!(folder.files(), 1);
}

#[test]
fn lists_are_in_order_folded_and_in_pages() {
    let folder = Folder::new("lists");
    let client = Client::start(&folder.0);
    for key in ["l/a", "l/b", "l/b/1", "l/b/2", "l/c/x", "l/d", "m"] {
        client.put(key, b"", &[]);
    }
    for most in [1, 2, 1000] {
        for (delimiter, expected) in
            [("", &["l/a", "l/b", "l/b/1", "l/b/2", "l/c/x", "l/d"][..]), ("/", &["l/a", "l/b", "l/b/", "l/c/", "l/d"])]
        {
            let mut found = client.list("l/", delimiter, most);
            found.sort();
            assert_eq!(found, expected, "{most} {delimiter}");
        }
    }
}

#[test]
fn only_who_signs_comes_in() {
    let folder = Folder::new("signed");
    let client = Client::start(&folder.0);
    client.put("a", b"hello", &[]);
    let url = client.presigned("GET", "a", 60);
    assert_eq!(client.plain("GET", &url, b"").text(), "hello");
    for (url, code) in [
        (url.replace("/a?", "/b?"), "SignatureDoesNotMatch"),
        (url.split('?').next().unwrap().to_owned(), "AccessDenied"),
    ] {
        is(&client.plain("GET", &url, b""), 403, code);
    }
    assert_eq!(client.plain("PUT", &client.presigned("PUT", "b", 60), b"by anyone").status, 200);
    assert_eq!(client.get("b").text(), "by anyone");
    is(&client.as_stranger().get("a"), 403, "SignatureDoesNotMatch");
    is(&client.in_bucket("other").get("a"), 404, "NoSuchBucket");
}
