//! A job's row, and what the API shows of it.

use aw_ingress::Caller;
use aw_origin_data::input::{Page, actor};
use aw_platform::{ApiError, Error, Result, Row, Sql, SqlExt, Value, rfc3339};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::workers;

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "JobState")]
pub enum State {
    /// Nobody works on it yet, or whoever did is gone.
    Waiting,
    /// A worker is at it.
    Running,
    /// Its result is there.
    Done,
    /// It came to nothing and is not tried again.
    Dead,
    /// Somebody did not want it any more.
    Canceled,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Canceled => "canceled",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Running, Self::Done, Self::Dead, Self::Canceled].into_iter().find(|s| s.name() == name)
    }
}

/// Why a job waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "JobWaitingFor")]
pub enum WaitingFor {
    /// A worker is there and has others first.
    Turn,
    /// It failed and is tried again at `dueAt`.
    Retry,
    /// No worker of its kind runs here: nothing happens until one is started.
    Worker,
}

/// How far a job is, in steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "JobProgress")]
pub struct Progress {
    /// What is being done; empty before it began.
    pub stage: String,
    /// Steps that are done.
    pub done: i64,
    /// Of so many; 0 before it began.
    pub total: i64,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// What is to be done: `pdf`.
    pub kind: String,
    /// What it is about: `book:ID`.
    pub subject: String,
    /// How it is to be done.
    pub input: serde_json::Value,
    /// Who asked: a user's id, or `operator`.
    pub owner: String,
    /// How far it has come.
    pub state: State,
    /// Why it waits; `null` where it does not.
    pub waiting_for: Option<WaitingFor>,
    /// How far it is.
    pub progress: Progress,
    /// How often it was begun.
    pub attempts: i64,
    /// When it is tried next; `null` where it is not.
    pub due_at: Option<String>,
    /// The id of the file that came of it; `null` where none did, or it was deleted since.
    pub file: Option<Uuid>,
    /// Why the last attempt came to nothing.
    pub error: Option<String>,
    /// What whoever reads the result should know.
    pub notes: Vec<String>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// RFC 3339; `null` while it waits or runs.
    pub ended_at: Option<String>,
}

/// The columns of table `jobs j` that a job is read from. One whose worker is gone waits, whatever the row says until
/// another looks.
const COLUMNS: &str = "j.id::text, j.kind, j.subject, j.input, j.owner, \
    CASE WHEN j.state = 'running' AND j.lease_until < now() THEN 'waiting' ELSE j.state END, \
    j.stage, j.done, j.total, j.attempts, (extract(epoch FROM j.due_at) * 1000)::bigint, j.due_at > now(), \
    (SELECT f.id::text FROM files f WHERE f.id = j.file AND f.state = 'stored' AND j.state = 'done'), j.error, j.notes, \
    (extract(epoch FROM j.created_at) * 1000)::bigint, (extract(epoch FROM j.updated_at) * 1000)::bigint, \
    (extract(epoch FROM j.ended_at) * 1000)::bigint";

/// There is no such job.
pub(crate) fn not_found() -> ApiError {
    ApiError::new(404, "JOBS_JOB_NOT_FOUND", "there is no such job")
}

/// Whose jobs the caller sees: `None` is everybody's.
pub(crate) fn sees(caller: &Caller) -> Option<&str> {
    (!caller.is_operator() && !caller.has_role(&["owner", "admin"])).then(|| actor(caller))
}

/// A job; `only` the one of that owner.
///
/// # Errors
/// 404 `JOBS_JOB_NOT_FOUND`.
pub(crate) async fn find<S: Sql>(control: &S, sql: &S, only: Option<&str>, id: Uuid) -> Result<Job, ApiError> {
    let select = format!(
        "SELECT {COLUMNS} FROM jobs j WHERE j.id = $1::text::uuid AND ($2::text IS NULL OR j.owner = $2::text)"
    );
    let row = sql.query_opt(&select, &[id.into(), only.into()]).await?.ok_or_else(not_found)?;
    let mut job = Job::from_row(&row)?;
    explain(control, std::slice::from_mut(&mut job)).await?;
    Ok(job)
}

/// A page of jobs, newest first; in one state where that is named.
pub(crate) async fn page<S: Sql>(
    control: &S,
    sql: &S,
    only: Option<&str>,
    state: Option<State>,
    page: Page,
) -> Result<Vec<Job>, ApiError> {
    let select = format!(
        "SELECT {COLUMNS} FROM jobs j WHERE ($1::text IS NULL OR j.owner = $1::text) \
            AND ($2::text IS NULL OR j.id < $2::text::uuid) AND ($4::text IS NULL OR $4::text = \
                CASE WHEN j.state = 'running' AND j.lease_until < now() THEN 'waiting' ELSE j.state END) \
        ORDER BY j.id DESC LIMIT $3::bigint"
    );
    let after = page.after.map(|id| id.to_string());
    let params: [Value; 4] = [only.into(), after.into(), page.limit.into(), state.map(State::name).into()];
    let rows = sql.query(&select, &params).await?;
    let mut jobs = rows.iter().map(Job::from_row).collect::<Result<Vec<_>>>()?;
    explain(control, &mut jobs).await?;
    Ok(jobs)
}

/// Says of jobs that wait for a worker that there is none.
async fn explain<S: Sql>(control: &S, jobs: &mut [Job]) -> Result<()> {
    let mut known: Option<(String, bool)> = None;
    for job in jobs.iter_mut().filter(|job| job.state == State::Waiting) {
        if known.as_ref().is_none_or(|(kind, _)| *kind != job.kind) {
            known = Some((job.kind.clone(), workers::any(control, &job.kind).await?));
        }
        if known.as_ref().is_some_and(|(_, there)| !there) {
            job.waiting_for = Some(WaitingFor::Worker);
        }
    }
    Ok(())
}

impl Job {
    fn from_row(row: &Row) -> Result<Self> {
        let broken = |what: &'static str| Error::internal(what);
        let uuid = |text: &str| text.parse().map_err(|_| broken("a job has an id that is none"));
        let time = |column| Ok::<_, Error>(row.int_opt(column)?.map(|ms| rfc3339(ms.unsigned_abs())));
        let state = State::parse(row.text(5)?).ok_or_else(|| broken("a job has a state that is none"))?;
        let again = row.bool(11)?;
        Ok(Self {
            id: uuid(row.text(0)?)?,
            kind: row.text(1)?.to_owned(),
            subject: row.text(2)?.to_owned(),
            input: serde_json::from_str(row.text(3)?).map_err(|e| Error::internal(e.to_string()))?,
            owner: row.text(4)?.to_owned(),
            state,
            waiting_for: (state == State::Waiting).then_some(if again { WaitingFor::Retry } else { WaitingFor::Turn }),
            progress: Progress { stage: row.text(6)?.to_owned(), done: row.int(7)?, total: row.int(8)? },
            attempts: row.int(9)?,
            due_at: time(10)?.filter(|_| state == State::Waiting),
            file: row.text_opt(12)?.map(uuid).transpose()?,
            error: row.text_opt(13)?.map(str::to_owned),
            notes: serde_json::from_str(row.text(14)?).map_err(|e| Error::internal(e.to_string()))?,
            created_at: time(15)?.unwrap_or_default(),
            updated_at: time(16)?.unwrap_or_default(),
            ended_at: time(17)?,
        })
    }
}
