//! Access tokens: JWT (RFC 7519) signed with HS256 (RFC 7515, RFC 7518 section 3.2), and nothing else.

use aw_platform::ApiError;
use serde::{Deserialize, Serialize};

use crate::{
    Key, compare,
    encoding::{base64url, from_base64url},
    mac::hmac,
};

/// The longest token, in bytes.
pub const LENGTH: usize = 4096;
/// The longest life of a token, in seconds.
pub const LIFE: u64 = 600;
/// How far ahead of the verifier's the issuer's clock may be, in seconds.
pub const SKEW: u64 = 60;

/// What a token says. Claims that are not known here are ignored (RFC 7519, section 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer: the tenant's base URL.
    pub iss: String,
    /// The audience: the tenant's base URL too.
    pub aud: String,
    /// The user's id.
    pub sub: String,
    /// The tenant's id.
    pub tenant: String,
    /// The session's id.
    pub sid: String,
    /// The user's roles.
    pub roles: Vec<String>,
    /// The user's entitlements: `tier:NAME`, `book:ID`.
    pub ent: Vec<String>,
    /// Whether the user has proved to read the mail of their address.
    #[serde(default)]
    pub email_verified: bool,
    /// Issued at, in seconds since 1970.
    pub iat: u64,
    /// Expires at, in seconds since 1970.
    pub exp: u64,
    /// The token's own id.
    pub jti: String,
}

/// What a verifier expects.
#[derive(Clone, Copy, Debug)]
pub struct Expect<'a> {
    /// The tenant's id.
    pub tenant: &'a str,
    /// The tenant's base URL, issuer and audience.
    pub issuer: &'a str,
    /// The time, in seconds since 1970.
    pub now_s: u64,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Longer than [`LENGTH`].
    TooLong,
    /// Not three parts of canonical base64url; a header or claims that are not the JSON they should be.
    Malformed,
    /// `alg` is not HS256 or `typ` not JWT.
    Algorithm,
    /// The tenant has no key of that `kid`.
    Key,
    /// The signature is not the key's.
    Signature,
    /// Another issuer's.
    Issuer,
    /// For another audience.
    Audience,
    /// Another tenant's.
    Tenant,
    /// Its time is over.
    Expired,
    /// Issued in the future.
    Future,
    /// It lives longer than [`LIFE`], or less than no time.
    Life,
}

impl TokenError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "AUTH_TOKEN_TOO_LONG",
            Self::Malformed => "AUTH_TOKEN_MALFORMED",
            Self::Algorithm => "AUTH_TOKEN_ALGORITHM",
            Self::Key => "AUTH_TOKEN_KEY_UNKNOWN",
            Self::Signature => "AUTH_TOKEN_SIGNATURE",
            Self::Issuer => "AUTH_TOKEN_ISSUER",
            Self::Audience => "AUTH_TOKEN_AUDIENCE",
            Self::Tenant => "AUTH_TOKEN_TENANT",
            Self::Expired => "AUTH_TOKEN_EXPIRED",
            Self::Future => "AUTH_TOKEN_FUTURE",
            Self::Life => "AUTH_TOKEN_LIFE",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::TooLong => "the token is longer than 4096 bytes",
            Self::Malformed => "the token is not a JWT as this site issues it",
            Self::Algorithm => "the token is not signed with HS256",
            Self::Key => "the token's key is not known here",
            Self::Signature => "the token's signature is wrong",
            Self::Issuer => "the token has another issuer",
            Self::Audience => "the token is for another audience",
            Self::Tenant => "the token is another tenant's",
            Self::Expired => "the token has expired",
            Self::Future => "the token was issued in the future",
            Self::Life => "the token's life is out of bounds",
        }
    }
}

impl std::fmt::Display for TokenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for TokenError {}

impl From<TokenError> for ApiError {
    /// 401.
    fn from(error: TokenError) -> Self {
        Self::unauthorized(error.code(), error.message())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    kid: &'a str,
}

/// Signs `claims`.
pub fn mint(key: &Key, kid: &str, claims: &Claims) -> String {
    // Neither can fail: strings and numbers are JSON.
    let header = serde_json::json!({ "alg": "HS256", "kid": kid, "typ": "JWT" }).to_string();
    let claims = serde_json::to_string(claims).unwrap_or_default();
    let mut token = base64url(header.as_bytes());
    token.push('.');
    token.push_str(&base64url(claims.as_bytes()));
    let signature = hmac(key.bytes(), &[token.as_bytes()]);
    token.push('.');
    token.push_str(&base64url(&signature));
    token
}

/// The `kid` of a token that has not been verified.
///
/// # Errors
/// As [`verify`], for the token's length, shape and header.
pub fn kid(token: &str) -> Result<String, TokenError> {
    let (header, ..) = split(token)?;
    let header = from_base64url(header).ok_or(TokenError::Malformed)?;
    Ok(parse_header(&header)?.kid.to_owned())
}

/// The claims of `token`, where it is the tenant's and of this hour. `find` gives the tenant's key of that `kid`.
///
/// # Errors
/// Each reason has a [code](TokenError::code). The claims are not looked at before the signature has been found right.
pub fn verify(token: &str, find: impl FnOnce(&str) -> Option<Key>, expect: &Expect<'_>) -> Result<Claims, TokenError> {
    let (header, claims, signature) = split(token)?;
    let signed = &token[..header.len() + 1 + claims.len()];
    let header = from_base64url(header).ok_or(TokenError::Malformed)?;
    let key = find(parse_header(&header)?.kid).ok_or(TokenError::Key)?;
    let signature = from_base64url(signature).ok_or(TokenError::Malformed)?;
    if !compare::equal(&hmac(key.bytes(), &[signed.as_bytes()]), &signature) {
        return Err(TokenError::Signature);
    }
    let claims = from_base64url(claims).ok_or(TokenError::Malformed)?;
    let claims: Claims = object(&claims)?;
    check(&claims, expect)?;
    Ok(claims)
}

fn split(token: &str) -> Result<(&str, &str, &str), TokenError> {
    if token.len() > LENGTH {
        return Err(TokenError::TooLong);
    }
    let mut parts = token.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(header), Some(claims), Some(signature), None) => Ok((header, claims, signature)),
        _ => Err(TokenError::Malformed),
    }
}

/// Refuses every header that [`mint`] would not write but for its order and spaces: a name twice, one that is not
/// known (`crit`, `jwk`, `jku`, `x5u`), escapes in a value.
fn parse_header(json: &[u8]) -> Result<Header<'_>, TokenError> {
    let header: Header<'_> = object(json)?;
    if header.alg != "HS256" || header.typ != "JWT" {
        return Err(TokenError::Algorithm);
    }
    Ok(header)
}

/// A JSON object. Serde would read a struct from an array too, and RFC 7519 knows objects only.
fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, TokenError> {
    if json.first() != Some(&b'{') {
        return Err(TokenError::Malformed);
    }
    serde_json::from_slice(json).map_err(|_| TokenError::Malformed)
}

fn check(claims: &Claims, expect: &Expect<'_>) -> Result<(), TokenError> {
    let now = expect.now_s;
    if claims.iss != expect.issuer {
        return Err(TokenError::Issuer);
    }
    if claims.aud != expect.issuer {
        return Err(TokenError::Audience);
    }
    if claims.tenant != expect.tenant {
        return Err(TokenError::Tenant);
    }
    if claims.exp <= now {
        return Err(TokenError::Expired);
    }
    if claims.iat > now.saturating_add(SKEW) {
        return Err(TokenError::Future);
    }
    match claims.exp.checked_sub(claims.iat) {
        Some(1..=LIFE) => Ok(()),
        _ => Err(TokenError::Life),
    }
}
