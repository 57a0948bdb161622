//! Who reads: decided from the token alone.

use std::rc::Rc;

use aw_model::Tenant;
use aw_platform::{ApiError, Platform};
use aw_trust::{
    Key, csrf,
    token::{self, Claims, Expect, TokenError},
};
use http::{HeaderMap, header, request::Parts};

use crate::{Call, Site, cookie};

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// `Authorization: Bearer`: a program.
    Bearer,
    /// The cookie `aw_access`: a browser.
    Cookie,
}

/// A reader who has logged in.
#[derive(Clone, Debug)]
pub struct Reader {
    /// What the token says.
    pub claims: Claims,
    /// Where it came from.
    pub via: Via,
    key: Key,
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Session {
    /// Nobody known.
    Stranger,
    /// A stranger for now, with a cookie whose token is no longer good: a refresh may make a reader of them.
    Stale(ApiError),
    /// A reader.
    Reader(Box<Reader>),
}

impl Session {
    /// Who sent this request.
    ///
    /// # Errors
    /// 401 for an `Authorization` that is not a good Bearer token. A bad cookie is no error here.
    pub fn find<P: Platform>(call: &Call<P>, site: &Site, headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        if let Some(value) = given.next() {
            let token = given.next().is_none().then(|| bearer(value.as_bytes())).flatten();
            let token = token.ok_or_else(|| {
                ApiError::unauthorized("AUTH_SCHEME_UNSUPPORTED", "the authorization must be one Bearer token")
            })?;
            return Ok(Self::Reader(Box::new(Reader::verify(call, site.tenant(), token, Via::Bearer)?)));
        }
        match cookie::get(headers, cookie::ACCESS) {
            None | Some("") => Ok(Self::Stranger),
            Some(token) => Ok(match Reader::verify(call, site.tenant(), token, Via::Cookie) {
                Ok(reader) => Self::Reader(Box::new(reader)),
                Err(error) => Self::Stale(error),
            }),
        }
    }

    /// The reader, where there is one.
    pub fn reader(&self) -> Option<&Reader> {
        match self {
            Self::Reader(reader) => Some(reader),
            Self::Stranger | Self::Stale(_) => None,
        }
    }

    /// The reader as [`aw_model::Access::allows`] asks for it.
    pub fn rights(&self) -> Option<(&[String], &[String])> {
        self.reader().map(|reader| (&*reader.claims.ent, &*reader.claims.roles))
    }

    /// Whether a write may go on: a browser's must prove that it comes from our own page, and one whose token is no
    /// longer good must refresh it first.
    ///
    /// # Errors
    /// 403 `AUTH_CSRF_INVALID`, 403 `AUTH_ORIGIN_FOREIGN`; 401 for a token that is no longer good.
    pub fn may_write(&self, site: &Site, head: &Parts, field: Option<&str>) -> Result<(), ApiError> {
        match self {
            Self::Stranger => Ok(()),
            Self::Stale(error) => Err(error.clone()),
            Self::Reader(reader) if reader.via == Via::Bearer => Ok(()),
            Self::Reader(reader) => {
                same_origin(site, &head.headers)?;
                let given = field.or_else(|| head.headers.get("x-csrf-token").and_then(|v| v.to_str().ok()));
                if given.is_some_and(|token| csrf::verify(&reader.key, &reader.claims.sid, token)) {
                    Ok(())
                } else {
                    Err(ApiError::new(
                        403,
                        "AUTH_CSRF_INVALID",
                        "a write with a cookie needs X-CSRF-Token, or the field csrf, equal to the cookie aw_csrf",
                    ))
                }
            }
        }
    }
}

impl Reader {
    /// The reader that a token of this tenant names.
    ///
    /// # Errors
    /// 401 with the reason's code; `AUTH_SESSION_ENDED` for a session that was revoked.
    pub fn verify<P: Platform>(call: &Call<P>, tenant: &Tenant, token: &str, via: Via) -> Result<Self, ApiError> {
        let mut used = None;
        let find = |kid: &str| {
            used = call.edge.token_key(tenant, kid);
            used.as_deref().cloned()
        };
        let expect = Expect { tenant: &tenant.id, issuer: &tenant.base_url, now_s: call.now_s() };
        let claims = token::verify(token, find, &expect)?;
        let key = used.ok_or(TokenError::Key)?;
        let ended = tenant.revoked.iter().any(|r| {
            let meant = r.id == claims.sid || r.id.strip_prefix("user:").is_some_and(|user| user == claims.sub);
            meant && claims.iat <= r.at
        });
        if ended {
            return Err(ApiError::unauthorized("AUTH_SESSION_ENDED", "this session has ended"));
        }
        Ok(Self { claims, via, key: Rc::unwrap_or_clone(key) })
    }

    /// The session's CSRF token, the value of the cookie `aw_csrf`.
    pub fn csrf(&self) -> String {
        csrf::token(&self.key, &self.claims.sid)
    }
}

/// The token of `Bearer TOKEN` (RFC 6750, section 2.1).
fn bearer(value: &[u8]) -> Option<&str> {
    let (scheme, token) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    let token = token.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Refuses a write that a browser says comes from another site's page. Those that do not say are not browsers.
///
/// # Errors
/// 403 `AUTH_ORIGIN_FOREIGN`.
pub fn same_origin(site: &Site, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    if authority.is_some_and(|authority| authority.eq_ignore_ascii_case(&site.authority)) {
        return Ok(());
    }
    Err(ApiError::new(403, "AUTH_ORIGIN_FOREIGN", "another site's page may not write here"))
}
