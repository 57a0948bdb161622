//! `authorworks import`: a book comes in.

mod folder;
mod waiting;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use aw_model::Access;
use http::Method;
use serde_json::{Value, json};

use crate::{
    data::{DataArgs, at},
    failure::Failure,
    operator::{Operator, escape},
};
use waiting::Waiting;

/// The longest file that the origin takes, in bytes.
const MOST: u64 = 256 << 20;

/// Import a book: an EPUB, a Markdown or HTML file, or a folder of Markdown
///
/// It is a draft until it is published. A file that cannot be read leaves nothing behind.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file or folder
    file: PathBuf,
    /// The tenant's id
    #[arg(long)]
    tenant: String,
    /// Who may read its chapters: free, members or tier:NAME [default: free]
    #[arg(long)]
    access: Option<Access>,
    #[command(flatten)]
    data: DataArgs,
    /// One object
    #[arg(long)]
    json: bool,
}

/// Imports the file.
///
/// # Errors
/// It cannot be read, the origin does not run or says no: with the file and the reason.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let source = Source::read(&args.file)?;
    let (operator, _) = Operator::of(&args.data)?;
    let book = import(&operator, &args.tenant, source, args.access.as_ref())
        .map_err(|failure| Failure::new(format!("{}: {failure}", args.file.display())))?;
    if args.json {
        println!("{book}");
        return Ok(ExitCode::SUCCESS);
    }
    let text = |field: &str| book[field].as_str().unwrap_or_default().to_owned();
    let chapters = match &book["chapters"] {
        Value::Array(chapters) => format!(", {} chapters", chapters.len()),
        Value::Number(chapters) => format!(", {chapters} chapters"),
        _ => String::new(),
    };
    println!("Imported {} as {}{chapters}", text("title"), text("slug"));
    println!("Next: cargo aw publish {} --tenant {}{}", text("slug"), args.tenant, args.data.shown());
    Ok(ExitCode::SUCCESS)
}

/// A book as it is sent.
pub(crate) struct Source {
    kind: &'static str,
    name: String,
    bytes: Vec<u8>,
}

impl Source {
    /// Reads a file, or packs a folder.
    ///
    /// # Errors
    /// It is not there, too long, or of a kind that cannot be imported.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let metadata = path.metadata().map_err(at(path))?;
        let name = path.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        let name = name.unwrap_or_else(|| "book".to_owned());
        if metadata.is_dir() {
            return Ok(Self { kind: "folder", name, bytes: folder::pack(path, MOST)? });
        }
        let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let kind = match extension.as_str() {
            "epub" => "epub",
            "md" | "markdown" => "markdown",
            "html" | "htm" | "xhtml" => "html",
            "zip" => "folder",
            _ => {
                let kinds = "an .epub, .md, .html or .zip file, or a folder";
                return Err(Failure::new(format!("{}: cannot be imported: name {kinds}", path.display())));
            }
        };
        if metadata.len() > MOST {
            return Err(Failure::new(format!("{}: longer than {} MB", path.display(), MOST >> 20)));
        }
        Ok(Self { kind, name, bytes: fs::read(path).map_err(at(path))? })
    }
}

/// Has the origin read the book and say who may read its chapters; the book as it was made. What fails leaves
/// nothing behind.
///
/// # Errors
/// The origin cannot be reached or says no.
pub(crate) fn import(
    operator: &Operator,
    tenant: &str,
    source: Source,
    access: Option<&Access>,
) -> Result<Value, Failure> {
    let Source { kind, name, bytes } = source;
    let id = id()?;
    let what = format!("{name} ({} kB)", bytes.len().div_ceil(1000));
    let waiting = Waiting::start(what, operator.clone(), tenant, format!("/v1/imports/{id}"));
    let path = format!("/v1/imports?kind={kind}&name={}&id={id}", escape(&name));
    let media_type = [("content-type", "application/octet-stream")];
    let mut answer = operator.ask(Method::POST, &path, Some(tenant), &media_type, bytes)?.data()?;
    drop(waiting);
    let book = if answer["book"].is_object() { answer["book"].take() } else { answer };
    let Some(access) = access else { return Ok(book) };
    let id = book["id"].as_str().unwrap_or_default();
    let change = json!({ "access": access });
    if let Err(failure) = operator.json(Method::PATCH, &format!("/v1/books/{id}/chapters"), Some(tenant), &change) {
        let version = book["version"].to_string();
        let version = format!("\"{}\"", version.trim_matches('"'));
        let if_match = [("if-match", version.as_str())];
        let removed = operator.ask(Method::DELETE, &format!("/v1/books/{id}"), Some(tenant), &if_match, Vec::new());
        return Err(match removed.and_then(crate::operator::Answer::data) {
            Ok(_) => failure,
            Err(left) => Failure::new(format!("{failure}; and the draft {id} could not be removed: {left}")),
        });
    }
    Ok(book)
}

/// An id for an import (RFC 9562, version 4).
fn id() -> Result<String, Failure> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|e| Failure::new(format!("the system has no randomness: {e}")))?;
    let hex = u128::from_be_bytes(random) & !(0xf << 76) & !(0xc << 60) | 4 << 76 | 8 << 60;
    let hex = format!("{hex:032x}");
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}
