//! What was never told is asked for: every night, and whenever somebody wishes.

use aw_origin_data::audit;
use aw_platform::{ApiError, Response, Row, Sql, SqlExt, SqlPlatform, Value, http::Method, uuid_v7};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::{
    ask::{Ask, at},
    entitlements,
    ledger::{self, Changed, Told},
    press::Press,
    provider::{self, Charge, Client, Invoice, List, Session, Subscription},
};

/// How far back from the last reconciliation what is paid and given back is looked at, in days; the first looks at all.
const DAYS: i64 = 40;
/// The most objects of a kind that are looked at: a press with more is told to ask more often by the report.
const MOST: usize = 20_000;
/// The most repairs that a report names.
const NAMED: usize = 100;

/// A repair.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Repair {
    /// `subscription`, `checkout`, `charge` or `invoice`.
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
            repairs: repairs.map_err(|e| aw_platform::Error::internal(e.to_string()))?,
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
    let mut tally = Tally::default();
    let last = "SELECT extract(epoch FROM max(at))::bigint FROM reconciliations";
    let last = sql.query_opt(last, &[]).await?.map_or(Ok(None), |row| row.int_opt(0))?;
    let since = last.map_or(0, |last| last - DAYS * 86_400);
    // Charges and invoices first: what a subscription entitles to depends on what was given back.
    each(
        &client,
        "/v1/charges?limit=100",
        Some(since),
        async |told, charge: Charge| {
            let id = charge.id.clone();
            tally.note(
                "charge",
                id,
                apply(press, sql, async |sql| ledger::charge(press.p, sql, told, &charge).await).await?,
            );
            Ok(())
        },
        |charge| &charge.id,
    )
    .await?;
    each(
        &client,
        "/v1/invoices?limit=100",
        Some(since),
        async |told, invoice: Invoice| {
            let id = invoice.id.clone();
            tally.note(
                "invoice",
                id,
                apply(press, sql, async |sql| ledger::invoice(press.p, sql, told, &invoice).await).await?,
            );
            Ok(())
        },
        |invoice| &invoice.id,
    )
    .await?;
    each(
        &client,
        "/v1/checkout/sessions?limit=100",
        Some(since),
        async |_, session: Session| {
            let id = session.id.clone();
            tally.note(
                "checkout",
                id,
                apply(press, sql, async |sql| ledger::session(press, sql, &session).await).await?,
            );
            Ok(())
        },
        |session| &session.id,
    )
    .await?;
    each(
        &client,
        "/v1/subscriptions?status=all&limit=100",
        None,
        async |told, one: Subscription| {
            let id = one.id.clone();
            tally.note(
                "subscription",
                id,
                apply(press, sql, async |sql| ledger::subscription(press.p, sql, told, &one).await).await?,
            );
            Ok(())
        },
        |one| &one.id,
    )
    .await?;
    report(press, sql, actor, tally).await
}

/// Asks the provider for one subscription of which was told what cannot be put in order.
pub(crate) async fn ask_again<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    client: &Client<'_, P>,
    id: &str,
) -> Result<(), ApiError> {
    match client.get_at::<Subscription>(&format!("/v1/subscriptions/{id}")).await {
        Ok((one, at)) => {
            let told = Told { at, asked: true };
            apply(press, sql, async |sql| ledger::subscription(press.p, sql, told, &one).await).await?;
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
    fn note(&mut self, kind: &str, id: String, changed: bool) {
        self.checked += 1;
        self.repaired += i64::from(changed);
        if changed && self.repairs.len() < NAMED {
            self.repairs.push(Repair { kind: kind.to_owned(), id });
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
    match client.delete_at::<Subscription>(&format!("/v1/subscriptions/{id}")).await {
        Ok((one, at)) => {
            let told = Told { at, asked: true };
            apply(press, sql, async |sql| ledger::subscription(press.p, sql, told, &one).await).await?;
        }
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

/// Merges one object and derives what follows, in a transaction; gives whether something was not as it should be.
async fn apply<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    merge: impl AsyncFnOnce(&P::Sql) -> aw_platform::Result<Changed>,
) -> Result<bool, ApiError> {
    sql.transaction(async |sql| {
        let changed = merge(sql).await?;
        for user in &changed.users {
            entitlements::derive(press.p, sql, user, ledger::ACTOR).await?;
        }
        Ok(changed.changed)
    })
    .await
}

/// Every object of a list, page after page.
async fn each<P: SqlPlatform, T: DeserializeOwned>(
    client: &Client<'_, P>,
    list: &str,
    since: Option<i64>,
    mut work: impl AsyncFnMut(Told, T) -> Result<(), ApiError>,
    id: impl Fn(&T) -> &str,
) -> Result<(), ApiError> {
    let since = since.map(|since| format!("&created[gte]={since}")).unwrap_or_default();
    let (mut after, mut count) = (String::new(), 0);
    loop {
        let (page, at) = client.get_at::<List<T>>(&format!("{list}{since}{after}")).await?;
        let Some(last) = page.data.last() else { return Ok(()) };
        after = format!("&starting_after={}", id(last));
        count += page.data.len();
        for object in page.data {
            work(Told { at, asked: true }, object).await?;
        }
        if !page.has_more || count >= MOST {
            return Ok(());
        }
    }
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
        let row = row.ok_or_else(|| aw_platform::Error::internal("a report was kept and is not"))?;
        let details = json!({ "checked": tally.checked, "repaired": tally.repaired });
        audit::record(press.p, sql, actor, "subscription.ledger.reconciled", &id, details).await?;
        Ok(Report::from_row(&row)?)
    })
    .await
}
