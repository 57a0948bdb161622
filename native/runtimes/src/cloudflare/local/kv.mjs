// Workers KV for local running: the HTTP that workerd's KV binding speaks, answered from SQLite in a Durable Object.
// Only this file plays Cloudflare; the worker that reads and writes through the binding is the deployed one.
//
// A write is seen at once, which no deployment promises. A value is at most 2 MB, which is what a row holds and twice
// what our platforms write; Cloudflare's limit is 25 MiB.

import { DurableObject } from "cloudflare:workers";

/** In bytes: of a key, of a value. */
const KEY = 512;
const VALUE = 2_000_000;
/** The most keys of a page, and of a bulk read. */
const PAGE = 1000;
const BULK = 100;
/** In seconds. */
const SHORTEST_LIFE = 60;

class Refused extends Error {
  /** @param {number} status @param {string} why */
  constructor(status, why) {
    super(why);
    this.status = status;
  }
}

/** @param {string} key */
function checked(key) {
  if (key === "" || key === "." || key === "..") throw new Refused(400, "not a key's name");
  if (new TextEncoder().encode(key).length > KEY) throw new Refused(414, "the key is too long");
  return key;
}

/** @param {URL} url */
function named(url) {
  const name = url.pathname.slice(1);
  if (url.searchParams.get("urlencoded") !== "true") return checked(name);
  try {
    return checked(decodeURIComponent(name));
  } catch (error) {
    throw error instanceof URIError ? new Refused(400, "the key is not encoded as a URL's part") : error;
  }
}

const seconds = () => Math.floor(Date.now() / 1000);

/** When a value ends, in seconds since 1970; `null` for never. @param {URLSearchParams} query */
function ends(query) {
  const [ttl, at] = [query.get("expiration_ttl"), query.get("expiration")];
  if (ttl === null && at === null) return null;
  const end = ttl === null ? Number(at) : seconds() + Number(ttl);
  if (!Number.isInteger(end) || end < seconds() + SHORTEST_LIFE) throw new Refused(400, "the value's life is too short");
  return end;
}

export class Store extends DurableObject {
  /** @param {DurableObjectState} ctx @param {unknown} env */
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value BLOB NOT NULL, ends INTEGER, metadata TEXT)");
  }

  /** @param {string} key */
  find(key) {
    const rows = this.sql.exec("SELECT value, ends, metadata FROM kv WHERE key = ? AND ifnull(ends, ?) > ?", key, Infinity, seconds());
    return rows.toArray()[0];
  }

  /** @param {URL} url */
  get(url) {
    const row = this.find(named(url));
    if (row === undefined) throw new Refused(404, "Not Found");
    const headers = new Headers();
    if (row.ends !== null) headers.set("cf-expiration", String(row.ends));
    if (row.metadata !== null) headers.set("cf-kv-metadata", String(row.metadata));
    return new Response(/** @type {ArrayBuffer} */ (row.value), { headers });
  }

  /** @param {Request} request */
  async bulk(request) {
    const { keys, type, withMetadata } = await request.json();
    if (keys.length < 1 || keys.length > BULK) throw new Refused(400, `a bulk read is of 1 to ${BULK} keys`);
    const decoder = new TextDecoder();
    /** @type {Record<string, unknown>} */
    const found = {};
    for (const key of keys) {
      const row = this.find(checked(key));
      const text = row && decoder.decode(/** @type {ArrayBuffer} */ (row.value));
      const value = text === undefined ? null : type === "json" ? JSON.parse(text) : text;
      found[key] = withMetadata && row ? { value, metadata: row.metadata } : value;
    }
    return Response.json(found);
  }

  /** @param {URL} url @param {Request} request */
  async put(url, request) {
    const [key, end] = [named(url), ends(url.searchParams)];
    const value = await request.arrayBuffer();
    if (value.byteLength > VALUE) throw new Refused(413, "the value is too long");
    const metadata = request.headers.get("cf-kv-metadata");
    this.sql.exec("INSERT OR REPLACE INTO kv VALUES (?, ?, ?, ?)", key, value, end, metadata);
    return new Response();
  }

  /** @param {URL} url */
  remove(url) {
    this.sql.exec("DELETE FROM kv WHERE key = ?", named(url));
    return new Response();
  }

  /** @param {URLSearchParams} query */
  list(query) {
    const limit = Number(query.get("key_count_limit") ?? PAGE);
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE) throw new Refused(400, `a page has 1 to ${PAGE} keys`);
    const [prefix, after] = [query.get("prefix") ?? "", query.get("cursor") ?? ""];
    this.sql.exec("DELETE FROM kv WHERE ends <= ?", seconds());
    const rows = this.sql
      .exec(
        "SELECT key, ends, metadata FROM kv WHERE key >= ?1 AND key > ?2 AND substr(key, 1, length(?1)) = ?1 ORDER BY key LIMIT ?3",
        prefix,
        after,
        limit + 1,
      )
      .toArray();
    const keys = rows.slice(0, limit).map((row) => ({
      name: row.key,
      ...(row.ends === null ? {} : { expiration: row.ends }),
      ...(row.metadata === null ? {} : { metadata: row.metadata }),
    }));
    const more = rows.length > limit;
    return Response.json({ keys, list_complete: !more, cacheStatus: null, ...(more ? { cursor: keys[limit - 1].name } : {}) });
  }

  /** @param {Request} request */
  async fetch(request) {
    const url = new URL(request.url);
    try {
      switch (request.method) {
        case "GET":
          return url.pathname === "/" ? this.list(url.searchParams) : this.get(url);
        case "PUT":
          return await this.put(url, request);
        case "DELETE":
          return this.remove(url);
        case "POST":
          if (url.pathname === "/bulk/get") return await this.bulk(request);
      }
      return new Response("unknown to KV", { status: 405 });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return new Response(error.message, { status: error.status, statusText: error.message });
    }
  }
}

export default {
  /** @param {Request} request @param {{ STORE: DurableObjectNamespace }} env */
  fetch: (request, env) => env.STORE.get(env.STORE.idFromName("store")).fetch(request),
};
