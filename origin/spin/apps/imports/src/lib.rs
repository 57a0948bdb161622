//! Spin deployable: the content service's imports.

aw_spin::main!(aw_ingress::Ingress<aw_origin_content::Imports>);
