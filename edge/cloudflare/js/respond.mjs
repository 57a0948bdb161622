// The core's response as workerd's.

/** How many shapes are kept: an app has few, an origin whose responses pass through may have many. */
const SHAPES = 64;

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
    /** The model's values, as text and one by one. */
    this.text = names.length === 0 ? "" : undefined;
    /** @type {string[]} */
    this.values = [];
  }

  /**
   * @param {BodyInit | null} body
   * @param {string} text the values, each on a line
   * @returns {Response}
   */
  response(body, text) {
    const { model, names } = this;
    if (model === undefined) {
      const init = { status: this.status, encodeBody: this.encoded ? "manual" : "automatic" };
      const fresh = new Response(body, /** @type {any} */ (init));
      text.split("\n").forEach((value, n) => fresh.headers.append(names[n], value));
      return fresh;
    }
    if (text !== this.text) {
      const values = text.split("\n");
      for (let n = 0; n < values.length; n++) {
        if (values[n] !== this.values[n]) model.headers.set(names[n], values[n]);
      }
      this.text = text;
      this.values = values;
    }
    return new Response(body, model);
  }
}

/** @param {import("./core.mjs").Core} core */
export function respond(core) {
  /** @type {Map<string, Shape>} */
  const shapes = new Map();
  /** @param {string} head */
  const shape = (head) => {
    let found = shapes.get(head);
    if (found === undefined) {
      if (shapes.size === SHAPES) shapes.clear();
      found = new Shape(head);
      shapes.set(head, found);
    }
    return found;
  };
  /**
   * The head is the status and the names, each on a line, a NUL, and the values, each on a line.
   * @param {number} head @param {number} headLen @param {number} kind @param {number} a @param {number} b
   */
  return (head, headLen, kind, a, b) => {
    const text = core.text(head, headLen);
    const middle = text.indexOf("\0");
    const end = kind === TEXT ? text.length - b : text.length;
    const as = shape(text.slice(0, middle));
    const values = text.slice(middle + 1, end);
    const length = kind === STREAM && as.length >= 0 ? Number(values.split("\n")[as.length]) : undefined;
    let body = kind === TEXT ? text.slice(end) : outgoing(core, kind, a, b, length);
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
