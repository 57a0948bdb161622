-- What is published, and what of it has yet to reach which edge.

-- The version that follows `old`: the time in milliseconds since 1970, and always more than before. Taken while the
-- record's row is locked, so that a record's versions only grow; taken from the clock, so that they go on growing
-- when the database is restored from a backup, or a host moves to another tenant.
CREATE FUNCTION next_version(old bigint) RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT greatest(old + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
$$;

CREATE TABLE records (
  key text PRIMARY KEY CHECK (length(key) BETWEEN 3 AND 256 AND key ~ '^[hmisl]/[a-z0-9./_-]+$'),
  version bigint NOT NULL CHECK (version > 0),
  -- The bytes that edges get, behind the version; null is a tombstone.
  json text CHECK (octet_length(json) <= 999900),
  -- What is delivered first: 0 before 1 before 2.
  rank bigint NOT NULL CHECK (rank BETWEEN 0 AND 2)
);

-- Immutable; the bytes are in the object store under o/TENANT/SHA256.
CREATE TABLE objects (
  sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint NOT NULL CHECK (size BETWEEN 0 AND 67108864),
  media_type text NOT NULL,
  parts bigint NOT NULL CHECK (parts = greatest(1, (size + 899999) / 900000))
);

-- A shelf's row is locked by who changes the shelf.
CREATE TABLE shelves (
  shelf text PRIMARY KEY CHECK (shelf ~ '^(newest|(tag|author|series)/[a-z0-9-]{1,80})$'),
  name text NOT NULL,
  next bigint NOT NULL DEFAULT 0,
  count bigint NOT NULL DEFAULT 0,
  CHECK (count >= 0 AND count <= next)
);

CREATE TABLE placements (
  shelf text NOT NULL REFERENCES shelves,
  -- Never reused: an ordinal stays that of its book, even when the book has gone from the shelf.
  ordinal bigint NOT NULL CHECK (ordinal >= 0),
  book uuid NOT NULL REFERENCES books ON DELETE CASCADE,
  PRIMARY KEY (shelf, ordinal),
  UNIQUE (book, shelf)
);

-- The edges that get everything that is published.
CREATE TABLE edges (
  name text PRIMARY KEY CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  backfilled_at timestamptz NOT NULL DEFAULT now(),
  -- Failures in a row to reach it at all, and when to try again.
  failures bigint NOT NULL DEFAULT 0 CHECK (failures >= 0),
  due_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE outbox (
  edge text NOT NULL REFERENCES edges ON DELETE CASCADE,
  key text NOT NULL,
  version bigint NOT NULL CHECK (version >= 0),
  kind text NOT NULL CHECK (kind IN ('object', 'record')),
  rank bigint NOT NULL CHECK (rank BETWEEN 0 AND 2),
  -- What is delivered in the order of rank: a book's rows; null is on its own.
  batch uuid,
  attempts bigint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  due_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (edge, key),
  CHECK ((kind = 'object') = (version = 0)),
  CHECK (kind = 'record' OR rank = 0)
);
CREATE INDEX outbox_due ON outbox (edge, rank, due_at);
CREATE INDEX outbox_batch ON outbox (edge, batch, rank);
