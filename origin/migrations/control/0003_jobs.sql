-- Long work: how much of it a tenant may have, and who does it.

-- Jobs that wait or run at once.
ALTER TABLE tenant_quotas ADD COLUMN jobs bigint NOT NULL DEFAULT 20 CHECK (jobs >= 0);

-- Programs that asked for work. Not logged: those that live ask again.
CREATE UNLOGGED TABLE workers (
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  -- Of the jobs that it takes.
  kind text NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (name, kind)
);
CREATE INDEX workers_seen ON workers (kind, seen_at);
