//! From when on who may read which chapter.

use aw_openapi::JsonSchema;
use aw_platform::{ApiError, Sql};

use crate::books::AccessSchema;

/// From when on who may read.
#[derive(JsonSchema)]
#[schemars(rename = "Opening")]
#[expect(dead_code, reason = "a schema and no value")]
pub(crate) struct OpeningSchema {
    /// Milliseconds since 1970.
    from: u64,
    access: AccessSchema,
}

/// stub
pub(crate) async fn reschedule<S: Sql>(_sql: &S, _book: &str) -> Result<(), ApiError> {
    Ok(())
}

/// stub
pub(crate) async fn plan<S: Sql>(_sql: &S, _book: &str) -> aw_platform::Result<()> {
    Ok(())
}
