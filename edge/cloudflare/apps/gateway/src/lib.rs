//! Cloudflare deployable: the edge.
