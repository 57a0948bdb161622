//! Whether what services need is there.

use std::fmt::Display;

use aw_platform::{ApiError, Error};
use schemars::JsonSchema;
use serde::Serialize;

/// Something without which a service cannot do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// The control database and tenants' databases can be asked.
    Database,
    /// Their schemas are as this program needs them.
    Migrations,
    /// The object store's bucket is there and ours.
    Blobs,
    /// What is set up for the provider of payments can be used.
    Payments,
}

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Migrations => "migrations",
            Self::Blobs => "blobs",
            Self::Payments => "payments",
        }
    }
}

/// What one `GET /ready` has looked at: services that need the same share a look.
///
/// ```
/// use aw_ingress::{Need, Ready};
/// let mut ready = Ready::default();
/// ready.note(Need::Database, Ok::<_, String>(()));
/// assert!(ready.knows(Need::Database) && ready.has(Need::Database) && !ready.knows(Need::Blobs));
/// ready.note(Need::Blobs, Err("NoSuchBucket"));
/// let error = ready.verdict().unwrap_err();
/// assert_eq!((error.status(), error.message()), (503, "not ready: blobs"));
/// assert_eq!(error.cause(), Some("upstream: blobs: NoSuchBucket"), "for the records alone");
/// ```
#[derive(Debug, Default)]
pub struct Ready(Vec<(Need, Option<String>)>);

/// What was looked at, and is there.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Readiness {
    /// `ready`.
    pub status: &'static str,
    /// What was looked at.
    pub there: Vec<Need>,
}

/// The details of a 503.
#[derive(Serialize)]
struct Missing {
    missing: Vec<Need>,
}

impl Ready {
    /// Whether `need` has been looked at.
    pub fn knows(&self, need: Need) -> bool {
        self.0.iter().any(|(known, _)| *known == need)
    }

    /// Whether `need` has been looked at and was there.
    pub fn has(&self, need: Need) -> bool {
        self.0.iter().any(|(known, why)| *known == need && why.is_none())
    }

    /// Notes what a look at `need` found. The reason is for the records: a stranger may ask.
    pub fn note(&mut self, need: Need, found: Result<(), impl Display>) {
        self.0.push((need, found.err().map(|why| why.to_string())));
    }

    /// Looks at `need`, unless somebody has.
    pub async fn look<E: Display>(&mut self, need: Need, look: impl AsyncFnOnce() -> Result<(), E>) {
        if !self.knows(need) {
            let found = look().await;
            self.note(need, found);
        }
    }

    /// What was looked at, where all of it is there.
    ///
    /// # Errors
    /// 503 `SERVICE_UNAVAILABLE`, whose `details.missing` names what is not.
    pub fn verdict(self) -> Result<Readiness, ApiError> {
        let (there, missing): (Vec<_>, Vec<_>) = self.0.into_iter().partition(|(_, why)| why.is_none());
        if missing.is_empty() {
            return Ok(Readiness { status: "ready", there: there.into_iter().map(|(need, _)| need).collect() });
        }
        let list =
            |show: fn(&(Need, Option<String>)) -> String| missing.iter().map(show).collect::<Vec<_>>().join(", ");
        let names = list(|(need, _)| need.name().to_owned());
        let why = list(|(need, why)| format!("{}: {}", need.name(), why.as_deref().unwrap_or_default()));
        let error = ApiError::unavailable(format!("not ready: {names}"), 5).because(Error::upstream(why));
        Err(error.details(Missing { missing: missing.into_iter().map(|(need, _)| need).collect() }))
    }
}
