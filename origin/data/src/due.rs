//! What is due in tenants without anybody asking for it: the operator calls `POST /_aw/work/SERVICE` again and again, and
//! a little of it is done each time.

use aw_ingress::Caller;
use aw_platform::{ApiError, Platform, http::Method};
use serde::Serialize;

/// Lets only the operator's `POST` in.
///
/// # Errors
/// 405; 403 `AUTH_OPERATOR_REQUIRED`.
pub fn admit(caller: &Caller, method: &Method) -> Result<(), ApiError> {
    if method != Method::POST {
        return Err(ApiError::method_not_allowed());
    }
    caller.require_operator()
}

/// One line of JSON.
#[derive(Serialize)]
struct Failed<'a> {
    level: &'static str,
    event: &'static str,
    service: &'a str,
    tenant: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    code: &'a str,
    why: &'a str,
}

/// Records that what a service had to do in a tenant failed: one tenant's trouble is not the others', and it is done
/// again. `subject` is what it was about, `KIND:ID`, where it was not about all of the tenant. Who calls this counts it
/// in the `failed` of its answer.
pub fn failed<P: Platform>(p: &P, service: &str, tenant: &str, subject: Option<&str>, error: &ApiError) {
    let why = error.cause().unwrap_or(error.message());
    let record = Failed { level: "warn", event: "work.failed", service, tenant, subject, code: error.code(), why };
    if let Ok(line) = serde_json::to_vec(&record) {
        p.emit(&line);
    }
}

#[cfg(test)]
mod tests {
    use aw_memory::Memory;
    use aw_platform::Error;

    use super::*;

    #[test]
    fn all_failures_are_spelled_alike() {
        let p = Memory::new();
        failed(&p, "user", "press", None, &Error::internal("no disk").into());
        failed(&p, "storage", "press", Some("file:1"), &ApiError::new(404, "STORAGE_FILE_NOT_FOUND", "there is none"));
        let begin = r#"{"level":"warn","event":"work.failed","service":"#;
        let expected = [
            r#""user","tenant":"press","code":"SERVICE_INTERNAL_ERROR","why":"internal: no disk"}"#,
            r#""storage","tenant":"press","subject":"file:1","code":"STORAGE_FILE_NOT_FOUND","why":"there is none"}"#,
        ];
        assert_eq!(p.take_records(), expected.map(|rest| format!("{begin}{rest}")));
    }
}
