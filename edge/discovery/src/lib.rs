//! Browsing the catalogue at the edge.
