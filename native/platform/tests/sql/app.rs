//! An app that runs the case that its path names and says `ok` or why not.

use aw_platform::{App, Body, Caps, Platform, Request, Response, Result, SqlPlatform};

pub(crate) struct Cases;

impl<P: SqlPlatform> App<P> for Cases {
    const NEEDS: Caps = Caps::NONE;

    async fn build(_: &P) -> Result<Self> {
        Ok(Self)
    }

    async fn handle(&self, platform: &P, request: Request<P>) -> Response<P> {
        let outcome = super::cases::run(platform, request.uri().path().trim_start_matches('/')).await;
        let text = outcome.map_or_else(|e| e.to_string(), |()| "ok".to_owned());
        Response::<P>::new(Body::<<P as Platform>::Body>::from(text))
    }
}
