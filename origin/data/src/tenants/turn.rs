//! Whose turn it is where something is done for every tenant, for as long as one run lasts.

use aw_platform::{Result, Row, Sql, SqlPlatform};

use crate::database;

/// The ids of all tenants, beginning anywhere: where there is more to do than one run does, nobody is always last.
///
/// # Errors
/// The control database cannot be asked.
pub async fn in_turn<P: SqlPlatform>(p: &P) -> Result<Vec<String>> {
    let control = database::control(p).await?;
    let rows = control.query("SELECT id FROM tenants WHERE ready_at IS NOT NULL ORDER BY id", &[]).await?;
    let mut tenants = rows.iter().map(|row: &Row| Ok(row.text(0)?.to_owned())).collect::<Result<Vec<_>>>()?;
    let mut die = [0; 4];
    p.random(&mut die);
    let first = u32::from_le_bytes(die) as usize % tenants.len().max(1);
    tenants.rotate_left(first);
    Ok(tenants)
}
