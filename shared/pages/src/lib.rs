//! Reader pages: plain HTML that needs no JavaScript.
