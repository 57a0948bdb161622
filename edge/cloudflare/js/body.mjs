// Bodies that stay in JavaScript until somebody reads them.

import { NONE, OK } from "./core.mjs";
import { OWN_BODY } from "./call.mjs";

/** How much one read asks for. */
const CHUNK = 65536;

/** A stream or a buffer. */
export class Held {
  /** @param {ReadableStream | ArrayBuffer} source */
  constructor(source) {
    /** @type {ReadableStream | ArrayBuffer | null} */
    this.source = source;
    /** @type {ReadableStreamDefaultReader | ReadableStreamBYOBReader | undefined} */
    this.reader = undefined;
    this.byob = true;
    this.spare = undefined;
    /** A read whose result nobody has taken yet. @type {Promise<Uint8Array | null> | undefined} */
    this.reading = undefined;
  }

  /** The next chunk, `null` at the end. A chunk is good until the next call. @returns {Promise<Uint8Array | null>} */
  next() {
    this.reading ??= this.read();
    return this.reading;
  }

  /** @returns {Promise<Uint8Array | null>} */
  async read() {
    const stream = /** @type {ReadableStream} */ (this.source);
    if (this.reader === undefined) {
      try {
        this.reader = stream.getReader({ mode: "byob" });
      } catch {
        // Not a byte stream: it decides how long its chunks are.
        this.byob = false;
        this.reader = stream.getReader();
      }
    }
    for (;;) {
      const room = this.byob ? [new Uint8Array(this.spare ?? new ArrayBuffer(CHUNK))] : [];
      const { done, value } = await /** @type {any} */ (this.reader).read(...room);
      if (done) return null;
      if (this.byob) this.spare = value.buffer;
      if (value.byteLength > 0) return value;
    }
  }

  /** All that is left, to be sent on. @returns {ReadableStream | ArrayBuffer | null} */
  pass() {
    const { source } = this;
    if (this.reader === undefined) return source;
    // Somebody began to read it: what they left, from where they left it.
    return new ReadableStream(
      {
        pull: async (controller) => {
          const chunk = await this.next();
          this.reading = undefined;
          if (chunk === null) controller.close();
          else controller.enqueue(chunk.slice());
        },
        cancel: (reason) => this.reader?.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  /** Nobody wants it. */
  cancel() {
    if (!(this.source instanceof ReadableStream)) return;
    (this.reader ?? this.source).cancel().catch(() => {});
  }
}

/** @param {import("./core.mjs").Core} core */
export const bodies = (core) => ({
  /** @param {number} op @param {number} id */
  body_pull(op, id) {
    const { call } = core;
    const body = call.held(id);
    if (body === undefined || body.source === null) return core.complete(op, NONE);
    if (body.source instanceof ArrayBuffer) {
      const bytes = new Uint8Array(body.source);
      body.source = null;
      return core.complete(op, bytes.length === 0 ? NONE : OK, bytes);
    }
    body.next().then(
      (chunk) => {
        // A read that nobody waits for any more is kept for the next who asks.
        const taken = chunk === null ? call.complete(op, NONE) : call.complete(op, OK, chunk);
        if (taken) body.reading = undefined;
      },
      (error) => call.failed(op, error),
    );
  },
  /** @param {number} id */
  body_drop(id) {
    const { call } = core;
    // The request's own is left alone: workerd drains or resets it, as the protocol needs.
    if (id !== OWN_BODY) call.held(id)?.cancel();
    call.bodies?.delete(id);
  },
});
