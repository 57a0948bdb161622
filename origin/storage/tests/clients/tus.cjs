// Uploads a file with tus-js-client through a relay that breaks the connection at a byte, goes on from where it was
// as a client that was started anew, and has it broken three times more, which the client gets over by itself.
const fs = require("fs");
const net = require("net");
const tus = require("tus-js-client");

const [port, host, token, path, chunk, cut] = process.argv.slice(2);
const size = fs.statSync(path).size;

// The byte of the client's at which the relay breaks next; it counts over all connections.
let next = Number(cut);
// No further from one break to the next than that all of them come before the file is through.
const step = Math.min(1e6, (size - next) / 4);
let passed = 0;
let broken = 0;
const relay = net.createServer((client) => {
  const edge = net.connect(Number(port), "127.0.0.1");
  const end = () => { client.destroy(); edge.destroy(); };
  client.on("error", end).on("close", end);
  edge.on("error", end).on("close", end);
  edge.on("data", (bytes) => client.write(bytes));
  client.on("data", (bytes) => {
    if (passed + bytes.length > next) {
      edge.write(bytes.subarray(0, next - passed), end);
      passed = next;
      broken += 1;
      next = broken < 4 ? passed + 1 + Math.floor(Math.random() * step) : Infinity;
      return;
    }
    passed += bytes.length;
    edge.write(bytes);
  });
});

const upload = (endpoint, more) => new Promise((resolve) => {
  const one = new tus.Upload(fs.createReadStream(path), {
    endpoint,
    uploadSize: size,
    chunkSize: Number(chunk),
    headers: { Host: host, Authorization: `Bearer ${token}` },
    metadata: { filename: "Grüße.png", filetype: "image/png" },
    onError: (error) => resolve({ error, url: one.url }),
    onSuccess: () => resolve({ url: one.url }),
    ...more,
  });
  one.start();
});

relay.listen(0, "127.0.0.1", async () => {
  const endpoint = `http://127.0.0.1:${relay.address().port}/v1/uploads`;
  const first = await upload(endpoint, { retryDelays: null });
  const before = broken;
  // One that broke before the upload was made begins anew.
  const second = await upload(endpoint, { uploadUrl: first.url, retryDelays: [0, 50, 100, 200, 400, 800] });
  if (second.error) throw second.error;
  console.log(JSON.stringify({ url: second.url, broke: Boolean(first.error), again: broken - before }));
  relay.close();
  process.exit(0);
});
