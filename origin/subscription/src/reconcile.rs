//! What was never told is asked for: every night, and whenever somebody wishes.

use aw_origin_data::audit;
use aw_platform::{ApiError, Error, Response, Row, Sql, SqlExt, SqlPlatform, Value, http::Method, uuid_v7};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    ask::{Ask, at},
    entitlements,
    ledger::{self, Kind, Object, Told},
    press::Press,
    provider::{self, Client},
};

/// How far back from the last reconciliation what is paid and given back is looked at, in days; the first looks at all.
const DAYS: i64 = 40;
/// The most objects of a kind that are looked at: a press with more is told to ask more often by the report.
const MOST: usize = 20_000;
/// The most repairs that a report names.
const NAMED: usize = 100;

/// What is asked for, in this order: what a subscription entitles to depends on what was given back.
const LISTS: [(Kind, &str, &str); 5] = [
    (Kind::Charge, "charge", "/v1/charges?limit=100"),
    (Kind::Dispute, "dispute", "/v1/disputes?limit=100"),
    (Kind::Invoice, "invoice", "/v1/invoices?limit=100"),
    (Kind::Checkout, "checkout", "/v1/checkout/sessions?limit=100"),
    (Kind::Subscription, "subscription", "/v1/subscriptions?status=all&limit=100"),
];

/// A repair.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Repair {
    /// `subscription`, `checkout`, `charge`, `dispute` or `invoice`.
    kind: String,
    /// The object's id at the provider.
    id: String,
}

/// A reconciliation.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Report {
    /// Its id.
    pub(crate) id: String,
    /// When it was, RFC 3339.
    at: String,
    /// How many objects were looked at.
    pub(crate) checked: i64,
    /// How many of them were not as they should be, and are now.
    pub(crate) repaired: i64,
    /// What was repaired, the first hundred.
    repairs: Vec<Repair>,
}

const COLUMNS: &str = "id::text, (extract(epoch FROM at) * 1000)::bigint, checked, repaired, details";

impl Report {
    fn from_row(row: &Row) -> aw_platform::Result<Self> {
        let repairs = serde_json::from_str(row.text(4)?);
        Ok(Self {
            id: row.text(0)?.to_owned(),
            at: at(row.int(1)?),
            checked: row.int(2)?,
            repaired: row.int(3)?,
            repairs: repairs.map_err(|e| Error::internal(e.to_string()))?,
        })
    }
}

/// `/v1/subscriptions/reconciliations`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    ask.keeper()?;
    let sql = ask.sql().await?;
    match *ask.method() {
        Method::GET => {
            let page = ask.page()?;
            let statement = format!(
                "SELECT {COLUMNS} FROM reconciliations WHERE $1::text IS NULL OR id < $1::text::uuid \
                 ORDER BY id DESC LIMIT $2::bigint"
            );
            let rows = sql.query(&statement, &[page.after.into(), page.limit.into()]).await?;
            let reports: Vec<Report> = rows.iter().map(Report::from_row).collect::<Result<_, _>>()?;
            Ok(ask.list(page, reports, |report| &report.id))
        }
        Method::POST => {
            let report = run(ask.press(), &sql, ask.actor()).await?;
            ask.push();
            Ok(ask.data(201, report))
        }
        _ => Err(ApiError::method_not_allowed()),
    }
}

/// Asks the provider for everything, repairs what is not as it says, and reports it.
///
/// # Errors
/// The provider or the database cannot be asked; what was repaired until then stays.
pub(crate) async fn run<P: SqlPlatform>(press: Press<'_, P>, sql: &P::Sql, actor: &str) -> Result<Report, ApiError> {
    let client = provider::open(press, sql).await?;
    provider::refresh(press, sql, &client).await?;
    let mut tally = Tally::default();
    let last = "SELECT extract(epoch FROM max(at))::bigint FROM reconciliations";
    let last = sql.query_opt(last, &[]).await?.map_or(Ok(None), |row| row.int_opt(0))?;
    let since = last.map_or(0, |last| last - DAYS * 86_400);
    for (kind, name, list) in LISTS {
        let since = if kind == Kind::Subscription { String::new() } else { format!("&created[gte]={since}") };
        let (mut after, mut count) = (String::new(), 0);
        loop {
            let (page, at) = client.get_at(&format!("{list}{since}{after}")).await?;
            let objects = page["data"].as_array().map(Vec::as_slice).unwrap_or_default();
            for object in objects {
                let changed = keep(press, sql, Told { at, asked: true }, kind, object).await?;
                tally.note(name, id(object), changed);
            }
            count += objects.len();
            match objects.last() {
                Some(last) if page["has_more"] == true && count < MOST => {
                    after = format!("&starting_after={}", id(last));
                }
                _ => break,
            }
        }
    }
    report(press, sql, actor, tally).await
}

fn id(object: &serde_json::Value) -> &str {
    object["id"].as_str().unwrap_or_default()
}

/// Asks the provider for one subscription of which was told what cannot be put in order.
pub(crate) async fn ask_again<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    client: &Client<'_, P>,
    id: &str,
) -> Result<(), ApiError> {
    match client.get_at(&format!("/v1/subscriptions/{id}")).await {
        Ok((one, at)) => {
            keep(press, sql, Told { at, asked: true }, Kind::Subscription, &one).await?;
            Ok(())
        }
        Err(error) if error.is_missing() => {
            let update = "UPDATE subscriptions SET doubtful = false WHERE id = $1::text";
            sql.execute(update, &[id.into()]).await?;
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Default)]
struct Tally {
    checked: i64,
    repaired: i64,
    repairs: Vec<Repair>,
}

impl Tally {
    fn note(&mut self, kind: &str, id: &str, changed: bool) {
        self.checked += 1;
        self.repaired += i64::from(changed);
        if changed && self.repairs.len() < NAMED {
            self.repairs.push(Repair { kind: kind.to_owned(), id: id.to_owned() });
        }
    }
}

/// Ends a subscription at the provider, now. One that has ended there is only asked for; of one that was never there,
/// such as that of an account at the provider before this one, nothing more can be done.
pub(crate) async fn end<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    client: &Client<'_, P>,
    id: &str,
) -> Result<(), ApiError> {
    match client.delete_at(&format!("/v1/subscriptions/{id}")).await {
        Ok((one, at)) => drop(keep(press, sql, Told { at, asked: true }, Kind::Subscription, &one).await?),
        Err(error) if error.is_missing() => {
            ask_again(press, sql, client, id).await?;
            let left = "UPDATE subscriptions SET end_due = NULL WHERE id = $1::text AND end_due IS NOT NULL";
            if sql.execute(left, &[id.into()]).await? > 0 {
                let record = json!({ "level": "warn", "event": "subscription.end.unknown", "tenant": press.tenant,
                    "subscription": id });
                press.p.emit(record.to_string().as_bytes());
            }
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Keeps one object and derives what follows, in a transaction; gives whether something was not as it should be.
async fn keep<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    told: Told,
    kind: Kind,
    object: &serde_json::Value,
) -> Result<bool, ApiError> {
    let object = Object::read(kind, object).map_err(|e| Error::internal(format!("the provider's {kind:?}: {e}")))?;
    sql.transaction(async |sql| {
        let changed = ledger::keep(press, sql, told, &object).await?;
        for user in &changed.users {
            entitlements::derive(press.p, sql, user, ledger::ACTOR).await?;
        }
        Ok(changed.changed)
    })
    .await
}

async fn report<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    actor: &str,
    tally: Tally,
) -> Result<Report, ApiError> {
    let id = uuid_v7(press.p).to_string();
    let row: [Value; 4] =
        [(&id).into(), tally.checked.into(), tally.repaired.into(), json!(tally.repairs).to_string().into()];
    sql.transaction(async |sql| {
        let insert = format!(
            "INSERT INTO reconciliations (id, checked, repaired, details) \
             VALUES ($1::text::uuid, $2::bigint, $3::bigint, $4::text) RETURNING {COLUMNS}"
        );
        let row = sql.query_opt(&insert, &row).await?;
        let row = row.ok_or_else(|| Error::internal("a report was kept and is not"))?;
        let details = json!({ "checked": tally.checked, "repaired": tally.repaired });
        audit::record(press.p, sql, actor, "subscription.ledger.reconciled", &id, details).await?;
        Ok(Report::from_row(&row)?)
    })
    .await
}
