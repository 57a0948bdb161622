//! The fixture of an origin's platform: with the SQL cases.

use aw_platform::{App, Caps, Request, Response, Result, SqlPlatform};

use crate::{
    fixture::{Fixture, case_response},
    query, sql,
};

/// [`Fixture`], and with PostgreSQL:
///
/// | target | answer |
/// |---|---|
/// | `/__sql/<name>?database=D` | `{"case","ok","why"}` of one SQL case, on the server that has the database D; `why` is `null` where `ok` |
#[derive(Debug)]
pub struct SqlFixture(Fixture);

impl<P: SqlPlatform> App<P> for SqlFixture {
    const NEEDS: Caps = Caps::NONE;

    async fn build(platform: &P) -> Result<Self> {
        Ok(Self(<Fixture as App<P>>::build(platform).await?))
    }

    async fn handle(&self, p: &P, request: Request<P>) -> Response<P> {
        let Some(name) = request.uri().path().strip_prefix("/__sql/") else { return self.0.handle(p, request).await };
        let database = request.uri().query().and_then(|query| query::text(query, "database")).unwrap_or_default();
        case_response(name, sql::run(p, database, name).await)
    }
}
