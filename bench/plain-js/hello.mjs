// The least that a Worker can be.
export default {
  fetch: () => new Response("hello", { headers: { "content-type": "text/plain" } }),
};
