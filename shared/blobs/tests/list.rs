//! Lists, as stores write them.

use std::{cell::RefCell, rc::Rc};

use aw_blobs::{BlobError, Blobs, Listed, Listing};
use aw_memory::Memory;
use aw_model::names;
use aw_platform::{Body, http};

/// A store that answers with these texts, one after the other, and what it was asked.
fn store(answers: &[&str]) -> (Memory, Blobs, Rc<RefCell<Vec<String>>>) {
    let p = Memory::new();
    let settings = [
        (names::S3_URL, "https://media.example"),
        (names::S3_BUCKET, "books"),
        (names::S3_REGION, "eu-1"),
        (names::S3_ACCESS, "access"),
    ];
    settings.iter().for_each(|(name, value)| p.set_config(name, value));
    p.set_secret(names::S3_SECRET, "secret");
    let asked = Rc::<RefCell<Vec<String>>>::default();
    let (log, mut answers) = (asked.clone(), answers.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
    answers.reverse();
    let answers = RefCell::new(answers);
    p.backend(names::S3, move |request| {
        log.borrow_mut().push(format!("{} {}", request.method(), request.uri()));
        let text = answers.borrow_mut().pop().expect("an answer");
        Box::pin(async { Ok(http::Response::new(Body::from(text))) })
    });
    let blobs = p.block_on(Blobs::build(&p)).unwrap();
    (p, blobs, asked)
}

#[test]
fn pages_follow_one_another() {
    let first = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
        <IsTruncated>true</IsTruncated><NextContinuationToken>a/b+c=</NextContinuationToken>\
        <Contents><Key>o/t/1</Key><Size>7</Size><ETag>&quot;x&quot;</ETag></Contents>\
        <Contents><Key>o/t/a&amp;b</Key><Size>0</Size></Contents></ListBucketResult>";
    let last = "<ListBucketResult><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>o/</Prefix></CommonPrefixes>\
        <CommonPrefixes><Prefix>f/</Prefix></CommonPrefixes></ListBucketResult>";
    let (p, blobs, asked) = store(&[first, last]);
    let listed = |key: &str, size| Listed { key: key.to_owned(), size };
    let page = p.block_on(blobs.page(&p, "o/t/", None, None)).unwrap();
    assert_eq!(page.objects, [listed("o/t/1", 7), listed("o/t/a&b", 0)]);
    assert_eq!(page.next.as_deref(), Some("a/b+c="));
    let folded = p.block_on(blobs.page(&p, "", Some('/'), page.next.as_deref())).unwrap();
    assert_eq!(folded, Listing { prefixes: vec!["o/".into(), "f/".into()], ..Listing::default() });
    assert_eq!(
        *asked.borrow(),
        [
            "GET /books?list-type=2&prefix=o%2Ft%2F",
            "GET /books?continuation-token=a%2Fb%2Bc%3D&delimiter=%2F&list-type=2&prefix="
        ]
    );
}

#[test]
fn what_is_no_list_is_an_error_and_no_empty_one() {
    for text in [
        "",
        "<html>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
    ] {
        let (p, blobs, _) = store(&[text]);
        let error = p.block_on(blobs.page(&p, "", None, None)).unwrap_err();
        assert!(matches!(error, BlobError::Refused { status: 500, .. }), "{text}: {error}");
    }
}

#[test]
fn uploads_are_ended_each_by_its_id() {
    let list = "<ListMultipartUploadsResult><Upload><Key>f/t/a b</Key><UploadId>x/1</UploadId></Upload>\
        </ListMultipartUploadsResult>";
    let (p, blobs, asked) = store(&[list, ""]);
    assert_eq!(p.block_on(blobs.end_uploads(&p, "f/t/")).unwrap(), 1);
    assert_eq!(*asked.borrow(), ["GET /books?prefix=f%2Ft%2F&uploads=", "DELETE /books/f/t/a%20b?uploadId=x%2F1"]);
}
