// The core's response as workerd's.

/**
 * Reads lines `name:value`. As a list of pairs, so that a name may come twice: it is appended, never overwritten.
 * @param {string} head
 * @param {number} at where the first line begins
 * @returns {[string, string][]}
 */
export function pairs(head, at) {
  /** @type {[string, string][]} */
  const headers = [];
  while (at < head.length) {
    const colon = head.indexOf(":", at);
    const end = head.indexOf("\n", colon);
    headers.push([head.slice(at, colon), head.slice(colon + 1, end)]);
    at = end + 1;
  }
  return headers;
}

/**
 * A header's value, the first where there are several.
 * @param {[string, string][]} headers
 * @param {string} name
 */
export function value(headers, name) {
  return headers.find((pair) => pair[0] === name)?.[1];
}

/**
 * The body that the core hands over: 0 nothing, 1 bytes at `a` of length `b`, 2 the held body `a`, 3 the stream `a`.
 * @param {import("./core.mjs").Core} core
 * @param {number} kind @param {number} a @param {number} b
 * @param {[string, string][]} headers the head that goes with it
 * @returns {BodyInit | null}
 */
export function outgoing(core, kind, a, b, headers) {
  if (kind === 0) return null;
  if (kind === 1) return core.copy(a, b);
  if (kind === 2) return core.call.pass(a);
  const length = value(headers, "content-length");
  return core.call.stream(a, length === undefined ? undefined : Number(length));
}

/** @param {import("./core.mjs").Core} core */
export const respond =
  (core) =>
  /**
   * @param {number} status @param {number} head @param {number} headLen @param {number} kind @param {number} a
   * @param {number} b
   */
  (status, head, headLen, kind, a, b) => {
    const headers = pairs(core.text(head, headLen), 0);
    const body = outgoing(core, kind, a, b, headers);
    // What is encoded already goes out as it is; workerd would encode it again.
    const encoded = value(headers, "content-encoding") !== undefined;
    const bare = status === 204 || status === 205 || status === 304;
    if (bare && body instanceof ReadableStream) body.cancel().catch(() => {});
    core.call.response = new Response(bare ? null : body, encoded ? { status, headers, encodeBody: "manual" } : { status, headers });
  };
