//! The kinds of files that can be read.

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// EPUB 2 or 3.
    Epub,
    /// A ZIP of a folder of Markdown or HTML files and their pictures.
    Folder,
    /// One Markdown file (CommonMark with tables, footnotes and strikethrough).
    Markdown,
    /// One HTML file.
    Html,
}

impl Kind {
    /// By media type, parameters ignored.
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Some(match essence.as_str() {
            "application/epub+zip" => Self::Epub,
            "application/zip" => Self::Folder,
            "text/markdown" => Self::Markdown,
            "text/html" | "application/xhtml+xml" => Self::Html,
            _ => return None,
        })
    }

    /// By a file's name.
    pub fn from_name(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        Some(match extension.as_str() {
            "epub" => Self::Epub,
            "zip" => Self::Folder,
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" | "xhtml" => Self::Html,
            _ => return None,
        })
    }

    /// The media type to send it with.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Epub => "application/epub+zip",
            Self::Folder => "application/zip",
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
        }
    }
}
