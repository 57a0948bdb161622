//! Pictures, decoded once to see that they can be.

use std::{collections::HashMap, io::Cursor};

use image::{ImageReader, Limits};

/// The most pixels of a side.
const SIDE: u32 = 20_000;
/// The most memory that one may take, in bytes.
const MEMORY: u64 = 512 << 20;
/// How many pixels make an inch, unless the page is too small for that.
const DENSITY: f64 = 150.0;

/// Pictures by name.
pub type Pictures = HashMap<String, Picture>;

/// A picture that can be shown.
#[derive(Debug)]
pub struct Picture {
    /// As they are in the EPUB.
    pub bytes: Vec<u8>,
    /// Width and height as it is printed where there is room, in points.
    pub size: (f64, f64),
}

/// A picture out of its bytes.
///
/// # Errors
/// It is broken or too large.
pub fn decode(bytes: Vec<u8>) -> Result<Picture, String> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::new(Cursor::new(&bytes)).with_guessed_format().map_err(|e| e.to_string())?;
    reader.limits(limits);
    let image = reader.decode().map_err(|e| e.to_string())?;
    let points = |pixels: u32| f64::from(pixels) * 72.0 / DENSITY;
    let size = (points(image.width()), points(image.height()));
    Ok(Picture { bytes, size })
}
