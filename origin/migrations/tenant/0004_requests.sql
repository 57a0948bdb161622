-- Requests that are remembered: those that may be repeated, and who changed what.

CREATE TABLE idempotency (
  -- Who asked, and the Idempotency-Key.
  caller text NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  -- SHA-256 of method, target and body.
  fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
  status bigint NOT NULL CHECK (status BETWEEN 200 AND 299),
  -- The answer's data, JSON.
  data text NOT NULL,
  expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_expires ON idempotency (expires_at);

CREATE TABLE audit (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  -- A user's id, or operator.
  actor text NOT NULL,
  -- service.resource.action
  action text NOT NULL CHECK (action ~ '^[a-z]+\.[a-z-]+\.[a-z-]+$'),
  subject text NOT NULL,
  -- JSON
  details text NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_subject ON audit (subject, id);
