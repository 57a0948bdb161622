// One request: it polls its tasks, and nobody else does, because workerd ties I/O to the request that began it.

import { FAILED } from "./core.mjs";
import { Held } from "./body.mjs";

/** What a poll came to; the same numbers as `Polled` in task.rs, and one for a task that will never be polled again. */
const TRAPPED = -1;
const DONE = 0;
const PENDING = 1;
const CHUNK = 2;
const BROKE_OFF = 3;
const AGAIN = 4;
const ELSEWHERE = 5;

/** How often, in milliseconds, a request that waits for another one shows that it still lives. */
const PULSE = 10_000;

/** The number of the request's own body. */
export const OWN_BODY = 1;

export class Call {
  /**
   * @param {import("./core.mjs").Core} core
   * @param {Request} request
   * @param {Record<string, any>} env
   * @param {ExecutionContext} ctx
   */
  constructor(core, request, env, ctx) {
    this.core = core;
    this.request = request;
    this.env = env;
    this.ctx = ctx;
    /** @type {Response | undefined} */
    this.response = undefined;
    /** What a stream's poll made. @type {Uint8Array | undefined} */
    this.chunk = undefined;
    /** Bodies that the core may read or pass on, by number. @type {Map<number, import("./body.mjs").Held> | undefined} */
    this.bodies = undefined;
    this.nextBody = OWN_BODY;
    /** The task that makes the response, until it has. @type {number | undefined} */
    this.answering = undefined;
    /** Tasks that end with the client. @type {Set<number> | undefined} */
    this.tasks = undefined;
    /** @type {string | undefined} */
    this.id = undefined;
  }

  /** @returns {Response | Promise<Response>} */
  start() {
    const { core, request } = this;
    const url = request.url;
    let head = request.method + "\n" + url.slice(url.indexOf("/", 8)) + "\n";
    if (core.readsHeaders) {
      request.headers.forEach((value, name) => {
        head += name + ":" + value + "\n";
      });
    }
    let task;
    core.call = this;
    try {
      task = core.start(head);
    } catch (error) {
      this.trapped(error);
      return this.broken();
    }
    this.answering = task;
    const polled = this.poll(task);
    if (polled !== DONE && polled !== TRAPPED) return this.answer(task, polled);
    this.answered(task);
    return polled === TRAPPED ? this.broken() : /** @type {Response} */ (this.response);
  }

  /** The response of a request that waits for something. @param {number} task @param {number} polled */
  async answer(task, polled) {
    while (polled !== DONE && polled !== TRAPPED) {
      await this.woken(task, polled);
      polled = this.poll(task);
    }
    this.answered(task);
    if (polled === TRAPPED) return this.broken();
    // Without a response the client has gone and the task was dropped; nobody reads this one.
    return this.response ?? new Response(null, { status: 499 });
  }

  /** The task that makes the response has ended: its number is another's soon. @param {number} task */
  answered(task) {
    this.answering = undefined;
    this.tasks?.delete(task);
  }

  /**
   * Something was begun that is to end with the client. To look out for that has its price, in time and in memory; for a
   * value out of KV, which is there in a moment, it is not paid.
   */
  cancellable() {
    if (this.answering !== undefined) this.watch(this.answering);
  }

  /** Runs a task beside the response and after it. @param {number} task */
  detach(task) {
    this.ctx.waitUntil(this.background(task));
  }

  /** @param {number} task */
  async background(task) {
    // The core is running: its turn comes first.
    await undefined;
    for (let polled = this.poll(task); polled !== DONE && polled !== TRAPPED; polled = this.poll(task)) {
      await this.woken(task, polled);
    }
  }

  /**
   * A body that the core makes as it is read.
   * @param {number} task
   * @param {number} [length] how long it says that it is
   * @returns {ReadableStream}
   */
  stream(task, length) {
    this.watch(task);
    const made = new ReadableStream(
      {
        pull: async (controller) => {
          for (;;) {
            const polled = this.poll(task);
            if (polled === CHUNK) return controller.enqueue(this.chunk);
            if (polled === DONE || polled === BROKE_OFF || polled === TRAPPED) {
              this.tasks?.delete(task);
              return polled === DONE ? controller.close() : controller.error(new Error("the body broke off"));
            }
            await this.woken(task, polled);
          }
        },
        cancel: () => this.drop(task),
      },
      { highWaterMark: 0 },
    );
    if (length === undefined) return made;
    // workerd sends a length only where the stream itself has one.
    const fixed = new FixedLengthStream(length);
    made.pipeTo(fixed.writable).catch(() => {});
    return fixed.readable;
  }

  /** @param {number} task @returns {number} what it came to */
  poll(task) {
    this.core.call = this;
    try {
      return this.core.exports.aw_poll(task);
    } catch (error) {
      this.trapped(error);
      return TRAPPED;
    }
  }

  /** Waits until a task may go on. @param {number} task @param {number} polled what its poll came to */
  async woken(task, polled) {
    if (polled === AGAIN) return new Promise((resolve) => setTimeout(resolve, 0));
    const woken = new Promise((resolve) => this.core.waiting.set(task, /** @type {any} */ (resolve)));
    if (polled !== ELSEWHERE) return woken;
    // workerd ends a request that has neither an operation nor a timer under way.
    const pulse = setInterval(() => {}, PULSE);
    await woken;
    clearInterval(pulse);
  }

  /** Ends a task when the client goes away. @param {number} task */
  watch(task) {
    if (this.tasks === undefined) {
      const tasks = (this.tasks = new Set());
      const { signal } = this.request;
      const gone = () => tasks.forEach((task) => this.drop(task));
      // Who has gone already is not told again; the core may be running, and its turn comes first.
      if (signal?.aborted) queueMicrotask(gone);
      else signal?.addEventListener("abort", gone);
    }
    this.tasks.add(task);
  }

  /** Drops a task, which cancels what it waits for. @param {number} task */
  drop(task) {
    this.tasks?.delete(task);
    const { core } = this;
    core.call = this;
    try {
      core.exports.aw_drop(task);
    } catch (error) {
      this.trapped(error);
    }
    // Its loop sees that it has ended.
    const resolve = core.waiting.get(task);
    core.waiting.delete(task);
    resolve?.();
  }

  /**
   * Completes an operation of this request, from a callback of workerd's.
   * @param {number} op @param {number} status @param {Uint8Array | string} [reply] @param {number} [body]
   * @returns {boolean} whether somebody still waits for it
   */
  complete(op, status, reply, body) {
    this.core.call = this;
    try {
      return this.core.complete(op, status, reply, body);
    } catch (error) {
      this.trapped(error);
      return false;
    }
  }

  /** The reason why an operation failed, as its reply. @param {number} op @param {unknown} error */
  failed(op, error) {
    this.complete(op, FAILED, error instanceof Error ? error.message : String(error));
  }

  /** Keeps a body for the core. @param {import("./body.mjs").Held} body @returns {number} its number */
  hold(body) {
    this.bodies ??= new Map();
    this.bodies.set(++this.nextBody, body);
    return this.nextBody;
  }

  /** The body of that number; the request's own is opened when it is first asked for. @param {number} id */
  held(id) {
    if (id === OWN_BODY && !this.bodies?.has(id) && this.request.body !== null) {
      this.bodies ??= new Map();
      this.bodies.set(id, new Held(this.request.body));
    }
    return this.bodies?.get(id);
  }

  /** A body that the core passes on. @param {number} id @returns {ReadableStream | ArrayBuffer | null} */
  pass(id) {
    const body = this.held(id);
    this.bodies?.delete(id);
    return body === undefined ? null : body.pass();
  }

  /** Records a trap. The instance gets no more requests. @param {unknown} error what the call threw */
  trapped(error) {
    const message = this.core.retire(error);
    console.log(JSON.stringify({ level: "error", event: "panic", message, requestId: this.requestId() }));
  }

  /** The same rule as `request_id` of the platform's. @returns {string} */
  requestId() {
    if (this.id === undefined) {
      const given = this.request.headers.get("x-request-id");
      this.id = given !== null && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : crypto.randomUUID();
    }
    return this.id;
  }

  /** The answer of a request that trapped. @returns {Response} */
  broken() {
    const message = "something went wrong on our side; the request id finds it";
    return Response.json(
      { error: { code: "SERVICE_INTERNAL_ERROR", message, requestId: this.requestId() } },
      { status: 500, headers: { "cache-control": "no-store", "x-request-id": this.requestId() } },
    );
  }
}
