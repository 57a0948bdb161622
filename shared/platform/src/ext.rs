//! What follows from [`Platform`]'s required methods.

use std::{future::Future, pin::pin, time::Duration};

use futures_util::future::{Either, select};

use crate::{Error, Platform, Result};

/// Helpers on every platform.
pub trait PlatformExt: Platform {
    /// `work`'s result, unless `limit` passes first; then it is dropped, which cancels it.
    ///
    /// # Errors
    /// [`Error::Timeout`].
    async fn timeout<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Result<T> {
        let (work, clock) = (pin!(work), pin!(self.sleep(limit)));
        match select(work, clock).await {
            Either::Left((value, _)) => Ok(value),
            Either::Right(((), _)) => Err(Error::Timeout),
        }
    }

    /// A setting that must be there.
    ///
    /// # Errors
    /// [`Error::Missing`] with its name.
    async fn require_config(&self, key: &'static str) -> Result<String> {
        self.config(key).await?.ok_or_else(|| Error::Missing(format!("the setting {key}").into()))
    }
}

impl<P: Platform> PlatformExt for P {}
