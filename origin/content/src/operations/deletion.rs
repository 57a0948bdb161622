//! The end of tenants.

use aw_openapi::{Access, Operation};
use aw_origin_data::tenants::{Removals, TenantDeletion};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::delete("/v1/tenants/{id}", "deleteTenant")
            .about("tenants", "Deletes a tenant and everything of it, for ever; repeated, it goes on")
            .access(Access::Operator)
            .path::<String>("id", "The tenant's id")
            .query_required::<String>("confirm", "The id once more")
            .query::<String>("abandon", "Edges that keep what they have and are not waited for, separated by commas")
            .answers::<TenantDeletion>(200)
            .answers::<TenantDeletion>(202)
            .refuses(&[404, 422]),
        Operation::post("/_aw/work/tenants", "workTenants")
            .about("tenants", "Goes on with the deletions that were begun, for a while")
            .access(Access::Operator)
            .answers::<Removals>(200),
    ]
}
