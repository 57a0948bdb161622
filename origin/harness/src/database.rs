//! Everything that the databases have.

use std::collections::BTreeMap;

use aw_model::names;

use crate::World;

impl World {
    /// Every row of every table of a database, one JSON text a table, by name: `None` is the control database.
    pub fn rows(&self, tenant: Option<&str>) -> BTreeMap<String, String> {
        let database = tenant.map_or_else(|| names::CONTROL_DB.to_owned(), aw_migrations::tenant_database);
        let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'";
        let rows = |table: String| {
            let select = format!("SELECT coalesce(json_agg(t ORDER BY t::text), '[]') FROM \"{table}\" t");
            let text = self.psql(&database, &select).concat();
            (table, text)
        };
        self.psql(&database, tables).into_iter().map(rows).collect()
    }

    /// Every database of the server.
    pub fn databases(&self) -> Vec<String> {
        self.control("SELECT datname FROM pg_database ORDER BY 1")
    }
}
