//! Bodies: limits hold where they are read, and nothing is lost on the way.

use aw_platform::{Body, Bytes, Collected, Error, Platform};
use futures_util::stream;

use crate::{
    ask::response,
    case::{Outcome, ensure, ensure_err},
};

pub(super) async fn collect<P: Platform>(p: &P) -> Outcome {
    let over = response(p, "/big?bytes=100001").await?.into_body().collect(100_000).await?;
    ensure!(matches!(over, Collected::TooLarge), "100,001 bytes went into a limit of 100,000");
    let over = response(p, "/chunked").await?.into_body().collect(12).await?;
    ensure!(matches!(over, Collected::TooLarge), "13 bytes in chunks went into a limit of 12");
    let over = response(p, "/big?bytes=100001").await?.into_body().bytes(100_000).await;
    ensure_err!(over, Error::Limit(_), "bytes");
    let mut expected = vec![0; 100_000];
    crate::origin::pattern(0, &mut expected);
    match response(p, "/big?bytes=100000").await?.into_body().collect(100_000).await? {
        Collected::All(bytes) => ensure!(bytes == expected, "100,000 bytes arrived changed"),
        Collected::TooLarge => return Err(crate::Failure::new("100,000 bytes did not go into a limit of 100,000")),
    }
    Ok(())
}

pub(super) async fn stream<P: Platform>(_: &P) -> Outcome {
    let parts = [Ok(Bytes::new()), Ok(Bytes::from_static(b"a")), Ok(Bytes::new()), Ok(Bytes::from_static(b"b"))];
    let mut body = Body::<P::Body>::stream(stream::iter(parts));
    ensure!(body.size_hint().is_none(), "a stream knows its length");
    ensure!(matches!(body.chunk().await, Some(Ok(b)) if b == "a"), "the first chunk is not the first that has bytes");
    ensure!(matches!(body.chunk().await, Some(Ok(b)) if b == "b"), "the second chunk is not the second");
    ensure!(body.chunk().await.is_none(), "there is more after the end");
    let broken = Body::<P::Body>::stream(stream::iter([Ok(Bytes::from_static(b"a")), Err(Error::Timeout)]));
    ensure_err!(broken.bytes(10).await, Error::Timeout, "a stream that fails");
    Ok(())
}
