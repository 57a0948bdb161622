//! A public file, from wherever in the press it was uploaded.

use aw_edge_core::{Context, reply, values};
use aw_model::{
    ObjectRef, PublicFile,
    file::{disposition, is_active},
    key, object, record,
};
use aw_platform::{ApiError, Error, Platform, Response};
use http::{header, request::Parts};

use crate::object::serve;

/// What a browser may do with a file that it opens: show it, and nothing else.
const CSP: &str = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

/// `GET /files/SHA256/NAME`. Its address is its content, so it may be kept for ever.
///
/// # Errors
/// 404; 412, 416; 503 where this edge does not have it and the origin cannot be asked.
pub async fn file<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    sha256: &str,
    name: &str,
) -> Result<Response<P>, ApiError> {
    let none = || ApiError::new(404, "CONTENT_FILE_NOT_FOUND", "there is no such file");
    if !object::is_sha256(sha256) {
        return Err(none());
    }
    let tenant = &ctx.site.tenant().id;
    let raw = values::get(&ctx.call, &key::file(tenant, sha256)).await?.ok_or_else(none)?;
    let decoded = record::decode::<PublicFile>(&raw).map_err(|_| Error::internal("a record cannot be read"))?;
    // Only the names that the press gave it: nobody else's words are under its address.
    let file = decoded.1.filter(|file| file.names.iter().any(|known| known == name)).ok_or_else(none)?;
    let active = is_active(&file.media_type);
    let media_type = match file.media_type.as_str() {
        _ if active => "application/octet-stream".to_owned(),
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    let wanted = ObjectRef { sha256: sha256.to_owned(), size: file.size };
    let mut response = serve(ctx, head, &wanted, &media_type).await?;
    // What is inert is shown in its place, everything else is downloaded.
    let kinds = ["image/", "audio/", "video/", "font/", "text/"];
    let shown = !active && kinds.iter().any(|kind| file.media_type.starts_with(kind));
    reply::set(&mut response, header::CONTENT_DISPOSITION, &disposition(!shown, name));
    reply::set(&mut response, header::CONTENT_SECURITY_POLICY, CSP);
    reply::set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    reply::set(&mut response, header::CACHE_CONTROL, reply::IMMUTABLE);
    reply::cache_tags(&mut response, &[format!("tenant-{tenant}"), format!("file-{sha256}")]);
    Ok(response)
}
