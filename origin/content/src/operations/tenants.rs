//! Tenants, and the push: the operator's.

use aw_openapi::{Access, Operation};
use aw_origin_data::{
    push::Progress,
    tenants::{NewTenant, Quotas, TenantChange, TenantInfo},
};

pub(super) fn operations() -> Vec<Operation> {
    let about = |operation: Operation, summary| operation.about("tenants", summary).access(Access::Operator);
    let one = |operation: Operation, summary| {
        about(operation, summary).path::<String>("id", "The tenant's id").refuses(&[404])
    };
    vec![
        about(Operation::get("/v1/tenants", "listTenants"), "All tenants, by their ids").pages::<TenantInfo>(),
        about(Operation::post("/v1/tenants", "createTenant"), "Makes a tenant; repeated, it goes on")
            .body::<NewTenant>()
            .answers::<TenantInfo>(201)
            .refuses(&[409, 422]),
        one(Operation::get("/v1/tenants/{id}", "getTenant"), "A tenant").answers::<TenantInfo>(200),
        one(Operation::patch("/v1/tenants/{id}", "changeTenant"), "Changes a tenant")
            .body::<TenantChange>()
            .answers::<TenantInfo>(200)
            .refuses(&[409, 422]),
        one(
            Operation::post("/v1/tenants/{id}/keys", "rotateKeys"),
            "Gives a tenant a new token key; the one before verifies until its tokens have expired",
        )
        .answers::<TenantInfo>(201),
        one(Operation::get("/v1/tenants/{id}/quotas", "getQuotas"), "What a tenant may use").answers::<Quotas>(200),
        one(Operation::put("/v1/tenants/{id}/quotas", "setQuotas"), "Sets what a tenant may use")
            .body::<Quotas>()
            .answers::<Quotas>(200)
            .refuses(&[422]),
        about(Operation::post("/_aw/push", "push"), "Delivers to the edges what is due").answers::<Progress>(200),
    ]
}
