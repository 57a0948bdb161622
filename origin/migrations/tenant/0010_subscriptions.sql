-- What is sold, what was paid, and what that entitles to. Money is integer minor units of an ISO 4217 currency; what
-- the provider of payments tells of times is in seconds since 1970, as it tells it.

CREATE TABLE payment_provider (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  kind text NOT NULL CHECK (kind IN ('stripe', 'sandbox')),
  -- Sealed (aw_trust::vault) with a key made of the master key, for this tenant: the API's key, and a JSON list of the
  -- secrets that webhooks are signed with.
  api_key text NOT NULL,
  webhook_secrets text NOT NULL,
  -- The webhook endpoint that was registered, by its id at the provider.
  endpoint text,
  -- How long a subscription whose renewal failed goes on to entitle.
  grace_days bigint NOT NULL DEFAULT 7 CHECK (grace_days BETWEEN 0 AND 60),
  version bigint NOT NULL DEFAULT 1,
  -- When the nightly reconciliation is due.
  reconcile_at timestamptz NOT NULL DEFAULT now() + interval '1 day',
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tiers (
  slug text PRIMARY KEY CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  description text NOT NULL DEFAULT '' CHECK (length(description) <= 2000),
  -- In lists: the lowest first.
  position bigint NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 1000),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE plans (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  description text NOT NULL DEFAULT '' CHECK (length(description) <= 2000),
  -- The entitlement that it buys: tier:SLUG or book:ID.
  grants text NOT NULL CHECK (grants ~ '^(tier:[a-z0-9-]{1,40}|book:[0-9a-f-]{36})$'),
  interval text NOT NULL CHECK (interval IN ('month', 'year', 'once')),
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 99999999),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  trial_days bigint NOT NULL DEFAULT 0 CHECK (trial_days BETWEEN 0 AND 365),
  active boolean NOT NULL DEFAULT true,
  -- The price at the provider for amount, currency and interval as they are; null until one is asked for.
  price text,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((interval = 'once') = (grants LIKE 'book:%')),
  CHECK (interval <> 'once' OR trial_days = 0)
);
CREATE INDEX plans_grants ON plans (grants);

CREATE TABLE coupons (
  id uuid PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9-]{3,40}$'),
  percent bigint CHECK (percent BETWEEN 1 AND 100),
  amount bigint CHECK (amount BETWEEN 1 AND 99999999),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  duration text NOT NULL CHECK (duration IN ('once', 'repeating')),
  months bigint CHECK (months BETWEEN 1 AND 36),
  -- How often it can be used, by all together; null: as often as they like, each reader once.
  most bigint CHECK (most BETWEEN 1 AND 1000000),
  -- The plan that it is for; null: every plan.
  plan uuid REFERENCES plans ON DELETE CASCADE,
  expires_at timestamptz,
  active boolean NOT NULL DEFAULT true,
  -- Whether the provider has it: it never changes there.
  provided boolean NOT NULL DEFAULT false,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((percent IS NULL) <> (amount IS NULL)),
  CHECK ((amount IS NULL) = (currency IS NULL)),
  CHECK ((duration = 'repeating') = (months IS NOT NULL))
);

CREATE TABLE gifts (
  id uuid PRIMARY KEY,
  -- SHA-256 of the code. The code itself is derived from the id by a key of the master key.
  code_hash bytea NOT NULL UNIQUE CHECK (octet_length(code_hash) = 32),
  grants text NOT NULL,
  -- How long it entitles once redeemed; null: for ever.
  months bigint CHECK (months BETWEEN 1 AND 36),
  note text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
  -- Who bought it, and by which payment; null where staff gives it.
  bought_by uuid REFERENCES users ON DELETE SET NULL,
  payment text UNIQUE,
  -- Until when it can be redeemed.
  expires_at timestamptz,
  redeemed_by uuid REFERENCES users ON DELETE CASCADE,
  redeemed_at timestamptz,
  revoked_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((redeemed_by IS NULL) = (redeemed_at IS NULL))
);
CREATE INDEX gifts_redeemed ON gifts (redeemed_by) WHERE redeemed_by IS NOT NULL;
CREATE INDEX gifts_bought ON gifts (bought_by) WHERE bought_by IS NOT NULL;

CREATE TABLE comps (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  grants text NOT NULL,
  until timestamptz,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
  revoked_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX comps_user ON comps (user_id);

-- Readers as the provider knows them.
CREATE TABLE payment_customers (
  user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  customer text NOT NULL UNIQUE
);

CREATE TABLE checkouts (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  plan uuid NOT NULL REFERENCES plans,
  gift boolean NOT NULL DEFAULT false,
  coupon uuid REFERENCES coupons ON DELETE SET NULL,
  -- The session at the provider, and where its page is.
  session text UNIQUE,
  url text,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'complete', 'expired')),
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX checkouts_user ON checkouts (user_id);
CREATE INDEX checkouts_coupon ON checkouts (coupon) WHERE coupon IS NOT NULL;

-- Webhooks that were taken: each once.
CREATE TABLE payment_events (
  id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 255),
  type text NOT NULL CHECK (length(type) <= 255),
  -- The provider's time.
  at bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX payment_events_received ON payment_events (received_at);

CREATE TABLE subscriptions (
  -- At the provider.
  id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 255),
  user_id uuid REFERENCES users ON DELETE SET NULL,
  plan uuid REFERENCES plans ON DELETE SET NULL,
  grants text,
  status text NOT NULL,
  period_start bigint NOT NULL,
  period_end bigint NOT NULL,
  trial_end bigint,
  cancel_at_period_end boolean NOT NULL,
  -- The provider's time of what is told here.
  at bigint NOT NULL,
  -- Told in an order that cannot be known: the provider is asked.
  doubtful boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX subscriptions_user ON subscriptions (user_id);
CREATE INDEX subscriptions_doubtful ON subscriptions (id) WHERE doubtful;

-- What was paid once: by its payment at the provider.
CREATE TABLE purchases (
  payment text PRIMARY KEY CHECK (length(payment) BETWEEN 1 AND 255),
  user_id uuid REFERENCES users ON DELETE SET NULL,
  checkout uuid,
  plan uuid REFERENCES plans ON DELETE SET NULL,
  grants text NOT NULL,
  gift boolean NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  tax bigint NOT NULL CHECK (tax >= 0),
  currency text NOT NULL,
  paid_at bigint NOT NULL
);
CREATE INDEX purchases_user ON purchases (user_id);

-- How much of a payment was given back: it only grows, and may be told before the payment is.
CREATE TABLE payment_refunds (
  payment text PRIMARY KEY CHECK (length(payment) BETWEEN 1 AND 255),
  captured bigint NOT NULL,
  refunded bigint NOT NULL CHECK (refunded >= 0),
  at bigint NOT NULL
);

CREATE TABLE invoices (
  id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 255),
  number text,
  user_id uuid REFERENCES users ON DELETE SET NULL,
  subscription text,
  grants text,
  status text NOT NULL,
  currency text NOT NULL,
  subtotal bigint NOT NULL,
  discount bigint NOT NULL,
  tax bigint NOT NULL,
  total bigint NOT NULL,
  paid bigint NOT NULL,
  -- JSON, as the API shows it.
  lines text NOT NULL,
  payment text,
  url text,
  created bigint NOT NULL,
  paid_at bigint,
  at bigint NOT NULL,
  version bigint NOT NULL DEFAULT 1
);
CREATE INDEX invoices_user ON invoices (user_id, created DESC);
CREATE INDEX invoices_subscription ON invoices (subscription);
CREATE INDEX invoices_payment ON invoices (payment) WHERE payment IS NOT NULL;

-- What a reader may read beyond users.entitlements: derived from all of the above, and put into the reader's tokens.
CREATE TABLE derived_entitlements (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  entitlement text NOT NULL,
  -- Null: for ever.
  expires_at timestamptz,
  PRIMARY KEY (user_id, entitlement)
);
CREATE INDEX derived_entitlements_expires ON derived_entitlements (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE reconciliations (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  checked bigint NOT NULL,
  repaired bigint NOT NULL,
  -- JSON: what was repaired, the first hundred.
  details text NOT NULL
);

-- How what a tier or a book earns is split.
CREATE TABLE payout_rules (
  grants text PRIMARY KEY,
  -- JSON: [{"payee":USER,"weight":N}], in the order of payees.
  shares text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE payout_statements (
  id uuid PRIMARY KEY,
  -- YYYY-MM, in UTC.
  period text NOT NULL CHECK (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  currency text NOT NULL,
  total bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (period, currency)
);

CREATE TABLE payout_lines (
  statement uuid NOT NULL REFERENCES payout_statements ON DELETE CASCADE,
  -- The payment that it is a part of.
  source text NOT NULL,
  grants text NOT NULL,
  -- Null: the press itself.
  payee uuid,
  amount bigint NOT NULL
);
CREATE INDEX payout_lines_statement ON payout_lines (statement);
CREATE INDEX payout_lines_source ON payout_lines (source);

CREATE TABLE credit_accounts (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  feature text NOT NULL CHECK (feature ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  balance bigint NOT NULL DEFAULT 0 CHECK (balance >= 0),
  PRIMARY KEY (user_id, feature)
);

CREATE TABLE credit_grants (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  feature text NOT NULL,
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 1000000000),
  remaining bigint NOT NULL CHECK (remaining BETWEEN 0 AND amount),
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (user_id, feature) REFERENCES credit_accounts ON DELETE CASCADE
);
CREATE INDEX credit_grants_open ON credit_grants (user_id, feature, expires_at) WHERE remaining > 0;
CREATE INDEX credit_grants_expires ON credit_grants (expires_at) WHERE remaining > 0 AND expires_at IS NOT NULL;

-- Every movement, for ever.
CREATE TABLE credit_entries (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  feature text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('granted', 'spent', 'expired')),
  delta bigint NOT NULL CHECK (delta <> 0),
  balance bigint NOT NULL CHECK (balance >= 0),
  reference text NOT NULL DEFAULT '' CHECK (length(reference) <= 200),
  at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (user_id, feature) REFERENCES credit_accounts ON DELETE CASCADE
);
CREATE INDEX credit_entries_account ON credit_entries (user_id, feature, id);

-- What each was sealed as (aw_trust::sealed).
COMMENT ON COLUMN payment_provider.api_key IS 'sealed: {tenant}\0payments key';
COMMENT ON COLUMN payment_provider.webhook_secrets IS 'sealed: {tenant}\0payments webhook secrets';
