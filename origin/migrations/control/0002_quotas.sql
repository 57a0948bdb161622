-- What a tenant may use (how much it may store is in its own database), and how fast anybody may ask.

CREATE TABLE tenant_quotas (
  tenant text PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  -- Accounts; null for any number.
  members bigint CHECK (members >= 0),
  -- Of everybody together.
  requests_per_minute bigint CHECK (requests_per_minute >= 1)
);

-- Requests counted by the minute. Not logged: after a crash of the server everybody begins anew.
CREATE UNLOGGED TABLE rates (
  -- A tenant, or one of those who ask it: user:ID, ip:ADDRESS.
  tenant text NOT NULL,
  who text NOT NULL,
  -- Minutes since 1970.
  minute bigint NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (tenant, who, minute)
);
CREATE INDEX rates_minute ON rates (minute);

-- Deletion.

-- A tenant that is being deleted is there for nobody (ready_at is null); its id and its hosts are not free yet.
ALTER TABLE tenants ADD COLUMN deleting_at timestamptz;
-- Before that time something that was signed or on its way may still arrive where it has been deleted already.
ALTER TABLE tenants ADD COLUMN quiet_at timestamptz;
-- JSON: hosts that were its own once, besides those that are.
ALTER TABLE tenants ADD COLUMN former_hosts text;
-- When the last sweep of the object store that came to its end began.
ALTER TABLE tenants ADD COLUMN store_swept_at timestamptz;
-- When its restoration from an archive began, which has not ended while ready_at is null.
ALTER TABLE tenants ADD COLUMN restoring_at timestamptz;
ALTER TABLE tenants ADD CHECK (deleting_at IS NULL OR (ready_at IS NULL AND quiet_at IS NOT NULL));

CREATE TABLE tenant_purges (
  tenant text NOT NULL REFERENCES tenants ON DELETE CASCADE,
  edge text NOT NULL,
  -- Not waited for: what it has, it keeps.
  abandoned boolean NOT NULL DEFAULT false,
  -- When it was found to have nothing of the tenant.
  clean_at timestamptz,
  failures bigint NOT NULL DEFAULT 0 CHECK (failures >= 0),
  due_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, edge)
);
