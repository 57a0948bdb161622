//! Cloudflare deployable: the conformance fixture.
