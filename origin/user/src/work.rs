//! `POST /_aw/work/user`: what is to be done without anybody asking for it.

use aw_ingress::Caller;
use aw_mail::{Progress, Transport, Worker};
use aw_migrations::tenant_database;
use aw_origin_data::{answer, ask::Ask, due, tenants};
use aw_platform::{ApiError, Response, Result, SqlExt, SqlPlatform, http::Method};

use crate::{link, reset};

/// Does what is due in every tenant, for as long as one run lasts. The operator's alone.
pub(crate) async fn route<P: SqlPlatform>(p: &P, caller: &Caller, method: &Method) -> Result<Response<P>, ApiError> {
    due::admit(caller, method)?;
    Ok(answer::data(p, caller, 200, every_tenant(p).await?))
}

/// Does what a request left to be done (mail, links that were asked for), once its caller has been answered.
pub(crate) fn soon<P: SqlPlatform>(ask: &Ask<'_, P>) {
    let (platform, name) = (ask.p.clone(), ask.tenant.to_owned());
    ask.p.wait_until(async move {
        // What fails here is in the database still, and the next run does it.
        let Ok(transport) = Transport::configured(&platform).await else { return };
        let mut worker = Worker::new(&platform, &transport);
        let _ = tenant(&platform, &mut worker, &name).await;
    });
}

async fn every_tenant<P: SqlPlatform>(p: &P) -> Result<Progress> {
    let transport = Transport::configured(p).await?;
    let mut worker = Worker::new(p, &transport);
    let mut failed = 0;
    for name in &tenants::in_turn(p).await? {
        if !worker.goes_on() {
            break;
        }
        if let Err(error) = tenant(p, &mut worker, name).await {
            failed += 1;
            due::failed(p, "user", name, None, &error.into());
        }
    }
    let mut progress = worker.progress();
    progress.failed += failed;
    Ok(progress)
}

/// Does what is due in one tenant.
///
/// # Errors
/// Its database cannot be asked.
async fn tenant<P: SqlPlatform>(p: &P, worker: &mut Worker<'_, P>, name: &str) -> Result<()> {
    let sql = p.sql(&tenant_database(name)).await?;
    let find = "SELECT EXISTS (SELECT 1 FROM reset_requests) \
        OR EXISTS (SELECT 1 FROM link_tokens WHERE expires_at < now())";
    if sql.query_opt(find, &[]).await?.map_or(Ok(false), |row| row.bool(0))? {
        reset::drain(p, &sql).await?;
        link::sweep(&sql).await?;
    }
    worker.run_on(&sql, name).await
}
