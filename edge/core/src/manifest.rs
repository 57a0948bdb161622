//! A manifest, opened as far as somebody looks: a chapter is read without the others.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use aw_model::{Book, Chapter, Manifest, book::ManifestLines};
use bytes::Bytes;
use serde::{Deserialize, de::Error as _};
use serde_json::{Error, Result, from_slice};

use crate::values::FromJson;

/// A manifest as it lies in its record, and what was read of it.
#[derive(Debug)]
pub struct LazyManifest {
    json: Bytes,
    // In boxes: one that nobody opens is small.
    id: OnceCell<Box<str>>,
    book: OnceCell<Box<Book>>,
    /// Those that somebody read, by number.
    chapters: RefCell<Vec<Rc<Chapter>>>,
    whole: OnceCell<Box<Manifest>>,
}

/// Of a book its id alone.
#[derive(Deserialize)]
struct Id {
    id: Box<str>,
}

impl FromJson for LazyManifest {
    fn from_json(json: &Bytes) -> Result<Self> {
        let lazy = Self {
            json: json.clone(),
            id: OnceCell::new(),
            book: OnceCell::new(),
            chapters: RefCell::default(),
            whole: OnceCell::new(),
        };
        lazy.lines()?;
        Ok(lazy)
    }
}

impl LazyManifest {
    /// All of it.
    ///
    /// # Errors
    /// It is no manifest.
    pub fn whole(&self) -> Result<&Manifest> {
        once(&self.whole, || from_slice(&self.json)).map(|manifest| &**manifest)
    }

    /// The book.
    ///
    /// # Errors
    /// As [`whole`](Self::whole).
    pub fn book(&self) -> Result<&Book> {
        once(&self.book, || from_slice(self.lines()?.book)).map(|book| &**book)
    }

    /// The book's id.
    ///
    /// # Errors
    /// As [`whole`](Self::whole).
    pub fn id(&self) -> Result<&str> {
        once(&self.id, || from_slice(self.lines()?.book).map(|Id { id }| id)).map(|id| &**id)
    }

    /// The chapter of that number, where there is one.
    ///
    /// # Errors
    /// As [`whole`](Self::whole).
    pub fn chapter(&self, number: u32) -> Result<Option<Rc<Chapter>>> {
        let chapters = &mut *self.chapters.borrow_mut();
        match chapters.binary_search_by_key(&number, |chapter| chapter.number) {
            Ok(at) => Ok(Some(chapters[at].clone())),
            Err(at) => {
                let Some(chapter) = self.find(number)?.map(Rc::new) else { return Ok(None) };
                chapters.insert(at, chapter.clone());
                Ok(Some(chapter))
            }
        }
    }

    fn lines(&self) -> Result<ManifestLines<'_>> {
        ManifestLines::of(&self.json).ok_or_else(|| Error::custom("a manifest is written line by line"))
    }

    fn find(&self, number: u32) -> Result<Option<Chapter>> {
        // Chapters are numbered from 1 in reading order, but for those that were taken out.
        let guess = (number as usize).wrapping_sub(1);
        if let Some(line) = self.lines()?.chapters().nth(guess) {
            let chapter: Chapter = from_slice(line)?;
            if chapter.number == number {
                return Ok(Some(chapter));
            }
        }
        Ok(self.whole()?.chapters.iter().find(|chapter| chapter.number == number).cloned())
    }
}

/// What `make` makes, the first time.
fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}

#[cfg(test)]
mod tests {
    use aw_model::{Access, Manifest};
    use bytes::Bytes;
    use serde_json::json;

    use super::{FromJson, LazyManifest};

    fn manifest() -> Manifest {
        let object = json!({ "sha256": "00", "size": 1 });
        let chapter = |number: u32| {
            json!({ "id": format!("c{number}"), "number": number, "title": "A\n\"]},", "access": "free", "words": 1,
                    "page": object, "data": object })
        };
        let manifest = json!({
            "book": { "id": "b", "slug": "whale", "title": "Whale ,\"chapters\":[", "authors": [], "language": "en",
                      "publishedAt": "", "updatedAt": "" },
            // The third was taken out.
            "chapters": [chapter(1), chapter(2), chapter(4)],
            "assets": { "a.png": { "object": object, "media_type": "image/png", "access": "members" } },
        });
        serde_json::from_value(manifest).expect("a manifest")
    }

    #[test]
    fn every_part_is_what_was_written() {
        let manifest = manifest();
        let json = manifest.to_json().expect("JSON");
        let lazy = LazyManifest::from_json(&Bytes::from(json)).expect("a manifest");
        for _ in 0..2 {
            assert_eq!(lazy.id().expect("a book"), manifest.book.id);
            assert_eq!(lazy.book().expect("a book"), &manifest.book);
            for (number, index) in [(1, Some(0)), (2, Some(1)), (3, None), (4, Some(2)), (0, None), (u32::MAX, None)] {
                let chapter = lazy.chapter(number).expect("readable");
                assert_eq!(chapter.as_deref(), index.map(|index: usize| &manifest.chapters[index]), "{number}");
            }
            assert_eq!(lazy.whole().expect("a manifest"), &manifest);
        }
        assert_eq!(lazy.whole().expect("a manifest").assets["a.png"].access, Access::Members);
    }

    #[test]
    fn what_is_no_manifest_is_an_error() {
        let in_one_line = serde_json::to_string(&manifest()).expect("JSON");
        for json in ["{}", &in_one_line] {
            assert!(LazyManifest::from_json(&Bytes::copy_from_slice(json.as_bytes())).is_err());
        }
        let broken = LazyManifest::from_json(&Bytes::from_static(b"{\"book\":7,\"chapters\":[\n{}\n],\"assets\":{}}"));
        let broken = broken.expect("it has lines");
        assert!(broken.id().is_err() && broken.book().is_err());
        assert!(broken.chapter(1).is_err() && broken.chapter(2).is_err());
    }
}
