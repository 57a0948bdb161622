//! A fetch that fails says how.

use aw_platform::{Backend, Error, Platform};

use crate::{
    ask::{body, hurried, response},
    case::{Failure, Outcome, ensure, ensure_err},
    deployment::{DEAD, ORIGIN, SLOW},
};

pub(super) async fn unknown<P: Platform>(p: &P) -> Outcome {
    match hurried(p, Backend("nobody"), "/", 5_000)?.await {
        Err(Error::Missing(name)) if name.contains("nobody") => Ok(()),
        Err(other) => Err(Failure::new(format_args!("the error does not name the backend: {other:?}"))),
        Ok(response) => Err(Failure::new(format_args!("a backend that nobody made answered {}", response.status()))),
    }
}

pub(super) async fn dead<P: Platform>(p: &P) -> Outcome {
    ensure_err!(hurried(p, DEAD, "/", 10_000)?.await.map(|r| r.status()), Error::Upstream(_), "nobody listens there");
    Ok(())
}

pub(super) async fn first_byte<P: Platform>(p: &P) -> Outcome {
    ensure_err!(hurried(p, SLOW, "/", 200)?.await.map(|r| r.status()), Error::Timeout, "a server that never answers");
    Ok(())
}

pub(super) async fn slow_body<P: Platform>(p: &P) -> Outcome {
    let text = body::<P>(hurried(p, ORIGIN, "/drip?ms=2500", 1_500)?.await?).await?;
    ensure!(text == "first\nlast\n", "the head came in time, and the body was {text:?}");
    Ok(())
}

pub(super) async fn short<P: Platform>(p: &P) -> Outcome {
    // Some platforms fail the fetch itself; what none may do is take ten bytes for the whole body.
    let Ok(response) = crate::ask::start(p, "/short")?.await else { return Ok(()) };
    let read = response.into_body().bytes(10_000).await;
    ensure!(read.is_err(), "10 of 1,000 bytes and a cut connection were taken for the whole body");
    Ok(())
}

pub(super) async fn hang_up<P: Platform>(p: &P) -> Outcome {
    let ended = hurried(p, ORIGIN, "/hang-up", 10_000)?.await.map(|r| r.status());
    ensure_err!(ended, Error::Upstream(_), "a server that hangs up");
    ensure!(response(p, "/status/200").await?.status() == 200, "the next fetch fails too");
    Ok(())
}

pub(super) async fn garbage<P: Platform>(p: &P) -> Outcome {
    let ended = hurried(p, ORIGIN, "/garbage", 10_000)?.await.map(|r| r.status());
    ensure_err!(ended, Error::Upstream(_), "a server that does not speak HTTP");
    Ok(())
}
