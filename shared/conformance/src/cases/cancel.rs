//! Dropping a fetch ends it at the other side.

use std::time::Duration;

use aw_platform::Platform;

use crate::{
    ask::{response, start, text, unique},
    case::{Outcome, ensure},
};

async fn cut<P: Platform>(p: &P, id: &str) -> Outcome {
    let cut = text(p, &format!("/cut?id={id}&wait=5000")).await?;
    ensure!(cut == "yes", "the fetch was dropped and its connection is still open after 5 s");
    Ok(())
}

pub(super) async fn pending<P: Platform>(p: &P) -> Outcome {
    let id = unique(p, "never-");
    let fetch = start(p, &format!("/never?id={id}"))?;
    // Long enough for the request to be at the origin: what was never sent need not be cut.
    p.sleep(Duration::from_millis(300)).await;
    drop(fetch);
    cut(p, &id).await
}

pub(super) async fn body<P: Platform>(p: &P) -> Outcome {
    let id = unique(p, "endless-");
    let mut body = response(p, &format!("/endless?id={id}")).await?.into_body();
    ensure!(matches!(body.chunk().await, Some(Ok(_))), "an endless body has no first chunk");
    drop(body);
    cut(p, &id).await
}
