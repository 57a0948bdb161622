-- What happened, in an order that a reader can page by, and who is told of it.

CREATE TABLE events (
  -- The audit's row of the same write has the same.
  id uuid PRIMARY KEY,
  -- The order in which rows were written. Transactions commit in another: a reader who paged by it could miss a row.
  written bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  -- Its place among all, given once its transaction has committed (aw_origin_data::events).
  position bigint UNIQUE CHECK (position > 0),
  -- service.resource.action
  name text NOT NULL CHECK (name ~ '^[a-z]+\.[a-z-]+\.[a-z-]+$'),
  -- The id of what it happened to.
  subject text NOT NULL,
  -- Whose doing it was: a user's id, or operator, or payments.
  actor text NOT NULL,
  -- JSON
  data text NOT NULL CHECK (octet_length(data) <= 16384),
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_new ON events (written) WHERE position IS NULL;

-- Who gives positions holds this row's lock until they are committed, so that a position is never seen before a
-- lower one.
CREATE TABLE event_positions (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  last bigint NOT NULL DEFAULT 0,
  -- What was at this position, or before it, may have been forgotten.
  forgotten bigint NOT NULL DEFAULT 0
);
INSERT INTO event_positions DEFAULT VALUES;

-- Programs elsewhere that are told.
CREATE TABLE webhook_endpoints (
  id uuid PRIMARY KEY,
  url text NOT NULL CHECK (octet_length(url) BETWEEN 8 AND 1000),
  -- JSON: a list of names, or beginnings of names such as content.book.*
  names text NOT NULL CHECK (octet_length(names) <= 8192),
  -- What deliveries are signed with.
  sealed bytea NOT NULL,
  -- It has been told of everything up to here.
  position bigint NOT NULL,
  -- Failures in a row, since when, and what the last one was.
  failures bigint NOT NULL DEFAULT 0,
  failing_since timestamptz,
  error text,
  delivered_at timestamptz,
  -- When it is told again; while somebody tells it, when that one is given up.
  due_at timestamptz NOT NULL DEFAULT now(),
  lease text,
  disabled_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((failures = 0) = (failing_since IS NULL))
);
COMMENT ON COLUMN webhook_endpoints.sealed IS 'sealed: webhook {tenant} {id}';
