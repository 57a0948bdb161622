// The Cache API.

import { NONE, OK } from "./core.mjs";

/** @param {string} key */
const address = (key) => "https://cache.invalid/" + encodeURIComponent(key);

/** @param {import("./core.mjs").Core} core */
export const cache = (core) => ({
  /** @param {number} op @param {number} key @param {number} keyLen */
  cache_get(op, key, keyLen) {
    const { call } = core;
    const look = async () => {
      const hit = await caches.default.match(address(core.text(key, keyLen)));
      if (hit === undefined) return call.complete(op, NONE);
      call.complete(op, OK, new Uint8Array(await hit.arrayBuffer()));
    };
    look().catch((error) => call.failed(op, error));
  },

  /**
   * @param {number} op @param {number} key @param {number} keyLen @param {number} value @param {number} valueLen
   * @param {number} ttl in seconds
   */
  cache_put(op, key, keyLen, value, valueLen, ttl) {
    const { call } = core;
    const kept = new Response(core.copy(value, valueLen), { headers: { "cache-control": `max-age=${ttl}` } });
    const keep = async () => {
      await caches.default.put(address(core.text(key, keyLen)), kept);
      call.complete(op, OK);
    };
    keep().catch((error) => call.failed(op, error));
  },
});
