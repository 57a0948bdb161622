-- Payments that a reader's bank takes back, or wants to (chargebacks). A dispute only goes on: what was told last in the
-- provider's time is kept, and what is decided is never open again.
CREATE TABLE payment_disputes (
  -- At the provider.
  id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 255),
  -- As in purchases and invoices. It may be told before the payment is.
  payment text NOT NULL CHECK (length(payment) BETWEEN 1 AND 255),
  amount bigint NOT NULL CHECK (amount >= 0),
  -- The bank's, which need not be the payment's.
  currency text NOT NULL,
  status text NOT NULL,
  -- When it began, and when it was as is told here, in the provider's time.
  created bigint NOT NULL,
  at bigint NOT NULL
);
CREATE INDEX payment_disputes_payment ON payment_disputes (payment);

-- What of each payment the press has not, or has not now: what was given back (dispute is null), is disputed, was lost.
-- An inquiry (warning_…) takes nothing, nor does a dispute that was won.
CREATE VIEW payment_losses AS
  SELECT payment, refunded AS amount, captured, at, NULL AS dispute, NULL AS currency FROM payment_refunds
  UNION ALL
  SELECT payment, amount, NULL, created, status, currency FROM payment_disputes
    WHERE status IN ('needs_response', 'under_review', 'lost');

-- Whether a payment entitles to nothing any more: all of it was given back, or any of it is disputed or was lost so.
CREATE OR REPLACE FUNCTION is_lost(payment text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(count(l.dispute) > 0 OR sum(l.amount) >= max(l.captured), false)
    FROM payment_losses l WHERE l.payment = $1
$$;

-- What an author has got, by statement.
CREATE INDEX payout_lines_payee ON payout_lines (payee, statement) WHERE payee IS NOT NULL;
