// The Cache API for local running: the HTTP that workerd's `caches` speaks, answered from memory.

/** How much is kept, in bytes of bodies; what was written first goes first. */
const ROOM = 64_000_000;

/** @type {Map<string, { body: Uint8Array, headers: [string, string][], status: number, ends: number }>} */
const kept = new Map();
let size = 0;

/** @param {string} key */
function forget(key) {
  const found = kept.get(key);
  if (found === undefined) return false;
  size -= found.body.length;
  return kept.delete(key);
}

/** A response as HTTP/1.1 writes it. @param {Uint8Array} message */
function parse(message) {
  let end = 0;
  while (end < message.length && !(message[end] === 13 && message[end + 1] === 10 && message[end + 2] === 13)) end++;
  const [first, ...lines] = new TextDecoder().decode(message.subarray(0, end)).split("\r\n");
  /** @type {[string, string][]} */
  const headers = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  return { status: Number(first.split(" ")[1]), headers, body: message.subarray(end + 4) };
}

export default {
  /** @param {Request} request */
  async fetch(request) {
    const key = request.url;
    switch (request.method) {
      case "GET": {
        const found = kept.get(key);
        if (found !== undefined && found.ends > Date.now()) {
          return new Response(found.body, { status: found.status, headers: [...found.headers, ["cf-cache-status", "HIT"]] });
        }
        forget(key);
        return new Response(null, { status: 504, headers: { "cf-cache-status": "MISS" } });
      }
      case "PUT": {
        const response = parse(new Uint8Array(await request.arrayBuffer()));
        const control = response.headers.find(([name]) => name.toLowerCase() === "cache-control")?.[1] ?? "";
        const age = Number(/(?:s-maxage|max-age)=(\d+)/.exec(control)?.[1] ?? 0);
        forget(key);
        if (age === 0 || /no-store|private/.test(control)) return new Response(null, { status: 413 });
        kept.set(key, { ...response, ends: Date.now() + age * 1000 });
        size += response.body.length;
        for (const oldest of kept.keys()) if (size > ROOM) forget(oldest);
        return new Response(null, { status: 204 });
      }
      case "PURGE":
        return new Response(null, { status: forget(key) ? 200 : 404 });
    }
    return new Response(null, { status: 405 });
  },
};
