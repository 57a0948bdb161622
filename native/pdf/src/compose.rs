//! The typesetter.

use std::collections::HashMap;

use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, pdf};

use crate::{fonts, markup, pictures::Pictures};

/// All that a book's source can see: its template, its pictures and the fonts.
struct Shelf {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    template: Source,
    pictures: HashMap<FileId, Bytes>,
}

/// A file by its name.
fn file(name: &str) -> Result<FileId, String> {
    let path = VirtualPath::new(format!("/{name}")).map_err(|_| format!("{name} is no name of a file"))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// The PDF of the source, and what its reader should know.
///
/// # Errors
/// There are no fonts for it, or the typesetter cannot make sense of it: our mistake, said in its words.
pub fn compose(source: String, pictures: Pictures) -> Result<(Vec<u8>, Vec<String>), String> {
    let fonts = fonts::choose(&source)?;
    let added: String = fonts.added.iter().map(|family| format!("{},", markup::string(family))).collect();
    let source = format!("#let added = ({added})\n{source}");
    let mut files = HashMap::new();
    for (name, picture) in pictures {
        files.insert(file(&name)?, Bytes::new(picture.bytes));
    }
    let shelf = Shelf {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts.fonts)),
        fonts: fonts.fonts,
        main: Source::new(file("main.typ")?, source),
        template: Source::new(file("template.typ")?, include_str!("template.typ").to_owned()),
        pictures: files,
    };
    let document = typst::compile::<PagedDocument>(&shelf).output.map_err(|errors| said(&errors))?;
    let bytes = pdf(&document, &PdfOptions::default()).map_err(|errors| said(&errors))?;
    Ok((bytes, fonts.notes))
}

fn said(errors: &[SourceDiagnostic]) -> String {
    let all: Vec<&str> = errors.iter().take(5).map(|error| error.message.as_str()).collect();
    format!("the book cannot be typeset: {}", all.join("; "))
}

impl World for Shelf {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.main, &self.template]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.pictures.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    /// A book has the date that it says.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
