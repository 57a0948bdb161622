//! The native deployable of the origin.

mod origin;

aw_native::main!(aw_ingress::Ingress<origin::Origin>);
