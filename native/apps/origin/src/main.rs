//! The native deployable of the origin.
aw_native::main!(aw_ingress::Ingress<aw_origin::Origin>, aw_smtp::prepare);
