-- Reserved.

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
