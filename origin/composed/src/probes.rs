//! The routes that every service has, described.

use aw_ingress::{Health, Readiness};
use aw_openapi::Operation;

/// `GET /health` and `GET /ready`. An edge answers the first for itself, and knows nothing of the others: whoever keeps
/// the origin running asks it directly.
pub(crate) fn operations() -> Vec<Operation> {
    let name = "user, subscription, storage, jobs, content, imports or tenants";
    vec![
        Operation::get("/health", "getHealth").about("probes", "Whether it answers").answers::<Health>(200),
        Operation::get("/health/{service}", "getServiceHealth")
            .about("probes", "Whether this service answers; at the origin alone")
            .path::<String>("service", name)
            .answers::<Health>(200)
            .refuses(&[401, 404]),
        Operation::get("/ready", "getReadiness")
            .about(
                "probes",
                "Whether what the services here need is there; 503 names in details.missing what is not. At the origin \
                 alone; where each service is a component of its own, it is tenants that answers",
            )
            .answers::<Readiness>(200)
            .refuses(&[404, 503]),
        Operation::get("/ready/{service}", "getServiceReadiness")
            .about("probes", "The same of one service")
            .path::<String>("service", name)
            .answers::<Readiness>(200)
            .refuses(&[401, 404, 503]),
    ]
}
