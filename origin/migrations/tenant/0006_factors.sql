-- How somebody proves who they are, beyond a password.

-- A second step of logins by codes (RFC 6238).
CREATE TABLE totp_secrets (
  user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  -- Sealed with a key that the database does not have.
  sealed bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 40 AND 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When a first code was right; until then nobody is asked for one.
  confirmed_at timestamptz,
  -- The newest time step whose code was taken: no code is taken twice, and none that is older.
  last_step bigint NOT NULL DEFAULT 0
);

CREATE TABLE recovery_codes (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  -- HMAC-SHA-256 with a key that the database does not have.
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  used_at timestamptz,
  PRIMARY KEY (user_id, hash)
);

-- Logins whose first step is done. Each is taken once.
CREATE TABLE login_challenges (
  -- SHA-256 of what the browser has.
  hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  attempts bigint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  expires_at timestamptz NOT NULL
);
CREATE INDEX login_challenges_user ON login_challenges (user_id);
CREATE INDEX login_challenges_expires ON login_challenges (expires_at);

-- WebAuthn credentials.
CREATE TABLE passkeys (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  credential bytea NOT NULL UNIQUE CHECK (octet_length(credential) BETWEEN 1 AND 1023),
  -- The host that it was made for, without its port.
  rp_id text NOT NULL CHECK (length(rp_id) BETWEEN 1 AND 253),
  -- COSE_Key (RFC 9052, section 7), as the authenticator wrote it.
  public_key bytea NOT NULL CHECK (octet_length(public_key) BETWEEN 1 AND 2048),
  -- Of the authenticator's signatures; 0 where it does not count.
  sign_count bigint NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
  -- How it is reached, JSON: an array of the browser's words.
  transports text NOT NULL,
  -- Whether it is kept in more than one place.
  backed_up boolean NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);
CREATE INDEX passkeys_user ON passkeys (user_id, id);

-- Challenges that an authenticator is to sign. Each is taken once.
CREATE TABLE passkey_ceremonies (
  -- SHA-256 of the challenge.
  hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  -- Who registers; null for a login.
  user_id uuid REFERENCES users ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_ceremonies_user ON passkey_ceremonies (user_id);
CREATE INDEX passkey_ceremonies_expires ON passkey_ceremonies (expires_at);

-- Where else accounts can log in: OpenID Connect providers.
CREATE TABLE identity_providers (
  name text PRIMARY KEY CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
  issuer text NOT NULL CHECK (issuer ~ '^https?://[^?#]+$' AND length(issuer) <= 500),
  client_id text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 500),
  -- The client's secret, sealed; null for a public client.
  sealed bytea CHECK (octet_length(sealed) BETWEEN 40 AND 1200),
  enabled boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- Whom a provider's accounts stand for here. A subject means something only together with its issuer.
CREATE TABLE identities (
  issuer text NOT NULL CHECK (length(issuer) <= 500),
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id);

-- Logins that are at a provider. Each comes back once.
CREATE TABLE provider_logins (
  -- SHA-256 of the state.
  hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  provider text NOT NULL REFERENCES identity_providers ON DELETE CASCADE,
  -- The host that the browser asked for, with its port.
  host text NOT NULL CHECK (length(host) BETWEEN 1 AND 260),
  -- SHA-256 of what the browser that began has besides.
  browser bytea NOT NULL CHECK (octet_length(browser) = 32),
  nonce text NOT NULL,
  -- PKCE (RFC 7636), sealed.
  verifier bytea NOT NULL,
  -- Where to go afterwards: a path.
  next text NOT NULL CHECK (length(next) BETWEEN 1 AND 2048),
  expires_at timestamptz NOT NULL
);
CREATE INDEX provider_logins_provider ON provider_logins (provider);
CREATE INDEX provider_logins_expires ON provider_logins (expires_at);

-- What providers say of themselves, kept for a while: a component remembers nothing between requests.
CREATE TABLE provider_documents (
  url text PRIMARY KEY CHECK (length(url) <= 1000),
  json text NOT NULL CHECK (octet_length(json) <= 131072),
  fetched_at timestamptz NOT NULL DEFAULT now()
);

-- A provider's word on an address makes an account of one that was proved here, and of no other.
ALTER TABLE users ADD COLUMN IF NOT EXISTS email_verified_at timestamptz;

-- What each was sealed as (aw_trust::sealed).
COMMENT ON COLUMN totp_secrets.sealed IS 'sealed: totp {tenant} {user_id}';
COMMENT ON COLUMN identity_providers.sealed IS 'sealed: identity provider {tenant} {name}';
COMMENT ON COLUMN provider_logins.verifier IS 'sealed: provider login {tenant}';
