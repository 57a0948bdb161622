//! EPUBs for the tests.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

/// The beginning of a PNG, which is all that anybody looks at.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";

/// A book of that title with two chapters that link each other, a picture in the second, and a cover of `size` bytes.
pub(crate) fn book(title: &str, size: usize) -> Vec<u8> {
    let mut cover = PNG.to_vec();
    cover.resize(size.max(PNG.len()), b'c');
    let package = format!(
        r#"<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
        <dc:title>{title}</dc:title><dc:creator>Ann Author</dc:creator><dc:language>en</dc:language><dc:subject>Sea</dc:subject></metadata>
        <manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="b.xhtml" media-type="application/xhtml+xml"/>
        <item id="p" href="p.png" media-type="image/png"/><item id="c" href="c.png" media-type="image/png" properties="cover-image"/></manifest>
        <spine><itemref idref="a"/><itemref idref="b"/></spine></package>"#
    );
    let page = |title: &str, body: &str| {
        format!("<html xmlns=\"http://www.w3.org/1999/xhtml\"><body><h1>{title}</h1>{body}</body></html>")
    };
    zip(&[
        ("mimetype", b"application/epub+zip"),
        (
            "META-INF/container.xml",
            br#"<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="o.opf"/></rootfiles></container>"#,
        ),
        ("o.opf", package.as_bytes()),
        ("a.xhtml", page("One", "<p>Go <a href=\"b.xhtml#x\">on</a>.</p>").as_bytes()),
        ("b.xhtml", page("Two", "<p id=\"x\">Here <img src=\"p.png\" alt=\"a picture\"/></p>").as_bytes()),
        ("p.png", PNG),
        ("c.png", &cover),
    ])
}

/// A ZIP of those files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}
