//! Fastly deployable: the edge.

aw_fastly::main!(aw_gateway::Gateway);
