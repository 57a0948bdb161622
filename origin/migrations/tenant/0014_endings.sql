-- When the provider is told to end a subscription whose account was deleted; null where there is nothing to tell it.
-- Set by the deletion's own transaction, or by who first hears of a subscription of an account that is no more.
ALTER TABLE subscriptions ADD COLUMN end_due timestamptz;
ALTER TABLE subscriptions ADD COLUMN end_attempts bigint NOT NULL DEFAULT 0;
CREATE INDEX subscriptions_end_due ON subscriptions (end_due) WHERE end_due IS NOT NULL;

-- Those of accounts that are gone already.
UPDATE subscriptions s SET end_due = now() FROM users u WHERE u.id = s.user_id AND u.deleted_at IS NOT NULL AND s.status NOT IN ('canceled', 'incomplete_expired');
