//! Spin deployable: tenants, the push to the edges and what they fetch.

aw_spin::main!(aw_ingress::Ingress<aw_origin_content::Tenants>);
