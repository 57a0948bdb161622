// One instance of the Rust core: its memory, the texts that cross, and what it may import.

import { bodies } from "./body.mjs";
import { cache } from "./cache.mjs";
import { client, time, variables } from "./ports.mjs";
import { fetches } from "./fetch.mjs";
import { kv } from "./kv.mjs";
import { respond } from "./respond.mjs";

const encoder = new TextEncoder();
// What crosses is text to the last character: a byte order mark is one.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Up to this length, in bytes, ASCII is read here sooner than workerd's decoder is called. */
const SHORT = 64;

/** How an operation ended; the same numbers as `Reply` in op.rs. */
export const OK = 0;
export const NONE = 1;
export const FAILED = -1;
export const TIMEOUT = -2;
export const MISSING = -3;

export class Core {
  /** @param {WebAssembly.Module} module */
  constructor(module) {
    /** Whether a panic ended it: it finishes the requests that it has. */
    this.retired = false;
    /** What the panic hook said. @type {string | undefined} */
    this.panic = undefined;
    /** The request whose task runs, or whose operation is completed: imports act for it. @type {import("./call.mjs").Call} */
    this.call = /** @type {any} */ (undefined);
    /** Resolvers of the loops that wait for their task to be woken. @type {Map<number, () => void>} */
    this.waiting = new Map();
    /** How to cancel the operations that can be. @type {Map<number, () => void>} */
    this.cancels = new Map();
    /** Names that the core keeps in its constants, by where they are. @type {Map<number, string>} */
    this.names = new Map();

    const { exports } = new WebAssembly.Instance(module, {
      aw: {
        ...time(this),
        ...client(this),
        ...variables(this),
        ...kv(this),
        ...cache(this),
        ...fetches(this),
        ...bodies(this),
        respond: respond(this),
        /** The stream that is polled made a chunk. @param {number} ptr @param {number} len */
        chunk: (ptr, len) => {
          this.call.chunk = this.copy(ptr, len);
        },
        /** @param {number} task */
        wake: (task) => {
          const resolve = this.waiting.get(task);
          if (resolve !== undefined) {
            this.waiting.delete(task);
            resolve();
          }
        },
        /** @param {number} task */
        detach: (task) => this.call.detach(task),
        /** @param {number} op */
        cancel: (op) => {
          const cancel = this.cancels.get(op);
          if (cancel !== undefined) {
            this.cancels.delete(op);
            cancel();
          }
        },
        /** @param {number} ptr @param {number} len */
        panicked: (ptr, len) => {
          this.panic = this.text(ptr, len);
        },
      },
    });
    /** @type {any} */
    this.exports = exports;
    this.memory = exports.memory;
    this.bytes = new Uint8Array(this.memory.buffer);
    this.inbox = exports.aw_inbox();
    this.inboxSize = exports.aw_inbox_size();
    this.inboxView = new Uint8Array(this.memory.buffer, this.inbox, this.inboxSize);
    this.stack = exports.__stack_pointer.value;
    /** Whether the app reads the headers of requests. @type {boolean} */
    this.readsHeaders = exports.aw_reads_headers() !== 0;
  }

  /** Linear memory; the view is made anew when the memory has grown. */
  view() {
    if (this.bytes.length === 0) {
      this.bytes = new Uint8Array(this.memory.buffer);
      this.inboxView = new Uint8Array(this.memory.buffer, this.inbox, this.inboxSize);
    }
    return this.bytes;
  }

  /** A copy of a range: what leaves must not change when the core goes on. @param {number} ptr @param {number} len */
  copy(ptr, len) {
    return this.view().slice(ptr, ptr + len);
  }

  /** @param {number} ptr @param {number} len @returns {string} */
  text(ptr, len) {
    const bytes = this.view();
    const end = ptr + len;
    if (len <= SHORT) {
      let text = "";
      let at = ptr;
      while (at < end && bytes[at] < 0x80) text += String.fromCharCode(bytes[at++]);
      if (at === end) return text;
    }
    return decoder.decode(bytes.subarray(ptr, end));
  }

  /**
   * A name from the manifest as a binding's: upper case, `_` for `-`. Names are constants of the core, so that each
   * is read once.
   * @param {number} ptr @param {number} len
   */
  binding(ptr, len) {
    const where = ptr * 4096 + len;
    let name = this.names.get(where);
    if (name === undefined) {
      name = this.text(ptr, len).toUpperCase().replaceAll("-", "_");
      this.names.set(where, name);
    }
    return name;
  }

  /**
   * Takes a request.
   * @param {string} head
   * @returns {number} its task, which nobody has polled yet
   */
  start(head) {
    this.view();
    const room = this.inboxView;
    if (head.length <= room.length) {
      let at = 0;
      for (let unit; at < head.length && (unit = head.charCodeAt(at)) < 0x80; at++) room[at] = unit;
      if (at === head.length) return this.exports.aw_start(this.inbox, at);
    }
    const bytes = encoder.encode(head);
    return this.exports.aw_start(this.put(bytes), bytes.length);
  }

  /** Copies bytes into memory that the core then owns. @param {Uint8Array} bytes @returns {number} where */
  put(bytes) {
    const ptr = this.exports.aw_alloc(bytes.length);
    this.view().set(bytes, ptr);
    return ptr;
  }

  /**
   * Completes an operation.
   * @param {number} op
   * @param {number} status
   * @param {Uint8Array | string} [reply] bytes, or a text such as a failure's reason
   * @param {number} [body] a held body's number
   * @returns {boolean} whether somebody still waits for it
   */
  complete(op, status, reply, body = 0) {
    const bytes = typeof reply === "string" ? encoder.encode(reply) : reply;
    const len = bytes === undefined ? 0 : bytes.length;
    const ptr = len === 0 ? 0 : this.put(/** @type {Uint8Array} */ (bytes));
    return this.exports.aw_complete(op, status, ptr, len, body) !== 0;
  }

  /**
   * Ends the instance's service after a trap. Its memory is as consistent as it was: the stack goes back, the task
   * that trapped stays where it is, and the others go on; those that waited for it help themselves.
   * @param {unknown} error what the call threw
   * @returns {string} why
   */
  retire(error) {
    this.retired = true;
    const why = this.panic ?? String(error);
    this.panic = undefined;
    this.exports.__stack_pointer.value = this.stack;
    try {
      this.exports.aw_abandon();
    } catch {
      this.exports.__stack_pointer.value = this.stack;
    }
    return why;
  }
}
