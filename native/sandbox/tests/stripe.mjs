// The provider's own client against the sandbox: what it sends is understood, what it gets is what it expects.
import assert from "node:assert/strict";
import http from "node:http";
import { createRequire } from "node:module";

const require = createRequire(process.env.CLIENTS + "/");
const Stripe = require("stripe");
const port = Number(process.env.PORT);
const base = `http://127.0.0.1:${port}`;
const key = "sk_sandbox_0123456789abcdef";
const stripe = new Stripe(key, { host: "127.0.0.1", port, protocol: "http", apiVersion: "2024-06-20", telemetry: false, maxNetworkRetries: 0 });
const post = (path, form) => fetch(base + path, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
const clock = async (seconds) => assert.equal((await post("/sandbox/clock", { advance: seconds })).status, 200);

// Webhooks: the first attempt at each is refused, and all are made again; each is signed as the client verifies.
const got = [];
const refused = new Set();
let secret;
const server = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const event = stripe.webhooks.constructEvent(Buffer.concat(chunks), request.headers["stripe-signature"], secret);
    const first = !refused.has(event.id);
    refused.add(event.id);
    if (!first) got.push(event.type);
    response.writeHead(first ? 500 : 200).end();
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const endpoint = await stripe.webhookEndpoints.create({ url: `http://hooks.localhost:${server.address().port}/`, enabled_events: ["*"], api_version: "2024-06-20" });
secret = endpoint.secret;

const product = await stripe.products.create({ name: "Gold" });
const price = await stripe.prices.create({ product: product.id, currency: "eur", unit_amount: 500, recurring: { interval: "month" } });
const once = { idempotencyKey: "c-1" };
const customer = await stripe.customers.create({ email: "a@example.org", metadata: { user: "u" } }, once);
assert.equal((await stripe.customers.create({ email: "a@example.org", metadata: { user: "u" } }, once)).id, customer.id);
await assert.rejects(stripe.customers.create({ email: "b@example.org" }, once), { type: "StripeIdempotencyError" });
await assert.rejects(stripe.customers.create({ colour: "red" }), { type: "StripeInvalidRequestError" });
await assert.rejects(stripe.subscriptions.retrieve("sub_none"), { code: "resource_missing" });
await assert.rejects(new Stripe("sk_test_1", { host: "127.0.0.1", port, protocol: "http" }).customers.list(), { type: "StripeAuthenticationError" });
const coupon = await stripe.coupons.create({ percent_off: 50, duration: "once" });
await post("/sandbox/tax", { key, percent: 19 });

const session = await stripe.checkout.sessions.create({
  mode: "subscription", customer: customer.id, success_url: "http://press/done?s={CHECKOUT_SESSION_ID}", cancel_url: "http://press/",
  line_items: [{ price: price.id, quantity: 1 }], discounts: [{ coupon: coupon.id }],
  subscription_data: { trial_period_days: 7, metadata: { user: "u" } },
});
const page = await (await fetch(session.url)).text();
assert.match(page, /Sandbox/);
assert.doesNotMatch(page, /stripe|<script/i);
const path = new URL(session.url).pathname;
assert.equal((await post(path, { card: "declined" })).status, 402);
const paid = await post(path, { card: "good" });
assert.equal(paid.headers.get("location"), `http://press/done?s=${session.id}`);
assert.equal((await post(path, { card: "good" })).status, 410);

const done = await stripe.checkout.sessions.retrieve(session.id);
let sub = await stripe.subscriptions.retrieve(done.subscription);
assert.deepEqual([sub.status, sub.metadata.user], ["trialing", "u"]);
await clock(8 * 86400);
sub = await stripe.subscriptions.retrieve(sub.id);
const first = await stripe.invoices.retrieve(sub.latest_invoice);
// 500 less half, and 19 % of 250 is 47.5: rounded up.
assert.deepEqual([sub.status, first.subtotal, first.tax, first.total], ["active", 500, 48, 298]);
assert.equal(first.lines.data[0].description, "Gold");

// A card that fails: three more attempts, then it ends; but for a reader who changes it.
const portal = await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: "http://press/" });
const at = new URL(portal.url).pathname;
await post(at, { card: "failing" });
await clock(32 * 86400);
assert.equal((await stripe.subscriptions.retrieve(sub.id)).status, "past_due");
await post(at, { card: "good" });
assert.equal((await stripe.subscriptions.retrieve(sub.id)).status, "active");
await stripe.refunds.create({ payment_intent: first.payment_intent, amount: 100 });
await assert.rejects(stripe.refunds.create({ payment_intent: first.payment_intent, amount: 199 }), { type: "StripeInvalidRequestError" });

// Disputes: evidence decides, as in the original's test mode; one is not refunded.
const disputed = (form) => post("/sandbox/disputes", { key, payment_intent: first.payment_intent, ...form }).then((r) => r.json());
const won = await disputed({});
assert.deepEqual([won.status, won.amount, won.charge], ["needs_response", 198, first.charge]);
await assert.rejects(stripe.refunds.create({ payment_intent: first.payment_intent, amount: 1 }), { code: "charge_disputed" });
assert.equal((await stripe.disputes.update(won.id, { evidence: { uncategorized_text: "a receipt" }, submit: true })).status, "under_review");
assert.equal((await stripe.disputes.update(won.id, { evidence: { uncategorized_text: "winning_evidence" }, submit: true })).status, "won");
await assert.rejects(stripe.disputes.close(won.id), { code: "dispute_closed" });
const asked = await disputed({ inquiry: "true" });
assert.equal(asked.status, "warning_needs_response");
assert.equal((await post(at, { dispute: asked.id, action: "lose" })).status, 303);
assert.equal((await stripe.disputes.retrieve(asked.id)).status, "needs_response");
assert.equal((await stripe.disputes.close(asked.id)).status, "lost");
assert.deepEqual((await stripe.disputes.list()).data.map((d) => d.id), [asked.id, won.id]);

await post(at, { card: "failing" });
await clock(45 * 86400);
sub = await stripe.subscriptions.retrieve(sub.id);
assert.equal(sub.status, "canceled");

const types = [];
for await (const event of stripe.events.list({ limit: 3 })) types.unshift(event.type);
for (const type of ["customer.subscription.created", "checkout.session.completed", "invoice.paid", "invoice.payment_failed", "charge.refunded", "charge.dispute.created", "charge.dispute.funds_reinstated", "charge.dispute.closed", "customer.subscription.deleted"]) assert.ok(types.includes(type), type);
for (let i = 0; i < 100 && got.length < types.length; i++) await new Promise((resolve) => setTimeout(resolve, 100));
assert.deepEqual([...got].sort(), [...types].sort());
server.close();
console.log("ok", types.length, "events");
process.exit(0);
