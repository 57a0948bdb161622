// Outbound HTTP.

import { MISSING, OK, TIMEOUT } from "./core.mjs";
import { Held } from "./body.mjs";
import { outgoing } from "./respond.mjs";

/** @param {import("./core.mjs").Core} core */
export const fetches = (core) => ({
  /**
   * @param {number} op @param {number} backend @param {number} backendLen @param {number} at @param {number} atLen
   * @param {number} kind @param {number} a @param {number} b @param {number} firstByte in milliseconds
   */
  fetch(op, backend, backendLen, at, atLen, kind, a, b, firstByte) {
    const { call } = core;
    const name = core.binding(backend, backendLen);
    const base = call.env["BACKEND_" + name];
    const text = core.text(at, atLen);
    const method = text.slice(0, text.indexOf("\n"));
    const start = method.length + 1;
    const end = text.indexOf("\n", start);
    const headers = new Headers();
    let length;
    for (let at = end + 1; at < text.length; ) {
      const colon = text.indexOf(":", at);
      const next = text.indexOf("\n", colon);
      const [name, value] = [text.slice(at, colon), text.slice(colon + 1, next)];
      if (name === "content-length") length = Number(value);
      headers.append(name, value);
      at = next + 1;
    }
    // Taken in any case: what the core handed over is ours now.
    const body = outgoing(core, kind, a, b, length);
    if (typeof base !== "string" || base === "") {
      return core.complete(op, MISSING, `the backend ${core.text(backend, backendLen)}`);
    }
    const abort = new AbortController();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      abort.abort();
    }, firstByte);
    const ended = () => {
      clearTimeout(timer);
      core.cancels.delete(op);
    };
    core.cancels.set(op, () => {
      clearTimeout(timer);
      abort.abort();
    });
    call.cancellable();
    const options = { method, headers, body, redirect: "manual", signal: abort.signal, encodeResponseBody: "manual" };
    const send = async () => fetch(base.replace(/\/$/, "") + text.slice(start, end), /** @type {any} */ (options));
    send().then(
      (response) => {
        ended();
        let reply = response.status + "\n";
        response.headers.forEach((value, name) => {
          reply += name + ":" + value + "\n";
        });
        const held = response.body === null || method === "HEAD" ? undefined : new Held(response.body);
        const taken = call.complete(op, OK, reply, held === undefined ? 0 : call.hold(held));
        if (!taken) held?.cancel();
      },
      (error) => {
        ended();
        if (late) call.complete(op, TIMEOUT);
        else call.failed(op, error);
      },
    );
  },
});
