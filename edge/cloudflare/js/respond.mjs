// The core's response as workerd's.

/** How much of a head is known from before; the same numbers as `Known` in abi.rs. */
const UNKNOWN = 0;
const ALL = 2;

/**
 * Responses of one status and with the same headers in the same order. Most of their values are the same from one
 * to the next, so that each is made from the last: workerd copies a response in a fraction of the time that it takes
 * to make one from text.
 */
class Shape {
  /** @param {string} head the status and the names, each on a line */
  constructor(head) {
    const [status, ...names] = head.split("\n");
    this.status = Number(status);
    this.names = names;
    this.bare = this.status === 204 || this.status === 205 || this.status === 304;
    /** What is encoded already goes out as it is; workerd would encode it again. */
    this.encoded = names.includes("content-encoding");
    this.length = names.indexOf("content-length");
    /** What the next one is made from. A name that comes twice is appended, so that nothing may be there before. */
    this.model = this.encoded || new Set(names).size < names.length ? undefined : new Response(null, { status: this.status });
    /** The last one's values, which are the model's too. @type {string[]} */
    this.values = [];
  }

  /** The length that the values tell. @param {string | undefined} text as for `response` */
  size(text) {
    if (this.length < 0) return undefined;
    return Number((text === undefined ? this.values : text.split("\n"))[this.length]);
  }

  /**
   * @param {BodyInit | null} body
   * @param {string | undefined} text the values, each on a line; undefined for those of the last one
   * @returns {Response}
   */
  response(body, text) {
    const { model, names } = this;
    const values = text === undefined ? this.values : names.length === 0 ? [] : text.split("\n");
    if (model !== undefined) {
      for (let n = 0; n < values.length; n++) {
        if (values[n] !== this.values[n]) model.headers.set(names[n], values[n]);
      }
      this.values = values;
      return new Response(body, model);
    }
    this.values = values;
    const init = { status: this.status, encodeBody: this.encoded ? "manual" : "automatic" };
    const fresh = new Response(body, /** @type {any} */ (init));
    values.forEach((value, n) => fresh.headers.append(names[n], value));
    return fresh;
  }
}

/** @param {import("./core.mjs").Core} core */
export function respond(core) {
  /** The shapes by the core's numbers. @type {Shape[]} */
  const shapes = [];
  /**
   * The head is the status and the names, each on a line, a NUL, and the values, each on a line; without what is known.
   * @param {number} shape @param {number} known @param {number} head @param {number} headLen
   * @param {number} kind @param {number} a @param {number} b
   */
  return (shape, known, head, headLen, kind, a, b) => {
    const text = core.text(head, headLen);
    const end = kind === TEXT ? text.length - b : text.length;
    let start = 0;
    if (known === UNKNOWN) {
      start = text.indexOf("\0") + 1;
      shapes[shape] = new Shape(text.slice(0, start - 1));
    }
    const as = shapes[shape];
    const values = known === ALL ? undefined : text.slice(start, end);
    let body = kind === TEXT ? text.slice(end) : outgoing(core, kind, a, b, kind === STREAM ? as.size(values) : undefined);
    if (as.bare) {
      if (body instanceof ReadableStream) body.cancel().catch(() => {});
      body = null;
    }
    core.call.response = as.response(body, values);
  };
}

/** How a body leaves the core; the same numbers as `Out` in abi.rs. */
const NOTHING = 0;
const BYTES = 1;
const HELD = 2;
const STREAM = 3;
const TEXT = 4;

/**
 * The body that the core hands over.
 * @param {import("./core.mjs").Core} core
 * @param {number} kind
 * @param {number} a where bytes are, or the held body's or the stream's number
 * @param {number} b how many bytes there are
 * @param {number | undefined} length how long a stream says that it is
 * @returns {BodyInit | null}
 */
export function outgoing(core, kind, a, b, length) {
  if (kind === NOTHING) return null;
  if (kind === BYTES) return core.copy(a, b);
  return kind === HELD ? core.call.pass(a) : core.call.stream(a, length);
}
