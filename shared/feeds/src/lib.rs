//! Lists of what is published, for programs: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1, OPDS 1.2 and 2.0 catalogues,
//! sitemaps. The same list gives the same bytes: nothing here knows what time it is.

mod atom;
mod date;
mod json;
mod opds2;
mod rss;
mod sitemap;
mod value;
mod xml;

pub use date::rfc822;
pub use sitemap::{robots, sitemap, sitemap_index};

/// A format of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RSS 2.0.
    Rss,
    /// Atom, RFC 4287.
    Atom,
    /// JSON Feed 1.1.
    Json,
    /// An OPDS 1.2 acquisition feed.
    Opds1,
    /// An OPDS 2.0 catalogue.
    Opds2,
}

impl Format {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
            Self::Opds1 => OPDS,
            Self::Opds2 => "application/opds+json",
        }
    }
}

pub(crate) const OPDS: &str = "application/atom+xml;profile=opds-catalog;kind=acquisition";
pub(crate) const EPUB: &str = "application/epub+zip";

/// A list.
#[derive(Clone, Copy, Debug)]
pub struct Feed<'a> {
    /// What is listed.
    pub title: &'a str,
    /// Who publishes it.
    pub publisher: &'a str,
    /// What it is, in a sentence.
    pub about: &'a str,
    /// BCP 47; may be empty.
    pub language: &'a str,
    /// The page that shows the same, absolute.
    pub page: &'a str,
    /// The list itself, absolute, without a cursor.
    pub url: &'a str,
    /// What goes behind `url` for this part of the list; empty for the first.
    pub here: &'a str,
    /// The same for the part after this one.
    pub next: Option<&'a str>,
    /// How many there are in the whole list, where it is known.
    pub total: Option<u64>,
    /// In the order of the list.
    pub entries: &'a [Entry],
}

impl Feed<'_> {
    /// The list as text.
    pub fn write(&self, format: Format) -> String {
        match format {
            Format::Rss => rss::write(self),
            Format::Atom => atom::write(self, false),
            Format::Opds1 => atom::write(self, true),
            Format::Json => json::write(self),
            Format::Opds2 => opds2::write(self),
        }
    }

    /// When anything in it was changed last.
    pub(crate) fn updated(&self) -> &str {
        let last = self.entries.iter().map(Entry::updated).max();
        last.filter(|time| !time.is_empty()).unwrap_or("1970-01-01T00:00:00.000Z")
    }
}

/// Something in a list: a book or a chapter.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// A URN that stays.
    pub id: String,
    /// Its page, absolute.
    pub url: String,
    /// The title.
    pub title: String,
    /// Plain text; may be empty.
    pub summary: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Tags as shown.
    pub tags: Vec<String>,
    /// BCP 47; may be empty.
    pub language: String,
    /// The series, and its number in it.
    pub series: Option<(String, u32)>,
    /// RFC 3339.
    pub published: String,
    /// RFC 3339; empty: never since.
    pub updated: String,
    /// A picture of it, absolute.
    pub image: Option<String>,
    /// The EPUB, absolute, and for whom it is.
    pub epub: Option<(String, For)>,
}

impl Entry {
    pub(crate) fn updated(&self) -> &str {
        if self.updated.is_empty() { &self.published } else { &self.updated }
    }

    /// The relation, address and media type by which it is acquired: the EPUB, else the pages (OPDS 1.2, section 8.4.1).
    pub(crate) fn acquisition(&self) -> (&'static str, &str, &'static str) {
        match &self.epub {
            Some((url, whom)) => {
                let relation = match whom {
                    For::Everybody => "http://opds-spec.org/acquisition/open-access",
                    For::Members => "http://opds-spec.org/acquisition",
                    For::Payers => "http://opds-spec.org/acquisition/subscribe",
                };
                (relation, url, EPUB)
            }
            None => ("http://opds-spec.org/acquisition", &self.url, "text/html"),
        }
    }
}

/// Whom something is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Everybody.
    Everybody,
    /// Those who have logged in.
    Members,
    /// Those who have paid.
    Payers,
}

/// The media type of a picture, by its address.
pub(crate) fn image_type(url: &str) -> &'static str {
    match url.rsplit('.').next() {
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        _ => "image/jpeg",
    }
}
