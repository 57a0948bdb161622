// The worker: a request to the core, a response from it.

import module from "./core.wasm";
import { Call } from "./call.mjs";
import { Core } from "./core.mjs";

/** @type {Core | undefined} The instance for new requests; one that panicked finishes what it has and gets no more. */
let core;

export default {
  /**
   * @param {Request} request
   * @param {Record<string, any>} env
   * @param {ExecutionContext} ctx
   * @returns {Response | Promise<Response>}
   */
  fetch(request, env, ctx) {
    if (core === undefined || core.retired) core = new Core(module);
    return new Call(core, request, env, ctx).start();
  },
};
