-- Accounts, sessions, and what keeps passwords from being guessed.

CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
  display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 100),
  -- PHC string, argon2id.
  password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
  roles text[] NOT NULL DEFAULT '{reader}'
    CHECK (roles <@ '{owner,admin,editor,author,reader}' AND array_position(roles, NULL) IS NULL),
  entitlements text[] NOT NULL DEFAULT '{}' CHECK (array_position(entitlements, NULL) IS NULL),
  -- Second since 1970 up to which all of the user's tokens are void.
  tokens_void_until bigint NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX users_tokens_void ON users (tokens_void_until) WHERE tokens_void_until > 0;

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  end_reason text CHECK (end_reason IN ('logout', 'reuse')),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE refresh_tokens (
  hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  session uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  -- The token that this one replaced: each has one successor.
  parent bytea UNIQUE REFERENCES refresh_tokens ON DELETE SET NULL,
  issued_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz,
  expires_at timestamptz NOT NULL
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session);
CREATE INDEX refresh_tokens_expires ON refresh_tokens (expires_at);

-- Attempts in the running window, by account and by address.
CREATE TABLE login_attempts (
  bucket text PRIMARY KEY CHECK (length(bucket) <= 300),
  attempts bigint NOT NULL CHECK (attempts >= 0),
  ends_at timestamptz NOT NULL
);
CREATE INDEX login_attempts_ends ON login_attempts (ends_at);
