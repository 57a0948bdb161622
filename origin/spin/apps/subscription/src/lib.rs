//! Spin deployable: the subscription service.

aw_spin::main!(aw_ingress::Ingress<aw_origin_subscription::Subscription>);
