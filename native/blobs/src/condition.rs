//! Conditions on what is there (RFC 9110, section 13).

use s3s::{
    S3Result,
    dto::{ETag, ETagCondition, Timestamp},
    s3_error,
};

use crate::object::Object;

/// The conditions of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conditions {
    pub(crate) if_match: Option<ETagCondition>,
    pub(crate) if_none_match: Option<ETagCondition>,
    pub(crate) if_modified_since: Option<Timestamp>,
    pub(crate) if_unmodified_since: Option<Timestamp>,
}

fn matches(condition: &ETagCondition, tag: &ETag) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(wanted) => wanted.weak_cmp(tag),
    }
}

/// HTTP dates have whole seconds.
fn newer(object: &Object, than: &Timestamp) -> bool {
    crate::object::timestamp(object.modified / 1000 * 1000) > *than
}

impl Conditions {
    /// Whether `object` may be read so.
    ///
    /// # Errors
    /// 412 where it is not the one that is meant, 304 where the reader has it.
    pub(crate) fn read(&self, object: &Object) -> S3Result<()> {
        let tag = object.tag();
        let changed = match (&self.if_match, &self.if_unmodified_since) {
            (Some(condition), _) => !matches(condition, &tag),
            (None, Some(time)) => newer(object, time),
            (None, None) => false,
        };
        if changed {
            return Err(s3_error!(PreconditionFailed));
        }
        let known = match (&self.if_none_match, &self.if_modified_since) {
            (Some(condition), _) => matches(condition, &tag),
            (None, Some(time)) => !newer(object, time),
            (None, None) => false,
        };
        if known { Err(s3_error!(NotModified)) } else { Ok(()) }
    }

    /// Whether `object`, or nothing, may be written over.
    ///
    /// # Errors
    /// 412; 404 for `If-Match` where nothing is there, as S3 has it.
    pub(crate) fn write(&self, object: Option<&Object>) -> S3Result<()> {
        match (&self.if_match, object) {
            (Some(_), None) => return Err(s3_error!(NoSuchKey)),
            (Some(condition), Some(object)) if !matches(condition, &object.tag()) => {
                return Err(s3_error!(PreconditionFailed));
            }
            _ => {}
        }
        match (&self.if_none_match, object) {
            (Some(condition), Some(object)) if matches(condition, &object.tag()) => Err(s3_error!(PreconditionFailed)),
            _ => Ok(()),
        }
    }
}
