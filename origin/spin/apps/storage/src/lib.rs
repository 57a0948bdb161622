//! Spin deployable: the storage service.

aw_spin::main!(aw_ingress::Ingress<aw_origin_storage::Storage>);
