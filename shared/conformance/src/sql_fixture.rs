//! The fixture of an origin's platform: with the SQL cases.

use aw_platform::{App, Caps, Request, Response, Result, SqlPlatform};
use serde_json::json;

use crate::{fixture::Fixture, fixture::json_response, query, sql};

/// [`Fixture`], and on platforms with PostgreSQL:
///
/// | target | answer |
/// |---|---|
/// | `/__sql?database=D` | every SQL case, run in D: an array of `{"case","ok","why"}` |
/// | `/__sql-leave-open?database=D` | leaves a transaction open, as a trap would: `{"case","ok","why"}` |
#[derive(Debug)]
pub struct SqlFixture(Fixture);

impl<P: SqlPlatform> App<P> for SqlFixture {
    const NEEDS: Caps = Caps::NONE;

    async fn build(platform: &P) -> Result<Self> {
        Ok(Self(<Fixture as App<P>>::build(platform).await?))
    }

    async fn handle(&self, p: &P, request: Request<P>) -> Response<P> {
        let database = request.uri().query().and_then(|query| query::text(query, "database")).map(str::to_owned);
        let outcome = |case: &str, outcome: Result<(), crate::Failure>| {
            let why = outcome.err().map(|failure| failure.0);
            json!({ "case": case, "ok": why.is_none(), "why": why })
        };
        match (request.uri().path(), database) {
            ("/__sql", Some(database)) => {
                let all = sql::run_sql(p, &database).await;
                json_response(200, &all.into_iter().map(|(case, result)| outcome(case, result)).collect())
            }
            ("/__sql-leave-open", Some(database)) => {
                json_response(200, &outcome("sql-leave-open", sql::leave_open(p, &database).await))
            }
            _ => self.0.handle(p, request).await,
        }
    }
}
