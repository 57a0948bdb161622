-- Files that people upload, and how many bytes they may.

CREATE TABLE storage (
  -- There is one row.
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  quota_bytes bigint NOT NULL DEFAULT 10737418240 CHECK (quota_bytes >= 0),
  -- The sizes of all files that are neither refused nor deleted, those on their way included.
  used_bytes bigint NOT NULL DEFAULT 0 CHECK (used_bytes >= 0),
  -- When uploads in parts that no row knows of were last looked for.
  swept_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO storage DEFAULT VALUES;

CREATE TABLE files (
  id uuid PRIMARY KEY,
  owner text NOT NULL,
  name text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 255),
  -- What the uploader says, until it is stored; then what the bytes say.
  media_type text NOT NULL,
  -- What the uploader says; nothing of another size is ever stored.
  size bigint NOT NULL CHECK (size BETWEEN 1 AND 53687091200),
  -- What the uploader says, if anything; then what it is.
  sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  visibility text NOT NULL CHECK (visibility IN ('private', 'public')),
  state text NOT NULL DEFAULT 'uploading' CHECK (state IN ('uploading', 'checking', 'stored', 'refused', 'deleted')),
  -- Why it was refused.
  refusal text CHECK (refusal IN ('size', 'type', 'kind', 'digest', 'missing')),
  method text NOT NULL CHECK (method IN ('put', 'parts', 'tus')),
  -- Its key in the object store. Copies share it.
  place text NOT NULL,
  -- The object store's id of its upload in parts.
  upload text,
  -- What a resumable upload was begun with, as it came.
  metadata text CHECK (octet_length(metadata) <= 4096),
  -- Of a resumable upload: how many bytes are in the object store, in parts and in the object `tail` behind them.
  position bigint NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND size),
  tail text,
  -- How many bytes have been hashed, and the state of the hash behind them.
  hashed bigint NOT NULL DEFAULT 0 CHECK (hashed BETWEEN 0 AND size),
  hash bytea,
  -- Who works on it, and until when nobody else does.
  lease text,
  lease_until timestamptz,
  -- Until when some URL may write to the object store.
  signed_until timestamptz NOT NULL DEFAULT now(),
  -- When there is work on it: an upload expires, a check is taken up again, bytes are removed.
  due_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (state <> 'stored' OR sha256 IS NOT NULL),
  CHECK ((state = 'refused') = (refusal IS NOT NULL)),
  CHECK ((lease IS NULL) = (lease_until IS NULL))
);
CREATE INDEX files_due ON files (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX files_owner ON files (owner, id);
CREATE INDEX files_place ON files (place);
CREATE INDEX files_upload ON files (upload) WHERE upload IS NOT NULL;
CREATE INDEX files_public ON files (sha256) WHERE state = 'stored' AND visibility = 'public';

-- The parts of a resumable upload.
CREATE TABLE file_parts (
  file uuid NOT NULL REFERENCES files ON DELETE CASCADE,
  number bigint NOT NULL CHECK (number BETWEEN 1 AND 10000),
  etag text NOT NULL,
  PRIMARY KEY (file, number)
);

-- What refers to a file, which is not deleted while something does.
CREATE TABLE file_references (
  file uuid NOT NULL REFERENCES files ON DELETE CASCADE,
  subject text NOT NULL CHECK (subject ~ '^[a-z]{1,20}:[A-Za-z0-9-]{1,64}$'),
  PRIMARY KEY (file, subject)
);

-- Public files' records.
ALTER TABLE records DROP CONSTRAINT records_key_check;
ALTER TABLE records ADD CHECK (length(key) BETWEEN 3 AND 256 AND key ~ '^[hmislf]/[a-z0-9./_-]+$');
