//! Pictures that readers can show.

use crate::conform::Pictures;

/// A picture that can be shown.
#[derive(Clone, Debug)]
pub(crate) struct Picture<'a> {
    pub(crate) file: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: &'a [u8],
}

/// All pictures of a book, by number; `None` for one that is missing or broken.
#[derive(Debug)]
pub(crate) struct Album<'a>(pub(crate) Vec<Option<Picture<'a>>>);

impl<'a> Album<'a> {
    /// What their bytes say they are. One whose size cannot be read is broken: readers would say so in its place.
    pub(crate) fn of(pictures: &'a [Vec<u8>]) -> Self {
        let one = |(n, bytes): (usize, &'a Vec<u8>)| {
            let (media_type, extension) = match imagesize::image_type(bytes).ok()? {
                imagesize::ImageType::Png => ("image/png", "png"),
                imagesize::ImageType::Jpeg => ("image/jpeg", "jpg"),
                imagesize::ImageType::Gif => ("image/gif", "gif"),
                imagesize::ImageType::Webp => ("image/webp", "webp"),
                _ => return None,
            };
            let size = imagesize::blob_size(bytes).ok()?;
            let file = format!("images/picture-{}.{extension}", n + 1);
            (size.width > 0 && size.height > 0).then_some(Picture { file, media_type, bytes })
        };
        Self(pictures.iter().enumerate().map(one).collect())
    }

    /// The picture of that number, where it can be shown.
    pub(crate) fn get(&self, number: usize) -> Option<&Picture<'a>> {
        self.0.get(number)?.as_ref()
    }
}

impl Pictures for Album<'_> {
    fn file(&self, number: usize) -> Option<String> {
        self.get(number).map(|picture| picture.file.clone())
    }
}
