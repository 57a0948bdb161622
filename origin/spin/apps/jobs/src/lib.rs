//! Spin deployable: the jobs service.

aw_spin::main!(aw_ingress::Ingress<aw_origin_jobs::Jobs>);
