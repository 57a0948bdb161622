//! Books, publishing, and the push to the edges.
