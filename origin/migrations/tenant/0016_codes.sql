-- What is shown of codes, and what they are known by, moves with a tenant: it is sealed, so that an archive has it.

-- A gift's code, to be shown to who made or bought it; an empty text where it is not known any more (the hash alone
-- moved). Null for a gift from before this column, until a worker has looked.
ALTER TABLE gifts ADD COLUMN code_sealed text;
COMMENT ON COLUMN gifts.code_sealed IS 'sealed: {tenant}\0gift {id}';
COMMENT ON COLUMN gifts.code_hash IS 'SHA-256 of the code';
CREATE INDEX gifts_unsealed ON gifts (id) WHERE code_sealed IS NULL;

-- The key of an account's recovery codes: their hash is an HMAC-SHA-256 with it. Codes of an account without one are
-- from before, and hashed with a key of the installation: they do not move.
CREATE TABLE recovery_keys (
  user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  sealed bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 40 AND 200)
);
COMMENT ON COLUMN recovery_keys.sealed IS 'sealed: recovery {user_id}';
