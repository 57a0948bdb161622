//! Requests to the provider: Stripe's API, form-encoded, version by version the same.
//!
//! <https://docs.stripe.com/api>. Every request that makes something carries an `Idempotency-Key`, so that one whose
//! answer was lost can be made again.

use std::time::Duration;

use aw_model::names::{PAYMENTS, PAYMENTS_SANDBOX};
use aw_platform::{
    ApiError, Backend, Body, Error, FetchOptions, Platform,
    http::{self, HeaderMap, HeaderValue, Method, header},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::account::Kind;

/// The version of the API that objects and webhooks are written in.
pub(crate) const VERSION: &str = "2024-06-20";
/// How long the provider has to begin its answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer, in bytes: a page of a hundred invoices with their lines.
const ANSWER: usize = 8 << 20;

/// Why the provider did not do it.
#[derive(Debug)]
pub(crate) enum ProviderError {
    /// It was not reached, is overloaded or down. It may be asked again.
    Unavailable(String),
    /// It does not take the key.
    Key,
    /// It refuses this request, with a code of its own.
    Refused { code: String, message: String },
    /// It answered what no provider answers, or we asked what cannot be asked.
    Broken(String),
}

impl ProviderError {
    /// Whether what was to be made is there already.
    pub(crate) fn is_there(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "resource_already_exists")
    }

    /// Whether there is no such object.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "resource_missing")
    }
}

impl std::fmt::Display for ProviderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unavailable(why) | Self::Broken(why) => f.write_str(why),
            Self::Key => f.write_str("the provider does not take the key"),
            Self::Refused { code, message } => write!(f, "{message} ({code})"),
        }
    }
}

impl std::error::Error for ProviderError {}

impl From<ProviderError> for ApiError {
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::Unavailable(_) => {
                let why = "payments cannot be reached now; try again soon";
                Self::new(503, "SUBSCRIPTION_PROVIDER_UNAVAILABLE", why).retry_after(5)
            }
            ProviderError::Key => {
                let why = "the provider of payments does not take this press's key";
                Self::new(502, "SUBSCRIPTION_PROVIDER_KEY_REFUSED", why)
            }
            ProviderError::Refused { code, .. } => {
                let why = "the provider of payments refuses this";
                Self::new(502, "SUBSCRIPTION_PROVIDER_REFUSED", why).details(json!({ "code": code }))
            }
            ProviderError::Broken(why) => Error::internal(why).into(),
        }
    }
}

/// A client of one account.
pub(crate) struct Client<'a, P> {
    p: &'a P,
    backend: Backend,
    key: String,
}

impl<'a, P: Platform> Client<'a, P> {
    pub(crate) fn new(p: &'a P, kind: Kind, key: String) -> Self {
        let backend = match kind {
            Kind::Stripe => Backend(PAYMENTS),
            Kind::Sandbox => Backend(PAYMENTS_SANDBOX),
        };
        Self { p, backend, key }
    }

    /// Asks for an object, or a list with its query; with the provider's time of the answer, in seconds since 1970.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub(crate) async fn get_at(&self, target: &str) -> Result<(Value, i64), ProviderError> {
        self.ask_at(Method::GET, target).await
    }

    /// Has an object deleted, or a subscription ended at once; gives what is left of it, with the provider's time.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub(crate) async fn delete_at(&self, target: &str) -> Result<(Value, i64), ProviderError> {
        self.ask_at(Method::DELETE, target).await
    }

    async fn ask_at(&self, method: Method, target: &str) -> Result<(Value, i64), ProviderError> {
        let (object, headers) = self.send(method, target, String::new(), None).await?;
        let date =
            headers.get(header::DATE).and_then(|v| v.to_str().ok()).and_then(|v| httpdate::parse_http_date(v).ok());
        let date = date.and_then(|date| date.duration_since(std::time::UNIX_EPOCH).ok());
        let now = || self.p.now() / 1000;
        Ok((object, i64::try_from(date.map_or_else(now, |date| date.as_secs())).unwrap_or(i64::MAX)))
    }

    /// Has something made or changed; `once` names the wish, for as long as a day.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &impl Serialize,
        once: Option<&str>,
    ) -> Result<T, ProviderError> {
        let form = serde_qs::Config::new().use_form_encoding(true).serialize_string(form);
        let form = form.map_err(|e| ProviderError::Broken(format!("a form: {e}")))?;
        let (object, _) = self.send(Method::POST, path, form, once).await?;
        T::deserialize(object).map_err(|e| ProviderError::Broken(format!("{path}: {e}")))
    }

    // One body for whatever is asked: it is the larger part of each.
    async fn send(
        &self,
        method: Method,
        target: &str,
        form: String,
        once: Option<&str>,
    ) -> Result<(Value, HeaderMap), ProviderError> {
        let broken = |why: &str| ProviderError::Broken(why.to_owned());
        let mut request = http::Request::new(if form.is_empty() { Body::Empty } else { Body::from(form.into_bytes()) });
        *request.method_mut() = method;
        *request.uri_mut() = target.parse().map_err(|_| broken("a path to the provider"))?;
        let headers = request.headers_mut();
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| broken("a header to the provider"));
        let mut key = value(&format!("Bearer {}", self.key))?;
        key.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, key);
        headers.insert("stripe-version", HeaderValue::from_static(VERSION));
        headers.insert(header::USER_AGENT, HeaderValue::from_static("AuthorWorks/1.0"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        if let Some(once) = once {
            headers.insert("idempotency-key", value(once)?);
        }
        let unavailable = |error: Error| ProviderError::Unavailable(error.to_string());
        let options = FetchOptions { first_byte: PATIENCE };
        let response = self.p.fetch(self.backend, request, options).await.map_err(unavailable)?;
        let (head, body) = response.into_parts();
        let body = body.bytes(ANSWER).await.map_err(unavailable)?;
        if head.status.is_success() {
            let object = serde_json::from_slice(&body);
            return Ok((object.map_err(|e| ProviderError::Broken(format!("{target}: {e}")))?, head.headers));
        }
        Err(refusal(head.status.as_u16(), &body))
    }
}

fn refusal(status: u16, body: &[u8]) -> ProviderError {
    #[derive(Default, Deserialize)]
    struct Refusal {
        error: Reason,
    }
    #[derive(Default, Deserialize)]
    struct Reason {
        #[serde(default)]
        code: Option<String>,
        #[serde(default)]
        message: String,
    }
    let Reason { code, message } = serde_json::from_slice::<Refusal>(body).unwrap_or_default().error;
    match status {
        401 | 403 => ProviderError::Key,
        // A key that is in use by a request under way is a 409: the same request again finds its answer.
        409 | 429 | 500.. => ProviderError::Unavailable(format!("it answers {status}: {message}")),
        _ => ProviderError::Refused { code: code.unwrap_or_else(|| status.to_string()), message },
    }
}
