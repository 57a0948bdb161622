//! Spin deployable: the edge.

aw_spin::main!(aw_gateway::Gateway);
