//! Pictures to be uploaded.

use std::{
    fs::File,
    io::{Read, Write},
};

use aw_runtimes::cache;
use flate2::{Compression, Crc, write::ZlibEncoder};

/// The cover in one of the books of the tests: a photograph.
pub(super) fn photograph() -> Result<Vec<u8>, String> {
    let path = cache::checkout().join("tests/books/a-day-at-a-time.epub");
    let file = File::open(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut book = zip::ZipArchive::new(file).map_err(|e| e.to_string())?;
    let mut bytes = Vec::new();
    let mut cover = book.by_name("epub/images/cover.jpg").map_err(|e| e.to_string())?;
    cover.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    Ok(bytes)
}

/// A picture of so many pixels to a side in three colours, uncompressed (PNG, ISO/IEC 15948).
pub(super) fn large(side: u32) -> std::io::Result<Vec<u8>> {
    let mut header = Vec::new();
    header.extend(side.to_be_bytes());
    header.extend(side.to_be_bytes());
    // Eight bits for each of three colours; deflate, filters by line, no interlacing.
    header.extend([8, 2, 0, 0, 0]);
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::none());
    for y in 0..side {
        let line: Vec<u8> =
            (0..side).flat_map(|x| (x ^ y).wrapping_mul(0x9e37_79b1).to_be_bytes().into_iter().take(3)).collect();
        pixels.write_all(&[0])?;
        pixels.write_all(&line)?;
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"IDAT", &pixels.finish()?);
    chunk(&mut png, *b"IEND", &[]);
    Ok(png)
}

fn chunk(png: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    let mut crc = Crc::new();
    crc.update(&name);
    crc.update(data);
    png.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    png.extend(name);
    png.extend(data);
    png.extend(crc.sum().to_be_bytes());
}
