// A paid chapter, as one writes it with Hono and Web Cryptography: the tenant by Host, the token verified, the access
// decided, the page out of KV with the same header fields, and one line for the log. It reads the same keys and values
// as the gateway does.
//
// What it leaves out it does not have to do for this request: ranges, the paywall's page; the key is derived once
// instead of unsealed once. Records are read and parsed on each request, as one writes it; with the variable KEPT a parsed
// one is believed for so many milliseconds, as the gateway does.
import { Hono } from "hono";

/** The text of a record after its version and line feed. @param {string} text */
const record = (text) => JSON.parse(text.slice(text.indexOf("\n") + 1));

/** Parsed records, and until when they are believed. @type {Map<string, { value: any, until: number }>} */
const kept = new Map();

/** The record under a key of KV; undefined where there is none. @param {string} key */
async function read(env, key) {
  const now = Date.now();
  const known = kept.get(key);
  if (known !== undefined && now < known.until) return known.value;
  const text = await env.CONTENT.get(key, "text");
  if (text === null) return undefined;
  const value = record(text);
  if (env.KEPT !== undefined) kept.set(key, { value, until: now + Number(env.KEPT) });
  return value;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** @param {string} text base64url */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

/** The tenant's key, kept between requests. @type {Promise<CryptoKey> | undefined} */
let key;

/** The key that a tenant's tokens are signed with, as the origin derives it. @returns {Promise<CryptoKey>} */
async function tenantKey(env, tenant, kid) {
  const master = await crypto.subtle.importKey("raw", encoder.encode(env.MASTER_KEY), "HKDF", false, ["deriveKey"]);
  const info = encoder.encode(`token\0${tenant}\0${kid}`);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: encoder.encode("authorworks"), info };
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  return crypto.subtle.deriveKey(hkdf, master, hmac, false, ["verify"]);
}

/** The claims of a good token of this tenant; undefined for any other. @param {string} token */
async function claims(token, tenant, env) {
  const [head, body, signature, more] = token.split(".");
  if (signature === undefined || more !== undefined) return undefined;
  const header = JSON.parse(decoder.decode(bytes(head)));
  if (header.alg !== "HS256" || header.kid !== tenant.keys[0].kid) return undefined;
  key ??= tenantKey(env, tenant.id, header.kid);
  const signed = encoder.encode(`${head}.${body}`);
  if (!(await crypto.subtle.verify("HMAC", await key, bytes(signature), signed))) return undefined;
  const claims = JSON.parse(decoder.decode(bytes(body)));
  const now = Date.now() / 1000;
  const right = claims.iss === tenant.baseUrl && claims.aud === tenant.baseUrl && claims.tenant === tenant.id;
  if (!right || claims.exp <= now || claims.iat > now + 60) return undefined;
  return (tenant.revoked ?? []).some((r) => r.id === claims.sid && claims.iat <= r.at) ? undefined : claims;
}

/** @param {string} access */
function allowed(access, claims, book) {
  if (access === "free") return true;
  if (claims === undefined) return false;
  if (access === "members") return true;
  return claims.ent.includes(access) || claims.ent.includes(`book:${book}`);
}

/** @param {string | undefined} header */
const cookie = (header) => /(?:^|; )aw_access=([^;]*)/.exec(header ?? "")?.[1];

const app = new Hono();

app.get("/books/:slug/:number", async (c) => {
  const [began, requestId] = [Date.now(), c.req.header("x-request-id") ?? crypto.randomUUID()];
  const host = (c.req.header("host") ?? "").replace(/:\d+$/, "").toLowerCase();
  const tenant = await read(c.env, `h/${host}`);
  if (tenant === undefined) return c.json({ error: { code: "TENANT_NOT_FOUND" } }, 404);
  const token = cookie(c.req.header("cookie"));
  const reader = token === undefined ? undefined : await claims(token, tenant, c.env);
  const manifest = await read(c.env, `m/${tenant.id}/${c.req.param("slug")}`);
  if (manifest === undefined) return c.json({ error: { code: "CONTENT_BOOK_NOT_FOUND" } }, 404);
  const chapter = manifest.chapters.find((chapter) => chapter.number === Number(c.req.param("number")));
  if (chapter === undefined) return c.json({ error: { code: "CONTENT_CHAPTER_NOT_FOUND" } }, 404);
  if (!allowed(chapter.access, reader, manifest.book.id)) return c.json({ error: { code: "CONTENT_ACCESS" } }, 402);
  const etag = `"${chapter.page.sha256}"`;
  if (c.req.header("if-none-match") === etag) return c.body(null, 304);
  const page = await c.env.CONTENT.get(`o/${tenant.id}/${chapter.page.sha256}`, "arrayBuffer");
  if (page === null) return c.json({ error: { code: "EDGE_OBJECT_MISSING" } }, 503);
  const { method, path } = c.req;
  const ms = Date.now() - began;
  const line = { level: "info", event: "request", requestId, edge: "bench", tenant: tenant.id, method, path, status: 200, ms };
  console.log(JSON.stringify(line));
  return c.body(page, 200, {
    "content-type": "text/html; charset=utf-8",
    "x-request-id": requestId,
    etag,
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    vary: "Cookie, Authorization",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "content-security-policy":
      "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; " +
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
  });
});

// The bench puts the values there.
app.put("/_aw/values", async (c) => {
  await c.env.CONTENT.put(c.req.query("key"), await c.req.arrayBuffer());
  return c.body(null, 204);
});

export default app;
