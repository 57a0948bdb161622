//! Spin deployable: the content service.

aw_spin::main!(aw_ingress::Ingress<aw_origin_content::Content>);
