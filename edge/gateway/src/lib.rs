//! The edge in one app: auth, content, discovery, and the way to the origin.
