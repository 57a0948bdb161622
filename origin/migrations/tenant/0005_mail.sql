-- Mail and its outbox; what an account has beyond its password: proof of its address, sessions with a face, a profile,
-- preferences, whom it follows.

-- The outbox of mail: written in the transaction that causes it, sent by whoever claims it.
CREATE TABLE mails (
  id uuid PRIMARY KEY,
  -- Whose it is; mail to a stranger has none.
  user_id uuid REFERENCES users ON DELETE CASCADE,
  template text NOT NULL CHECK (template ~ '^[a-z]+(-[a-z]+)*$' AND length(template) <= 40),
  address text NOT NULL CHECK (length(address) BETWEEN 3 AND 254 AND address !~ '[[:space:]<>]'),
  -- The name of who sends it: the press.
  sender text NOT NULL CHECK (length(sender) BETWEEN 1 AND 200),
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 300 AND subject !~ '[[:cntrl:]]'),
  -- Emptied once it is sent: a link in it is a key.
  text text NOT NULL CHECK (octet_length(text) <= 100000),
  html text NOT NULL CHECK (octet_length(html) <= 200000),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead')),
  attempts bigint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  due_at timestamptz NOT NULL DEFAULT now(),
  -- Not sent after this: what it says would no longer hold.
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  -- Why the last attempt failed.
  error text CHECK (length(error) <= 500),
  CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX mails_due ON mails (due_at) WHERE state = 'waiting';
CREATE INDEX mails_user ON mails (user_id);
CREATE INDEX mails_created ON mails (created_at);

-- An account that is deleted leaves a row without anything personal: sessions that must stay void, and ids in trails.
ALTER TABLE users
  ALTER COLUMN email DROP NOT NULL,
  ALTER COLUMN password_hash DROP NOT NULL,
  ADD COLUMN email_verified_at timestamptz,
  ADD COLUMN suspended_at timestamptz,
  ADD COLUMN deleted_at timestamptz,
  -- The name in the address of the public profile; without one there is none.
  ADD COLUMN handle text UNIQUE CHECK (handle ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  ADD COLUMN bio text NOT NULL DEFAULT '' CHECK (length(bio) <= 2000),
  -- JSON: [{label, url}]
  ADD COLUMN links text NOT NULL DEFAULT '[]' CHECK (octet_length(links) <= 20000),
  -- A file's id.
  ADD COLUMN avatar text CHECK (length(avatar) BETWEEN 1 AND 100),
  -- JSON; what it does not say is as the code says.
  ADD COLUMN preferences text NOT NULL DEFAULT '{}' CHECK (octet_length(preferences) <= 4000),
  ADD CONSTRAINT users_deleted CHECK ((deleted_at IS NULL) = (email IS NOT NULL));

ALTER TABLE sessions
  ADD COLUMN used_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN user_agent text CHECK (length(user_agent) <= 300),
  ADD COLUMN ip text CHECK (length(ip) <= 45),
  DROP CONSTRAINT sessions_end_reason_check,
  ADD CONSTRAINT sessions_end_reason_check
    CHECK (end_reason IN ('logout', 'reuse', 'revoked', 'everywhere', 'password', 'suspended', 'deleted'));

-- Links that were mailed, each good for one use. What is kept is the SHA-256 of what the link carries.
CREATE TABLE link_tokens (
  hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  purpose text NOT NULL CHECK (purpose IN ('verify', 'reset', 'email')),
  -- The address that it was sent to, and proves.
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX link_tokens_user ON link_tokens (user_id, purpose);
CREATE INDEX link_tokens_expires ON link_tokens (expires_at);

-- Who asked for a new password, known or not: looked up later, so that the answer cannot tell by its time.
CREATE TABLE reset_requests (
  id uuid PRIMARY KEY,
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
  -- Where the link leads, and who sends it.
  base_url text NOT NULL,
  press text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE follows (
  -- UUIDv7: their order is that of time.
  id uuid PRIMARY KEY,
  follower uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  author uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (follower, author),
  CHECK (follower <> author)
);
CREATE INDEX follows_author ON follows (author, id);
