//! The typesetter as a process of its own: what it does to itself it does to nobody else.

use std::{
    io::{Read, Write},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// The longest PDF, in bytes.
const LONGEST: u64 = 1 << 30;
/// How much of what the process says is kept, in bytes.
const WORDS: u64 = 64 << 10;

/// What came of it.
pub(super) enum End {
    /// The PDF, and what its reader should know.
    Pdf(Vec<u8>, Vec<String>),
    /// Why the book cannot be typeset.
    Refused(String),
    /// Nobody wants it any more.
    Unwanted,
}

/// Typesets the EPUB. `wanted` is asked every now and then.
///
/// # Errors
/// The process cannot be run at all.
pub(super) fn typeset(
    program: &Path,
    epub: &[u8],
    arguments: &[&str],
    mut wanted: impl FnMut() -> bool,
) -> std::io::Result<End> {
    let mut child = Command::new(program)
        .args(arguments)
        .arg("--tethered")
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (input, output, words) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        // One that ends before it has read all has said why.
        scope.spawn(move || input.map(|mut input| input.write_all(epub)));
        let output = scope.spawn(move || read(output, LONGEST));
        let words = scope.spawn(move || read(words, WORDS));
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if !wanted() {
                end(&mut child);
                return Ok(End::Unwanted);
            }
            thread::sleep(Duration::from_millis(100));
        };
        let pdf = output.join().unwrap_or_default();
        let words = String::from_utf8_lossy(&words.join().unwrap_or_default()).into_owned();
        if status.success() && !pdf.is_empty() {
            let notes = words.lines().filter_map(|line| line.strip_prefix("note: ")).map(str::to_owned);
            return Ok(End::Pdf(pdf, notes.collect()));
        }
        let why = words.lines().rev().find_map(|line| line.strip_prefix("authorworks-pdf: "));
        // Who was killed had no last word: its own limits did it.
        let why = why.filter(|_| status.code().is_some()).map(str::to_owned);
        let limits = "the book takes more memory or time to typeset than there is";
        Ok(End::Refused(why.unwrap_or_else(|| limits.to_owned())))
    })
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn read(from: Option<impl Read>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        let _ = from.take(most).read_to_end(&mut bytes);
    }
    bytes
}
