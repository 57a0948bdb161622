//! Spin deployable: the content service but for its imports.

aw_spin::main!(aw_ingress::Ingress<aw_origin_content::Books>);
