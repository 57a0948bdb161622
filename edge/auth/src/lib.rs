//! Sessions at the edge: verify, refresh, log out.
