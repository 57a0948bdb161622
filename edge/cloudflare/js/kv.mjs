// Workers KV.

import { NONE, OK } from "./core.mjs";
import { Held } from "./body.mjs";

const encoder = new TextEncoder();

/** Texts, each after its length in 4 bytes. @param {string[]} texts */
function packed(texts) {
  const parts = texts.map((text) => encoder.encode(text));
  const all = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(all.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    all.set(part, at + 4);
    at += 4 + part.length;
  }
  return all;
}

/** @param {import("./core.mjs").Core} core */
export function kv(core) {
  /** @param {number} name @param {number} nameLen */
  const store = (name, nameLen) => core.call.env[core.binding(name, nameLen)];
  return {
    /** @param {number} name @param {number} nameLen */
    kv_has: (name, nameLen) => (typeof store(name, nameLen)?.list === "function" ? 1 : 0),

    /**
     * A value comes as one buffer, open or not: it is shorter than a megabyte, a stream costs more than it, and only
     * a buffer has a length to send.
     * @param {number} op @param {number} name @param {number} nameLen @param {number} key @param {number} keyLen
     * @param {number} open
     */
    kv_get(op, name, nameLen, key, keyLen, open) {
      const { call } = core;
      store(name, nameLen)
        .get(core.text(key, keyLen), "arrayBuffer")
        .then(
          (/** @type {ArrayBuffer | null} */ value) => {
            if (value === null) return call.complete(op, NONE);
            if (open === 0) return call.complete(op, OK, new Uint8Array(value));
            call.complete(op, OK, String(value.byteLength), call.hold(new Held(value)));
          },
          (/** @type {unknown} */ error) => call.failed(op, error),
        );
    },

    /**
     * @param {number} op @param {number} name @param {number} nameLen @param {number} key @param {number} keyLen
     * @param {number} value @param {number} valueLen @param {number} ttl
     */
    kv_put(op, name, nameLen, key, keyLen, value, valueLen, ttl) {
      const { call } = core;
      const options = ttl > 0 ? { expirationTtl: ttl } : {};
      store(name, nameLen)
        .put(core.text(key, keyLen), core.copy(value, valueLen), options)
        .then(
          () => call.complete(op, OK),
          (/** @type {unknown} */ error) => call.failed(op, error),
        );
    },

    /** @param {number} op @param {number} name @param {number} nameLen @param {number} key @param {number} keyLen */
    kv_delete(op, name, nameLen, key, keyLen) {
      const { call } = core;
      store(name, nameLen)
        .delete(core.text(key, keyLen))
        .then(
          () => call.complete(op, OK),
          (/** @type {unknown} */ error) => call.failed(op, error),
        );
    },

    /**
     * @param {number} op @param {number} name @param {number} nameLen @param {number} query @param {number} queryLen
     * @param {number} limit
     */
    kv_list(op, name, nameLen, query, queryLen, limit) {
      const { call } = core;
      const [prefix, cursor] = core.text(query, queryLen).split("\0");
      store(name, nameLen)
        .list({ prefix, limit, cursor: cursor === "" ? undefined : cursor })
        .then(
          (/** @type {any} */ page) => {
            const keys = page.keys.map((/** @type {{ name: string }} */ key) => key.name);
            call.complete(op, OK, packed([page.list_complete ? "" : page.cursor, ...keys]));
          },
          (/** @type {unknown} */ error) => call.failed(op, error),
        );
    },
  };
}
