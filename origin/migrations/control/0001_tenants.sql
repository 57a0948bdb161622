-- What every process of the origin shares, whichever tenant it serves.

CREATE TABLE tenants (
  -- Also the name of its database, behind aw_: 40 bytes leave room in PostgreSQL's 63.
  id text PRIMARY KEY CHECK (id ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  base_url text NOT NULL CHECK (base_url ~ '^https?://[^/?#]+$'),
  suspended boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When its database was complete; until then its creation may be repeated.
  ready_at timestamptz
);

CREATE TABLE hosts (
  host text PRIMARY KEY CHECK (host = lower(host) AND length(host) BETWEEN 1 AND 253 AND host !~ '[:/?#]'),
  tenant text NOT NULL REFERENCES tenants ON DELETE CASCADE
);
CREATE INDEX hosts_tenant ON hosts (tenant);

-- Names of token keys; the keys themselves are derived and never stored.
CREATE TABLE token_keys (
  tenant text NOT NULL REFERENCES tenants ON DELETE CASCADE,
  kid text NOT NULL CHECK (kid ~ '^[a-z0-9]{1,32}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- From when on no token that it signed is valid; null while it signs.
  retires_at timestamptz CHECK (retires_at > created_at),
  PRIMARY KEY (tenant, kid)
);
CREATE UNIQUE INDEX token_keys_signing ON token_keys (tenant) WHERE retires_at IS NULL;

-- Nonces of signed requests. Not logged: after a crash of the server a replay is refused by its age within a minute.
CREATE UNLOGGED TABLE nonces (
  nonce text PRIMARY KEY CHECK (length(nonce) BETWEEN 1 AND 64),
  expires_at timestamptz NOT NULL
);
CREATE INDEX nonces_expires_at ON nonces (expires_at);
