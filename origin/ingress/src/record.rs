//! The record of a request.

use aw_platform::Platform;
use serde::Serialize;

use crate::Caller;

/// One line of JSON per request, in the fields of the edge's. It has no query, no header and no body: secrets travel in those.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record<'a> {
    pub(crate) level: &'a str,
    pub(crate) event: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) status: u16,
    /// From when the request came in until its response's head was there.
    pub(crate) ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tenant: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<&'a str>,
    /// The error's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'a str>,
    /// What went wrong inside, in a port's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<&'a str>,
}

impl<'a> Record<'a> {
    /// Adds who asked.
    pub(crate) fn caller(mut self, caller: Option<&'a Caller>) -> Self {
        if let Some(caller) = caller {
            self.signer = Some(caller.signer());
            self.tenant = caller.tenant.as_deref();
            self.user = caller.user.as_deref();
        }
        self
    }

    pub(crate) fn emit<P: Platform>(&self, platform: &P) {
        if let Ok(line) = serde_json::to_vec(self) {
            platform.emit(&line);
        }
    }
}
