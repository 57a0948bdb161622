//! Whether what is set up for the provider can be used: part of `GET /ready`.

use aw_model::names::PAYMENTS_SANDBOX;
use aw_origin_data::{database, ready, secrets::Secrets};
use aw_platform::{Error, Result, SqlPlatform};

use super::find;
use crate::press::Press;

/// Looks at the setting, and whether the newest tenants' accounts open with this master key. The provider itself is
/// not asked: that it is down for an hour is no fault that another instance of ours could mend.
///
/// # Errors
/// The setting is neither `on` nor `off`; there are accounts, and none of them opens.
pub(crate) async fn usable<P: SqlPlatform>(p: &P, secrets: &Secrets) -> Result<()> {
    if let Some(other) = p.config(PAYMENTS_SANDBOX).await?.filter(|value| !["on", "off", ""].contains(&value.as_str()))
    {
        return Err(Error::internal(format!("the setting {PAYMENTS_SANDBOX} is {other:?}; write on or off")));
    }
    let mut closed = None;
    for tenant in ready::tenants(p).await? {
        let press = Press { p, secrets, tenant: &tenant };
        let account = match database::tenant(p, &tenant).await {
            Ok(sql) => find(press, &sql).await,
            Err(error) => Err(error),
        };
        match account {
            Ok(Some(_)) => return Ok(()),
            Ok(None) => {}
            Err(error) => closed = error.cause().map(|why| format!("the account of {tenant}: {why}")),
        }
    }
    // One that does not open is that tenant's trouble; where none does, it is the key.
    closed.map_or(Ok(()), |why| Err(Error::internal(why)))
}
