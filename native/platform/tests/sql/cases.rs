//! The cases. Each is one request's use of the port.

use std::time::Duration;

use aw_platform::{Bytes, Error, Result, Row, Sql, SqlExt, SqlPlatform, Value};

pub(crate) const NAMES: &[&str] = &[
    "values",
    "types",
    "counts",
    "refused",
    "wrong-type",
    "wrong-count",
    "unreadable",
    "no-database",
    "commits",
    "rolls-back",
    "leaves-one-open",
    "none-is-open",
    "gives-up-a-statement",
    "the-next-is-not-held-up",
    "changed-columns",
    "many-at-once",
    "broken-is-replaced",
];

pub(crate) async fn run<P: SqlPlatform>(p: &P, name: &str) -> Result<()> {
    let sql = p.sql("postgres").await?;
    match name {
        "make" => make(&sql).await,
        "values" => values(&sql).await,
        "types" => types(&sql).await,
        "counts" => counts(&sql).await,
        "refused" => refused(&sql).await,
        "wrong-type" => internal(sql.query("SELECT $1::int", &[1_i64.into()]).await, "parameter $1 is no int4"),
        "wrong-count" => internal(sql.query("SELECT $1::text", &[]).await, "takes 1 parameters and got 0"),
        "unreadable" => internal(sql.query("SELECT now() AS at", &[]).await, "column at is a timestamptz"),
        "no-database" => no_database(p).await,
        "commits" => commits(&sql).await,
        "rolls-back" => rolls_back(&sql).await,
        "leaves-one-open" => leaves_one_open(&sql).await,
        "none-is-open" => none_is_open(&sql).await,
        "gives-up-a-statement" => gives_up(p, &sql).await,
        "the-next-is-not-held-up" => not_held_up(p, &sql).await,
        "changed-columns" => changed_columns(&sql).await,
        "many-at-once" => many_at_once(p).await,
        "broken-is-replaced" => broken(p).await,
        _ => Err(Error::internal("no such case")),
    }
}

fn hold(holds: bool, why: impl std::fmt::Debug) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::internal(format!("{why:?}"))) }
}

fn internal<T: std::fmt::Debug>(result: Result<T>, words: &str) -> Result<()> {
    hold(matches!(&result, Err(Error::Internal(why)) if why.contains(words)), result)
}

async fn make(sql: &impl Sql) -> Result<()> {
    let own = "CREATE DATABASE cases";
    match sql.execute(own, &[]).await {
        // The second time round it is there.
        Err(Error::Sql { code, .. }) if code == "42P04" => Ok(()),
        other => other.map(drop),
    }
}

async fn one(sql: &impl Sql, statement: &str, params: &[Value]) -> Result<Row> {
    sql.query_opt(statement, params).await?.ok_or_else(|| Error::internal("no row"))
}

async fn values(sql: &impl Sql) -> Result<()> {
    let given = [
        Value::Bool(true),
        Value::Int(i64::MIN),
        Value::Float(-0.1),
        Value::Text("naïve \u{1F4D6} '; --".into()),
        Value::Bytes(Bytes::from_static(&[0, 1, 255])),
        Value::Null,
    ];
    let statement = "SELECT $1::boolean, $2::bigint, $3::double precision, $4::text, $5::bytea, $6::text";
    let row = one(sql, statement, &given).await?;
    hold(row.0 == given, row)?;
    let row = one(sql, "SELECT $1::bigint, $2::bytea", &[Value::Null, Value::Bytes(Bytes::new())]).await?;
    hold(row.0 == [Value::Null, Value::Bytes(Bytes::new())], row)
}

async fn types(sql: &impl Sql) -> Result<()> {
    let statement = "SELECT 1::smallint, 2::integer, 0.5::real, 'a'::varchar(3), 'b'::char(2), pg_notify('x', '')";
    let row = one(sql, statement, &[]).await?;
    let text = |s: &str| Value::Text(s.to_owned());
    let expected = [Value::Int(1), Value::Int(2), Value::Float(0.5), text("a"), text("b "), Value::Null];
    hold(row.0 == expected, row)?;
    let id = uuid::Uuid::from_u128(7);
    let row = one(
        sql,
        "SELECT ($1::text::uuid)::text, (extract(epoch from to_timestamp($2::bigint / 1000.0)) * 1000)::bigint",
        &[id.into(), 1_709_210_096_007_i64.into()],
    )
    .await?;
    hold(row.text(0)? == id.to_string() && row.int(1)? == 1_709_210_096_007, row)
}

async fn counts(sql: &impl Sql) -> Result<()> {
    sql.execute("CREATE TEMP TABLE t (n bigint PRIMARY KEY)", &[]).await?;
    let filled = sql.execute("INSERT INTO t SELECT generate_series(1, $1::bigint)", &[5_i64.into()]).await?;
    let changed = sql.execute("UPDATE t SET n = n + 10 WHERE n > 2", &[]).await?;
    let rows = sql.query("SELECT n FROM t ORDER BY n", &[]).await?;
    let counted = sql.execute("SELECT n FROM t", &[]).await?;
    let dropped = sql.execute("DROP TABLE t", &[]).await?;
    hold((filled, changed, rows.len(), counted, dropped) == (5, 3, 5, 5, 0), (filled, changed, rows, counted, dropped))
}

async fn refused(sql: &impl Sql) -> Result<()> {
    sql.execute("CREATE TEMP TABLE u (n bigint PRIMARY KEY)", &[]).await?;
    sql.execute("INSERT INTO u VALUES (1)", &[]).await?;
    let duplicate = sql.execute("INSERT INTO u VALUES ($1::bigint)", &[1_i64.into()]).await;
    hold(duplicate.as_ref().is_err_and(Error::is_unique_violation), duplicate)?;
    let broken = sql.query("SELEKT", &[]).await;
    hold(
        matches!(&broken, Err(Error::Sql { code, message }) if code == "42601" && message.contains("SELEKT")),
        broken,
    )?;
    // In no transaction a refused statement spoils nothing.
    sql.execute("DROP TABLE u", &[]).await.map(drop)
}

async fn no_database<P: SqlPlatform>(p: &P) -> Result<()> {
    let result = p.sql("no-such-database").await.map(drop);
    hold(matches!(&result, Err(Error::Sql { code, .. }) if code == "3D000"), result)
}

async fn commits(sql: &impl Sql) -> Result<()> {
    sql.execute("CREATE TEMP TABLE kept (n bigint)", &[]).await?;
    sql.transaction(async |sql| sql.execute("INSERT INTO kept VALUES (1)", &[]).await).await?;
    let row = one(sql, "SELECT count(*) FROM kept", &[]).await?;
    sql.execute("DROP TABLE kept", &[]).await?;
    hold(row.int(0)? == 1, row)
}

async fn rolls_back(sql: &impl Sql) -> Result<()> {
    sql.execute("CREATE TEMP TABLE lost (n bigint PRIMARY KEY)", &[]).await?;
    let failed: Result<()> = sql
        .transaction(async |sql| {
            sql.execute("INSERT INTO lost VALUES (1)", &[]).await?;
            sql.execute("INSERT INTO lost VALUES (1)", &[]).await.map(drop)
        })
        .await;
    hold(failed.as_ref().is_err_and(Error::is_unique_violation), failed)?;
    let row = one(sql, "SELECT count(*) FROM lost", &[]).await?;
    sql.execute("DROP TABLE lost", &[]).await?;
    hold(row.int(0)? == 0, row)
}

/// A lock that a transaction holds and the next case would wait for.
async fn leaves_one_open(sql: &impl Sql) -> Result<()> {
    sql.execute("begin", &[]).await?;
    sql.execute("SELECT pg_advisory_xact_lock(1)", &[]).await?;
    sql.execute("CREATE TABLE pg_temp.leaked (n bigint)", &[]).await.map(drop)
}

async fn none_is_open(sql: &impl Sql) -> Result<()> {
    let savepoint = sql.execute("SAVEPOINT a", &[]).await;
    hold(matches!(&savepoint, Err(Error::Sql { code, .. }) if code == "25P01"), savepoint)?;
    let row = one(sql, "SELECT to_regclass('pg_temp.leaked') IS NULL", &[]).await?;
    hold(row.bool(0)?, &row)?;
    // The server takes a moment to see that the other connection is closed.
    sql.execute("SELECT pg_advisory_lock(1)", &[]).await?;
    sql.execute("SELECT pg_advisory_unlock(1)", &[]).await.map(drop)
}

/// A request that is given up while the server works. The case after it shows that the server does so no longer.
async fn gives_up<P: SqlPlatform>(p: &P, sql: &impl Sql) -> Result<()> {
    let sleep = std::pin::pin!(p.sleep(Duration::from_millis(100)));
    let work = std::pin::pin!(sql.query("SELECT pg_advisory_lock(2), pg_sleep(600)", &[]));
    match futures_util::future::select(work, sleep).await {
        futures_util::future::Either::Left((result, _)) => hold(false, result),
        futures_util::future::Either::Right(_) => Ok(()),
    }
}

async fn not_held_up<P: SqlPlatform>(p: &P, sql: &impl Sql) -> Result<()> {
    for _ in 0..200 {
        let row = one(sql, "SELECT pg_try_advisory_lock(2)", &[]).await?;
        if row.bool(0)? {
            return sql.execute("SELECT pg_advisory_unlock(2)", &[]).await.map(drop);
        }
        p.sleep(Duration::from_millis(50)).await;
    }
    Err(Error::internal("the statement that was given up still runs"))
}

async fn changed_columns(sql: &impl Sql) -> Result<()> {
    sql.execute("CREATE TEMP TABLE c (n integer)", &[]).await?;
    sql.execute("INSERT INTO c VALUES (1)", &[]).await?;
    let statement = "SELECT n FROM c";
    one(sql, statement, &[]).await?;
    sql.execute("ALTER TABLE c ALTER n TYPE text", &[]).await?;
    let first = sql.query(statement, &[]).await;
    hold(matches!(&first, Err(Error::Sql { code, .. }) if code == "0A000"), first)?;
    let row = one(sql, statement, &[]).await?;
    sql.execute("DROP TABLE c", &[]).await?;
    hold(row.text(0)? == "1", row)
}

/// More at a time than the pool has: they wait for one another.
async fn many_at_once<P: SqlPlatform>(p: &P) -> Result<()> {
    let work = (0..20_i64).map(|n| async move {
        let sql = p.sql("cases").await?;
        let row = one(&sql, "SELECT $1::bigint, pg_sleep(0.01)", &[n.into()]).await?;
        hold(row.int(0)? == n, row)
    });
    futures_util::future::try_join_all(work).await.map(drop)
}

/// A connection that the server has closed is not given to anybody.
async fn broken<P: SqlPlatform>(p: &P) -> Result<()> {
    for _ in 0..2 {
        let sql = p.sql("cases").await?;
        let result = sql.query("SELECT pg_terminate_backend(pg_backend_pid())", &[]).await;
        hold(result.is_err(), result)?;
    }
    p.sleep(Duration::from_millis(50)).await;
    one(&p.sql("cases").await?, "SELECT 1", &[]).await.map(drop)
}
