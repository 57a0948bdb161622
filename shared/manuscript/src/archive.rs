//! ZIP archives from strangers: every size is bounded before it is believed.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::ManuscriptError;

const MAX_ENTRIES: usize = 10_000;
const MAX_ENTRY: u64 = 64 * 1024 * 1024;
const MAX_TOTAL: u64 = 256 * 1024 * 1024;

/// An opened archive.
pub(crate) struct Archive<'a> {
    name: &'a str,
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'a> Archive<'a> {
    pub(crate) fn open(name: &'a str, bytes: &'a [u8]) -> Result<Self, ManuscriptError> {
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|e| ManuscriptError::new(name, format!("it is not a whole ZIP archive ({e})")))?;
        if zip.len() > MAX_ENTRIES {
            return Err(ManuscriptError::new(name, format!("it has more than {MAX_ENTRIES} files")));
        }
        Ok(Self { name, zip, left: MAX_TOTAL })
    }

    /// The names of all files.
    pub(crate) fn names(&self) -> Vec<String> {
        self.zip.file_names().flatten().filter(|n| !n.ends_with('/')).map(|n| n.into_owned()).collect()
    }

    /// `ARCHIVE: PART`, for errors.
    pub(crate) fn place(&self, part: &str) -> String {
        format!("{}: {part}", self.name)
    }

    /// The bytes of a file; `None` where there is none of that name.
    pub(crate) fn read(&mut self, part: &str) -> Result<Option<Vec<u8>>, ManuscriptError> {
        let place = self.place(part);
        let file = match self.zip.by_name(part) {
            Ok(file) => file,
            Err(zip::result::ZipError::FileNotFound) => return Ok(None),
            Err(e) => return Err(ManuscriptError::new(place, format!("it cannot be unpacked ({e})"))),
        };
        let limit = MAX_ENTRY.min(self.left);
        let mut out = Vec::new();
        // The declared size is a stranger's word: what counts is what comes out.
        file.take(limit + 1)
            .read_to_end(&mut out)
            .map_err(|e| ManuscriptError::new(&place, format!("it cannot be unpacked ({e})")))?;
        if out.len() as u64 > limit {
            return Err(ManuscriptError::new(place, "it unpacks to more than a book may have"));
        }
        self.left -= out.len() as u64;
        Ok(Some(out))
    }

    /// The text of a file that must be there.
    pub(crate) fn text(&mut self, part: &str) -> Result<String, ManuscriptError> {
        let place = self.place(part);
        let bytes = self.read(part)?.ok_or_else(|| ManuscriptError::new(&place, "it is missing from the archive"))?;
        decode(&bytes).ok_or_else(|| ManuscriptError::new(place, "it is neither UTF-8 nor UTF-16 text"))
    }
}

/// UTF-8, or UTF-16 with a byte order mark: what XML 1.0 demands of every reader.
fn decode(bytes: &[u8]) -> Option<String> {
    let utf16 = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|c| unit([c[0], c[1]])).collect();
        String::from_utf16(&units).ok()
    };
    match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}
