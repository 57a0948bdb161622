//! Reads EPUB, Markdown and HTML into chapters and pictures.
