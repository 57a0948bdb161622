//! Cloudflare deployable: the conformance fixture.

aw_cloudflare::main!(aw_conformance::Fixture);
