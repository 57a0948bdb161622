//! Spin deployable: the content service but for imports and tenants.

aw_spin::main!(aw_ingress::Ingress<aw_origin_content::Books>);
