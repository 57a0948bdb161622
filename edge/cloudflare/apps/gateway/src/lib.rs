//! Cloudflare deployable: the edge.

aw_cloudflare::main!(aw_gateway::Gateway);
