//! `authorworks-pdf`: an EPUB that AuthorWorks wrote on stdin, a PDF for the printer on stdout.
//!
//! It runs as a process of its own that has no secret and no network, because a book is a stranger's: it limits its
//! own memory and time before it reads the first byte, and whoever starts it (`native/typesetter`) loses nothing when
//! it dies. What a reader of the PDF should know (a picture that cannot be decoded, letters that no font has) is told
//! on stderr, a line each.
//!
//! The fonts are in the program (Libertinus Serif under the SIL Open Font License 1.1, DejaVu Sans Mono under its own
//! free licence: `authorworks-pdf --licences`); what these have not is looked for in the system's folder of fonts.

mod book;
mod compose;
mod fonts;
mod markup;
mod options;
mod pictures;
mod tables;
mod tether;

use std::{
    io::{Read, Write},
    process::ExitCode,
};

use options::{Options, Wish};

/// The longest EPUB, in bytes: the longest that AuthorWorks writes.
const LONGEST: u64 = 64 << 20;
/// The compiler's recursion is as deep as the book's markup, which is at most a few hundred.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let options = match options::parse(std::env::args().skip(1)) {
        Ok(Wish::Typeset(options)) => options,
        Ok(Wish::Licences) => {
            println!("{}", include_str!("../FONTS.txt"));
            return ExitCode::SUCCESS;
        }
        Err(why) => return fail(&why, 2),
    };
    if options.tethered {
        tether::end_with_parent();
    }
    if let Err(why) = limit(&options) {
        return fail(&why, 1);
    }
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || run(&options));
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(why))) => fail(&why, 1),
        Ok(Err(_)) => fail("the typesetter broke off", 1),
        Err(e) => fail(&format!("no thread: {e}"), 1),
    }
}

fn fail(why: &str, code: u8) -> ExitCode {
    eprintln!("authorworks-pdf: {why}");
    ExitCode::from(code)
}

/// What this process may use from here on: then the kernel ends it.
fn limit(options: &Options) -> Result<(), String> {
    let set = |resource: rlimit::Resource, most: u64| {
        let (_, hard) = resource.get().map_err(|e| format!("limits: {e}"))?;
        let most = most.min(hard);
        resource.set(most, most).map_err(|e| format!("limits: {e}"))
    };
    set(rlimit::Resource::AS, options.memory << 20)?;
    set(rlimit::Resource::CPU, options.seconds)
}

fn run(options: &Options) -> Result<(), String> {
    let mut bytes = Vec::new();
    std::io::stdin().take(LONGEST + 1).read_to_end(&mut bytes).map_err(|e| format!("stdin: {e}"))?;
    if bytes.len() as u64 > LONGEST {
        return Err(format!("the EPUB is longer than {LONGEST} bytes"));
    }
    let mut book = book::read(&bytes)?;
    drop(bytes);
    book.notes.iter().for_each(|note| eprintln!("note: {note}"));
    let source = markup::source(&book, options)?;
    let (pdf, notes) = compose::compose(source, std::mem::take(&mut book.pictures))?;
    notes.iter().for_each(|note| eprintln!("note: {note}"));
    std::io::stdout().write_all(&pdf).map_err(|e| format!("stdout: {e}"))
}
