//! The native deployable of gateway.
aw_native::main!(aw_gateway::Gateway);
