// The small ports: time, randomness, records, who is asking, settings and secrets.

import { FAILED, NONE, OK } from "./core.mjs";

/** The most random bytes that one call gives (Web Cryptography, section 10.1.1). */
const RANDOM = 65536;

/** @param {import("./core.mjs").Core} core */
export const time = (core) => ({
  now: () => Date.now(),
  /** @param {number} op @param {number} ms */
  sleep(op, ms) {
    const { call } = core;
    const timer = setTimeout(() => {
      core.cancels.delete(op);
      call.complete(op, OK);
    }, ms);
    core.cancels.set(op, () => clearTimeout(timer));
    call.cancellable();
  },
  /** @param {number} ptr @param {number} len */
  random(ptr, len) {
    const bytes = core.view().subarray(ptr, ptr + len);
    for (let at = 0; at < len; at += RANDOM) crypto.getRandomValues(bytes.subarray(at, Math.min(len, at + RANDOM)));
  },
  /** @param {number} ptr @param {number} len */
  emit: (ptr, len) => console.log(core.text(ptr, len)),
});

/** @param {import("./core.mjs").Core} core */
export const client = (core) => ({
  /** @param {number} op */
  client(op) {
    const { request } = core.call;
    const { clientIp, country, tlsVersion } = /** @type {any} */ (request).cf ?? {};
    // workerd on its own tells the peer, and lets a stranger's header through; Cloudflare's edge sets the header.
    const ip = clientIp ?? request.headers.get("cf-connecting-ip") ?? "";
    const tls = tlsVersion === undefined || tlsVersion === "none" ? "" : tlsVersion;
    core.complete(op, OK, `${ip}\n${country ?? ""}\n${tls}`);
  },
});

/** @param {import("./core.mjs").Core} core */
export const variables = (core) => ({
  /**
   * A variable, a secret, or a secret of the account's Secrets Store (which has to be asked for).
   * @param {number} op @param {number} name @param {number} nameLen
   */
  variable(op, name, nameLen) {
    const { call } = core;
    const value = call.env[core.binding(name, nameLen)];
    if (value === undefined || value === null) return core.complete(op, NONE);
    if (typeof value === "string") return core.complete(op, OK, value);
    if (typeof value.get !== "function" || typeof value.put === "function") {
      return core.complete(op, FAILED, "a variable that is not text");
    }
    value.get().then(
      (/** @type {string} */ secret) => call.complete(op, OK, secret),
      () => call.complete(op, NONE),
    );
  },
});
