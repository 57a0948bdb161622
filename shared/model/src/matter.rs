//! What a chapter is in its book: where, and in which part.

use serde::{Deserialize, Serialize};

/// Where in a book a chapter is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matter {
    /// Before the body: a dedication, a preface.
    Front,
    /// The book itself.
    #[default]
    Body,
    /// After it: notes, an index.
    Back,
}

impl Matter {
    /// Whether it is the body: what is counted.
    pub fn is_body(&self) -> bool {
        *self == Self::Body
    }

    /// As EPUB's Structural Semantics Vocabulary has it.
    pub fn epub_type(self) -> &'static str {
        match self {
            Self::Front => "frontmatter",
            Self::Body => "bodymatter",
            Self::Back => "backmatter",
        }
    }
}

/// A part that a chapter has in its book, which is more than to be one of its chapters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name here and in EPUB's Structural Semantics Vocabulary 1.1.
    pub name: &'static str,
    /// In DPUB-ARIA 1.1, where that has it.
    pub aria: Option<&'static str>,
    /// Where it usually is; `None` where that is on either side of the body.
    pub usual: Option<Matter>,
}

macro_rules! roles {
    ($($name:literal $aria:expr, $usual:expr;)*) => {
        /// Every role.
        pub const ROLES: &[Role] = &[$(Role { name: $name, aria: $aria, usual: $usual }),*];
    };
}

roles! {
    "halftitlepage" None, Some(Matter::Front);
    "titlepage" None, Some(Matter::Front);
    "frontispiece" None, Some(Matter::Front);
    "copyright-page" None, Some(Matter::Front);
    "dedication" Some("doc-dedication"), Some(Matter::Front);
    "epigraph" Some("doc-epigraph"), Some(Matter::Front);
    "toc" None, Some(Matter::Front);
    "foreword" Some("doc-foreword"), Some(Matter::Front);
    "preface" Some("doc-preface"), Some(Matter::Front);
    "introduction" Some("doc-introduction"), Some(Matter::Front);
    "prologue" Some("doc-prologue"), Some(Matter::Body);
    "conclusion" Some("doc-conclusion"), Some(Matter::Body);
    "epilogue" Some("doc-epilogue"), Some(Matter::Body);
    "acknowledgments" Some("doc-acknowledgments"), None;
    "afterword" Some("doc-afterword"), Some(Matter::Back);
    "appendix" Some("doc-appendix"), Some(Matter::Back);
    "glossary" Some("doc-glossary"), Some(Matter::Back);
    "endnotes" Some("doc-endnotes"), Some(Matter::Back);
    "bibliography" Some("doc-bibliography"), Some(Matter::Back);
    "index" Some("doc-index"), Some(Matter::Back);
    "contributors" None, None;
    "other-credits" None, None;
    "colophon" Some("doc-colophon"), None;
}

/// The role of that name.
///
/// ```
/// use aw_model::{Matter, matter::role};
/// assert_eq!(role("preface").unwrap().usual, Some(Matter::Front));
/// assert!(role("chapter").is_none(), "to be a chapter is nothing more");
/// ```
pub fn role(name: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.name == name)
}
