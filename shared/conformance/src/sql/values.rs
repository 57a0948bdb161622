//! Values go in and come out the same.

use aw_platform::{Bytes, Row, Sql, SqlExt, SqlPlatform, Value};

use crate::{
    ask::unique,
    case::{Outcome, ensure},
};

const EVERY: &str = "SELECT $1::boolean, $2::bigint, $3::double precision, $4::text, $5::bytea";

async fn back<P: SqlPlatform>(p: &P, database: &str, values: Vec<Value>) -> Outcome {
    let rows = p.sql(database).await?.query(EVERY, &values).await?;
    ensure!(rows == [Row(values.clone())], "{values:?} came back as {rows:?}");
    Ok(())
}

pub(super) async fn round_trip<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let bytes = Bytes::from((0..=255).collect::<Vec<u8>>());
    let text = "gr\u{fc}n, \u{1F4D6} \"quoted\" 'twice' \\ $1 %\n\t";
    back(p, database, vec![true.into(), 42_i64.into(), 1.5.into(), text.into(), bytes.into()]).await
}

pub(super) async fn extremes<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let least = vec![false.into(), i64::MIN.into(), f64::MIN_POSITIVE.into(), "".into(), Bytes::new().into()];
    back(p, database, least).await?;
    let most =
        vec![true.into(), i64::MAX.into(), f64::INFINITY.into(), "\u{10FFFF}".into(), Bytes::from_static(b"\0").into()];
    back(p, database, most).await
}

pub(super) async fn nulls<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    back(p, database, vec![Value::Null; 5]).await?;
    let row = p.sql(database).await?.query_opt("SELECT NULL::text, NULL::bigint", &[]).await?;
    let Some(row) = row else { return Err(crate::Failure::new("one row is none")) };
    ensure!(row.text_opt(0)?.is_none() && row.int_opt(1)?.is_none(), "NULL reads as {row:?}");
    ensure!(row.text(0).is_err() && row.int(1).is_err(), "NULL passes for a value");
    Ok(())
}

pub(super) async fn narrow<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let statement = "SELECT 7::smallint, (-7)::integer, 0.5::real, 'x'::varchar(9), 'y'::text COLLATE \"C\"";
    let rows = p.sql(database).await?.query(statement, &[]).await?;
    let expected = Row(vec![7_i64.into(), (-7_i64).into(), 0.5.into(), "x".into(), "y".into()]);
    ensure!(rows == [expected], "narrow columns came as {rows:?}");
    Ok(())
}

pub(super) async fn long_text<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let text = "\u{e4}bc ".repeat(200_000);
    let sql = p.sql(database).await?;
    let id = unique(p, "sql-");
    sql.execute("INSERT INTO conformance VALUES ($1::text, $2::text)", &[(&id).into(), (&text).into()]).await?;
    let select = "SELECT value, octet_length(value) FROM conformance WHERE id = $1::text";
    let Some(row) = sql.query_opt(select, &[(&id).into()]).await? else {
        return Err(crate::Failure::new("the row is not there"));
    };
    ensure!(row.int(1)? == text.len() as i64, "{} bytes of text are {}", text.len(), row.int(1)?);
    ensure!(row.text(0)? == text, "1 MB of text came back changed");
    Ok(())
}

pub(super) async fn times<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let sql = p.sql(database).await?;
    for ms in [0_i64, 1_709_210_096_007, 1_764_156_000_999, 4_102_444_800_001] {
        let statement = "SELECT (extract(epoch from to_timestamp($1::bigint / 1000.0)) * 1000)::bigint";
        let row = sql.query_opt(statement, &[ms.into()]).await?;
        let back = row.as_ref().map(|row| row.int(0)).transpose()?;
        ensure!(back == Some(ms), "{ms} ms since 1970 came back as {back:?}");
    }
    Ok(())
}

pub(super) async fn casts<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let id = aw_platform::uuid_v7(p).to_string();
    let statement = "SELECT ($1::text::uuid)::text, ($2::text::jsonb ->> 'a'), (now() AT TIME ZONE 'UTC')::text";
    let row = p.sql(database).await?.query_opt(statement, &[(&id).into(), "{\"a\": \"\u{fc}\"}".into()]).await?;
    let Some(row) = row else { return Err(crate::Failure::new("one row is none")) };
    ensure!(row.text(0)? == id && row.text(1)? == "\u{fc}", "through uuid and jsonb came {row:?}");
    Ok(())
}

pub(super) async fn empty<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let sql = p.sql(database).await?;
    ensure!(sql.query("SELECT 1 WHERE false", &[]).await?.is_empty(), "no rows are some");
    ensure!(sql.query_opt("SELECT 1 WHERE false", &[]).await?.is_none(), "no row is one");
    Ok(())
}

pub(super) async fn many<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let rows = p.sql(database).await?.query("SELECT n, n::text FROM generate_series(1, 10000) n", &[]).await?;
    ensure!(rows.len() == 10_000, "10,000 rows are {}", rows.len());
    let last = rows.last().map(|row| row.0.clone());
    ensure!(last == Some(vec![10_000_i64.into(), "10000".into()]), "the last of 10,000 rows is {last:?}");
    Ok(())
}

pub(super) async fn touched<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let sql = p.sql(database).await?;
    let stem = unique(p, "sql-");
    let insert = "INSERT INTO conformance SELECT $1::text || n::text, 'x' FROM generate_series(1, 3) n";
    let inserted = sql.execute(insert, &[(&stem).into()]).await?;
    let update = "UPDATE conformance SET value = 'y' WHERE id LIKE $1::text || '%' AND id <> $1::text || '2'";
    let updated = sql.execute(update, &[(&stem).into()]).await?;
    let deleted = sql.execute("DELETE FROM conformance WHERE id LIKE $1::text || '%'", &[(&stem).into()]).await?;
    let none = sql.execute("DELETE FROM conformance WHERE id LIKE $1::text || '%'", &[(&stem).into()]).await?;
    let all = (inserted, updated, deleted, none);
    ensure!(all == (3, 2, 3, 0), "rows touched: {all:?}");
    Ok(())
}
