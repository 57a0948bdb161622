-- What a tenant may use, and how fast anybody may ask.

CREATE TABLE tenant_quotas (
  tenant text PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  -- Accounts; null for any number.
  members bigint CHECK (members >= 0),
  -- In the object store, of files that were uploaded.
  stored_bytes bigint CHECK (stored_bytes >= 0),
  -- Exports, imports and other long work that is waiting or running.
  jobs bigint CHECK (jobs >= 0),
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
