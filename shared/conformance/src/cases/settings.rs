//! Settings and secrets come as they were deployed, and what is missing is named.

use aw_platform::{Error, Platform, PlatformExt};

use crate::{
    case::{Failure, Outcome, ensure, ensure_err},
    deployment::{ABSENT_SECRET, ABSENT_SETTING, GREETING, GREETING_VALUE, MOTTO, MOTTO_VALUE, SECRET, SECRET_VALUE},
};

pub(super) async fn present<P: Platform>(p: &P) -> Outcome {
    let value = p.require_config(GREETING).await?;
    ensure!(value == GREETING_VALUE, "the setting {GREETING} is {value:?}");
    Ok(())
}

pub(super) async fn odd<P: Platform>(p: &P) -> Outcome {
    let value = p.require_config(MOTTO).await?;
    ensure!(value == MOTTO_VALUE, "the setting {MOTTO} is {value:?} and was deployed as {MOTTO_VALUE:?}");
    Ok(())
}

pub(super) async fn absent<P: Platform>(p: &P) -> Outcome {
    let value = p.config(ABSENT_SETTING).await?;
    ensure!(value.is_none(), "a setting that nobody made is {value:?}");
    ensure_err!(p.require_config(ABSENT_SETTING).await, Error::Missing(_), "a required setting that nobody made");
    Ok(())
}

pub(super) async fn secret<P: Platform>(p: &P) -> Outcome {
    let value = p.secret(SECRET).await?;
    ensure!(value.expose() == SECRET_VALUE.as_bytes(), "the secret {SECRET} is not the one deployed");
    ensure!(!format!("{value:?}").contains(SECRET_VALUE), "Debug shows the secret");
    Ok(())
}

pub(super) async fn secret_absent<P: Platform>(p: &P) -> Outcome {
    match p.secret(ABSENT_SECRET).await {
        Err(Error::Missing(name)) if name.contains(ABSENT_SECRET) => Ok(()),
        Err(other) => Err(Failure::new(format_args!("the error does not name {ABSENT_SECRET}: {other:?}"))),
        Ok(_) => Err(Failure::new("a secret that nobody made has a value")),
    }
}
