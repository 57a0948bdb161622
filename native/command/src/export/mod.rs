//! `authorworks export`: a book becomes a file.

mod pdf;

use std::{fs, path::PathBuf, process::ExitCode};

use clap::ValueEnum;
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
    #[arg(long, required_unless_present = "pdf")]
    epub: bool,
    /// As a PDF for print; its typesetter is built the first time, which takes minutes
    #[arg(long, conflicts_with = "epub")]
    pdf: bool,
    /// The size of the PDF's pages after cutting
    #[arg(long, value_enum, default_value_t, requires = "pdf")]
    trim: Trim,
    /// The PDF begins with the book's cover: for the screen
    #[arg(long, requires = "pdf")]
    with_cover: bool,
    /// The file; one that is there is replaced
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// One object
    #[arg(long)]
    json: bool,
}

/// A size of pages, in inches but for A5.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Trim {
    #[value(name = "5x8")]
    Small,
    #[value(name = "5.25x8")]
    Novel,
    #[default]
    #[value(name = "5.5x8.5")]
    Digest,
    #[value(name = "6x9")]
    Trade,
    #[value(name = "a5")]
    A5,
}

impl Trim {
    /// As the API has it.
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// Exports the book.
///
/// # Errors
/// The origin does not run, has no such book, or says no; it cannot be typeset; the file cannot be written.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (operator, _) = Operator::of(&args.data)?;
    let bytes = if args.pdf { pdf::pdf(args, &operator)? } else { epub(args, &operator)? };
    let file = args.output.display();
    // Beside it first: what is there stays whole until the new one is.
    let name = args.output.file_name().ok_or_else(|| Failure::new(format!("{file}: it is no file's name")))?;
    let mut part = name.to_owned();
    part.push(".part");
    let part = args.output.with_file_name(part);
    fs::write(&part, &bytes).and_then(|()| fs::rename(&part, &args.output)).map_err(|e| {
        let _ = fs::remove_file(&part);
        Failure::new(format!("{file}: it cannot be written: {e}"))
    })?;
    if args.json {
        println!("{}", json!({ "file": file.to_string(), "bytes": bytes.len() }));
    } else {
        println!("Wrote {file}: {} kB", bytes.len().div_ceil(1000));
    }
    Ok(ExitCode::SUCCESS)
}

fn epub(args: &Args, operator: &Operator) -> Result<Vec<u8>, Failure> {
    let path = format!("/v1/books/{}/exports/epub", escape(&args.book));
    let answer = operator.ask(Method::GET, &path, Some(&args.tenant), &[], Vec::new())?;
    if answer.status != 200 {
        answer.data()?;
        return Err(Failure::new(format!("{}: the origin gave no file", args.book)));
    }
    Ok(answer.bytes)
}
