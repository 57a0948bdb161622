//! Who asks, as a signature vouches for it.

use std::net::IpAddr;

use aw_model::{names::header, slug};
use aw_platform::{ApiError, http::HeaderMap};
use aw_trust::message::SignatureError;

/// The key id of the operator's own requests.
pub(crate) const OPERATOR: &str = "operator";
/// The key id of what this origin signs itself. It never asks itself.
const ORIGIN: &str = "origin";

/// Who signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An edge, by its name, for somebody whom it has identified or for a stranger.
    Edge(String),
    /// The operator's command.
    Operator,
}

/// Who asks: everything here was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who signed the request.
    pub kind: Kind,
    /// The tenant's id.
    pub tenant: Option<String>,
    /// The host that the browser asked for.
    pub host: Option<String>,
    /// The user's id, from a token that the edge verified.
    pub user: Option<String>,
    /// The user's roles.
    pub roles: Vec<String>,
    /// The session's id.
    pub session: Option<String>,
    /// The browser's address.
    pub client_ip: Option<IpAddr>,
    /// The request's id, in records and in the answer.
    pub request_id: String,
}

impl Caller {
    /// The caller of a request whose signature, and so its identity headers, have been verified.
    pub(crate) fn new(key_id: &str, headers: &HeaderMap, request_id: &str) -> Result<Self, SignatureError> {
        let kind = match key_id {
            OPERATOR => Kind::Operator,
            ORIGIN => return Err(SignatureError::Key),
            edge if slug::is_slug(edge) => Kind::Edge(edge.to_owned()),
            _ => return Err(SignatureError::Key),
        };
        let roles = one(headers, header::ROLES)?.unwrap_or_default();
        Ok(Self {
            kind,
            tenant: owned(headers, header::TENANT)?,
            host: owned(headers, header::HOST)?,
            user: owned(headers, header::USER)?,
            roles: roles.split(',').map(str::trim).filter(|role| !role.is_empty()).map(str::to_owned).collect(),
            session: owned(headers, header::SESSION)?,
            client_ip: one(headers, header::CLIENT_IP)?
                .map(|ip| ip.parse().map_err(|_| SignatureError::Malformed))
                .transpose()?,
            request_id: request_id.to_owned(),
        })
    }

    /// The key id of who signed.
    pub(crate) fn signer(&self) -> &str {
        match &self.kind {
            Kind::Edge(name) => name,
            Kind::Operator => OPERATOR,
        }
    }

    /// Whether the operator asks.
    pub fn is_operator(&self) -> bool {
        self.kind == Kind::Operator
    }

    /// Whether the user has one of `roles`.
    pub fn has_role(&self, roles: &[&str]) -> bool {
        self.roles.iter().any(|role| roles.contains(&role.as_str()))
    }

    /// The user.
    ///
    /// # Errors
    /// 401 `AUTH_SESSION_REQUIRED` for a stranger.
    pub fn require_user(&self) -> Result<&str, ApiError> {
        self.user.as_deref().ok_or_else(|| ApiError::unauthorized("AUTH_SESSION_REQUIRED", "log in first"))
    }

    /// The user, who has one of `roles`.
    ///
    /// # Errors
    /// 401 `AUTH_SESSION_REQUIRED` for a stranger, 403 `AUTH_ROLE_REQUIRED` for anyone else.
    pub fn require_role(&self, roles: &[&str]) -> Result<&str, ApiError> {
        let user = self.require_user()?;
        if self.has_role(roles) {
            return Ok(user);
        }
        Err(ApiError::new(403, "AUTH_ROLE_REQUIRED", format!("this takes one of the roles {}", roles.join(", "))))
    }

    /// The tenant's id: a slug.
    ///
    /// # Errors
    /// 400 `ORIGIN_TENANT_REQUIRED` where the request names none.
    pub fn require_tenant(&self) -> Result<&str, ApiError> {
        self.tenant
            .as_deref()
            .filter(|tenant| slug::is_slug(tenant))
            .ok_or_else(|| ApiError::bad_request("ORIGIN_TENANT_REQUIRED", "the request names no tenant"))
    }

    /// Lets only the operator pass.
    ///
    /// # Errors
    /// 403 `AUTH_OPERATOR_REQUIRED`.
    pub fn require_operator(&self) -> Result<(), ApiError> {
        if self.is_operator() {
            return Ok(());
        }
        Err(ApiError::new(403, "AUTH_OPERATOR_REQUIRED", "only the operator may do this"))
    }
}

/// The one value of a header; two might be read differently by two readers.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, SignatureError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| SignatureError::Malformed),
        (Some(_), Some(_)) => Err(SignatureError::Malformed),
    }
}

/// As [`one`]; an empty value is none.
fn owned(headers: &HeaderMap, name: &str) -> Result<Option<String>, SignatureError> {
    Ok(one(headers, name)?.filter(|value| !value.is_empty()).map(str::to_owned))
}
