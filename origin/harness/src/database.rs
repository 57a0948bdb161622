//! The databases, as PostgreSQL's own client sees them.

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
};

use aw_model::names;

use crate::World;

impl World {
    /// What PostgreSQL's own client says to `statement` in a tenant's database: a line for each row.
    pub fn sql(&self, tenant: &str, statement: &str) -> Vec<String> {
        self.psql(&aw_migrations::tenant_database(tenant), statement)
    }

    /// As [`sql`](Self::sql), in the control database.
    pub fn control(&self, statement: &str) -> Vec<String> {
        self.psql(names::CONTROL_DB, statement)
    }

    fn psql(&self, database: &str, statement: &str) -> Vec<String> {
        let at = self.base.cluster.database();
        let psql = aw_runtimes::setup::postgres().expect("PostgreSQL").join("psql");
        let mut child = Command::new(psql)
            .args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"])
            .args(["--host", &at.host, "--port", &at.port.to_string(), "--username", &at.user])
            .args(["--dbname", database])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql");
        child.stdin.take().expect("a pipe").write_all(statement.as_bytes()).expect("psql reads");
        let output = child.wait_with_output().expect("psql ends");
        assert!(output.status.success(), "psql: {statement}");
        String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
    }

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
