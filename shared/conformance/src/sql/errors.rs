//! What the database refuses says why, and harms nothing after it.

use aw_platform::{Error, Sql, SqlPlatform};

use super::write;
use crate::case::{Failure, Outcome, ensure, ensure_err};

/// The connection still answers.
async fn lives(sql: &impl Sql) -> Outcome {
    let rows = sql.query("SELECT 1", &[]).await?;
    ensure!(rows.len() == 1, "after an error the connection gives {rows:?}");
    Ok(())
}

pub(super) async fn unique_violation<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let sql = p.sql(database).await?;
    let id = write(p, &sql).await?;
    match sql.execute("INSERT INTO conformance VALUES ($1::text, 'y')", &[(&id).into()]).await {
        Err(error) if error.is_unique_violation() => lives(&sql).await,
        Err(error) => Err(Failure::new(format_args!("a duplicate key is {error:?}"))),
        Ok(rows) => Err(Failure::new(format_args!("a duplicate key was written ({rows} rows)"))),
    }
}

pub(super) async fn codes<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let sql = p.sql(database).await?;
    for (statement, expected) in [
        ("SELEKT 1", "42601"),
        ("SELECT 1 FROM no_such_table", "42P01"),
        ("SELECT 1 / $1::bigint", "22012"),
        ("SELECT $1::bigint::text::uuid", "22P02"),
    ] {
        let params: &[_] = if statement.contains('$') { &[aw_platform::Value::Int(0)] } else { &[] };
        match sql.query(statement, params).await {
            Err(Error::Sql { code, .. }) if code == expected => lives(&sql).await?,
            other => return Err(Failure::new(format_args!("{statement} should fail with {expected}: {other:?}"))),
        }
    }
    Ok(())
}

pub(super) async fn foreign_type<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    // What no driver carries alike has to be cast. An error is right, a wrong value is not.
    let sql = p.sql(database).await?;
    for statement in ["SELECT now()", "SELECT gen_random_uuid()", "SELECT 1.5::numeric"] {
        let rows = sql.query(statement, &[]).await;
        ensure!(rows.is_err(), "{statement} without a cast gives {rows:?}");
        lives(&sql).await?;
    }
    Ok(())
}

pub(super) async fn unknown_database<P: SqlPlatform>(p: &P, _: &str) -> Outcome {
    let outcome = match p.sql("no_such_database_anywhere").await {
        Ok(sql) => sql.query("SELECT 1", &[]).await.map(drop),
        Err(error) => Err(error),
    };
    ensure!(outcome.is_err(), "a database that nobody made can be asked");
    Ok(())
}

pub(super) async fn odd_name<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    for name in ["", "a b", "x host=127.0.0.2", "x'", "x?sslmode=disable", "../x", "X;"] {
        ensure!(p.sql(name).await.is_err(), "a database may be called {name:?}");
    }
    ensure_err!(p.sql(&format!("{database} user=nobody")).await.map(drop), Error::Internal(_), "a name with a setting");
    Ok(())
}
