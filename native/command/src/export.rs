//! `authorworks export`: a book becomes a file.

use std::{fs, path::PathBuf, process::ExitCode};

use http::Method;
use serde_json::json;

use crate::{
    data::DataArgs,
    failure::Failure,
    operator::{Operator, escape},
};

/// Write a book to a file, as it is now, published or not
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The book's slug or id
    book: String,
    /// The tenant's id
    #[arg(long)]
    tenant: String,
    /// As EPUB 3.3
    #[arg(long, required = true)]
    epub: bool,
    /// The file; one that is there is replaced
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// One object
    #[arg(long)]
    json: bool,
}

/// Exports the book.
///
/// # Errors
/// The origin does not run, has no such book, or says no; the file cannot be written.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (operator, _) = Operator::of(&args.data)?;
    let path = format!("/v1/books/{}/exports/epub", escape(&args.book));
    let answer = operator.ask(Method::GET, &path, Some(&args.tenant), &[], Vec::new())?;
    if answer.status != 200 {
        answer.data()?;
        return Err(Failure::new(format!("{}: the origin gave no file", args.book)));
    }
    let file = args.output.display();
    // Beside it first: what is there stays whole until the new one is.
    let name = args.output.file_name().ok_or_else(|| Failure::new(format!("{file}: it is no file's name")))?;
    let mut part = name.to_owned();
    part.push(".part");
    let part = args.output.with_file_name(part);
    let unwritable = |e: std::io::Error| Failure::new(format!("{file}: it cannot be written: {e}"));
    fs::write(&part, &answer.bytes).and_then(|()| fs::rename(&part, &args.output)).map_err(|e| {
        let _ = fs::remove_file(&part);
        unwritable(e)
    })?;
    if args.json {
        println!("{}", json!({ "file": file.to_string(), "bytes": answer.bytes.len() }));
    } else {
        println!("Wrote {file}: {} kB", answer.bytes.len().div_ceil(1000));
    }
    Ok(ExitCode::SUCCESS)
}
