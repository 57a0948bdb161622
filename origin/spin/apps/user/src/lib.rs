//! Spin deployable: the user service.

aw_spin::main!(aw_ingress::Ingress<aw_origin_user::User>);
