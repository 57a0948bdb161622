//! Cloudflare Workers as a platform.
