-- Long work: rows that workers lease.

CREATE TABLE jobs (
  id uuid PRIMARY KEY,
  -- What is to be done: which workers take it.
  kind text NOT NULL CHECK (kind ~ '^[a-z]{1,20}$'),
  -- What it is about, KIND:ID.
  subject text NOT NULL CHECK (subject ~ '^[a-z]{1,20}:[A-Za-z0-9-]{1,64}$'),
  -- JSON: how it is to be done.
  input text NOT NULL CHECK (octet_length(input) <= 10000),
  -- Who asked: a user's id, or operator.
  owner text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'dead', 'canceled')),
  -- How often it was begun.
  attempts bigint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- Not before then.
  due_at timestamptz NOT NULL DEFAULT now(),
  -- Who works on it, and until when nobody else does.
  lease text,
  lease_until timestamptz,
  -- How far it is: what is done now, and how many steps of how many.
  stage text NOT NULL DEFAULT '' CHECK (length(stage) <= 100),
  done bigint NOT NULL DEFAULT 0 CHECK (done >= 0),
  total bigint NOT NULL DEFAULT 0 CHECK (total >= done),
  -- What came of it; while it runs, what is being made of it.
  file uuid REFERENCES files ON DELETE SET NULL,
  -- Why the last attempt came to nothing.
  error text CHECK (length(error) <= 2000),
  -- JSON: what whoever reads the result should know, in sentences.
  notes text NOT NULL DEFAULT '[]' CHECK (octet_length(notes) <= 60000),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  CHECK ((state = 'running') = (lease IS NOT NULL)),
  CHECK ((lease IS NULL) = (lease_until IS NULL)),
  CHECK ((state IN ('done', 'dead', 'canceled')) = (ended_at IS NOT NULL))
);
CREATE INDEX jobs_waiting ON jobs (kind, due_at) WHERE state = 'waiting';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_owner ON jobs (owner, id);
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX jobs_file ON jobs (file) WHERE file IS NOT NULL;
