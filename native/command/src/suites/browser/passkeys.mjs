// Registers, sets up a passkey and codes, and logs in with each, in Chromium with a virtual authenticator.

import { createHmac } from "node:crypto";

import { authenticated, browser, context, end, hold, logIn, page, password, register, same, site } from "./browser.mjs";

const email = "ada@example.org";

function code(secret) {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", key).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

page.on("dialog", (dialog) => dialog.accept(dialog.type() === "prompt" ? "Renamed" : undefined));
const cdp = await context.newCDPSession(page);
await cdp.send("WebAuthn.enable");
const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true };
const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
  options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
});
const credentials = async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials;

let codes = [];

await hold("an account is registered", async () => {
  await register(email);
  same(await authenticated(), true);
});

await hold("a passkey is made, and recovery codes with it", async () => {
  await page.goto(`${site}/account/security`);
  await page.fill("#passkey-add [name=name]", "Laptop");
  await page.click("#passkey-add button");
  await page.waitForSelector("#passkeys li");
  same((await page.textContent("#passkeys li")).startsWith("Laptop (not used yet)"), true);
  codes = await page.locator("#recovery-codes li").allTextContents();
  same([codes.length, (await credentials()).length], [10, 1]);
});

await hold("the device is not asked for a second one", async () => {
  await page.click("#passkey-add button");
  await page.waitForSelector("#problem:not([hidden])");
  same(await page.textContent("#problem"), "This device has a passkey here already.");
});

await hold("it is renamed", async () => {
  await page.click("#passkeys li button:has-text('Rename')");
  await page.waitForSelector("#passkeys li:has-text('Renamed')");
});

await hold("a passkey alone logs in, and goes where the reader was", async () => {
  await context.clearCookies();
  await page.goto(`${site}/login?next=%2Faccount%2Fsecurity`);
  same(await authenticated(), false);
  await page.click("#passkey button");
  await page.waitForURL(`${site}/account/security`);
  same(await authenticated(), true);
  await page.waitForSelector("#passkeys li:has-text('used ')");
});

await hold("a password alone does not, and a passkey is the second step", async () => {
  await context.clearCookies();
  await logIn(page, email);
  await page.waitForSelector("h1:has-text('One more step')");
  same(await authenticated(), false);
  await page.click("#passkey button");
  await page.waitForURL(`${site}/`);
  same(await authenticated(), true);
});

await hold("who was not recognised is not let in by a passkey alone", async () => {
  await context.clearCookies();
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.goto(`${site}/login`);
  await page.click("#passkey button");
  await page.waitForTimeout(500);
  same(await authenticated(), false);
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
});

await hold("a passkey whose counter goes back is refused", async () => {
  const [credential] = await credentials();
  await cdp.send("WebAuthn.clearCredentials", { authenticatorId });
  await cdp.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credential, signCount: 0 } });
  await page.goto(`${site}/login`);
  await page.click("#passkey button");
  await page.waitForSelector("#passkey p:not([hidden])");
  same((await page.textContent("#passkey p")).includes("count backwards"), true);
  same(await authenticated(), false);
  await cdp.send("WebAuthn.clearCredentials", { authenticatorId });
  await cdp.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credential, signCount: 1000 } });
});

await hold("without JavaScript a recovery code is the second step, once", async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const form = await plain.newPage();
  await logIn(form, email);
  await form.fill("[name=code]", codes[0].toUpperCase());
  await form.click("form button");
  await form.waitForURL(`${site}/`);
  same(await authenticated(form), true);
  await plain.clearCookies();
  await logIn(form, email);
  await form.fill("[name=code]", codes[0]);
  await form.click("form button");
  await form.waitForSelector("[role=alert]");
  same(await authenticated(form), false);
  await form.fill("[name=code]", codes[1]);
  await form.click("form button");
  await form.waitForURL(`${site}/`);
  await plain.close();
});

await hold("codes of an app are set up and used", async () => {
  await page.goto(`${site}/login?next=%2Faccount%2Fsecurity`);
  await page.click("#passkey button");
  await page.click("#totp-begin button");
  const secret = await page.locator("#totp-secret:not(:empty)").textContent();
  const first = code(secret);
  same(await page.evaluate(() => document.getElementById("totp-qr").decode().then(() => true)), true);
  await page.fill("#totp-confirm [name=code]", first);
  await page.click("#totp-confirm button");
  await page.waitForSelector("#totp-disable:not([hidden])");
  await context.clearCookies();
  while (code(secret) === first) await page.waitForTimeout(500);
  await logIn(page, email);
  await page.fill("[name=code]", code(secret));
  await page.click("form button");
  await page.waitForURL(`${site}/`);
  same(await authenticated(), true);
});

await hold("both are given up, and the password is enough again", async () => {
  await page.goto(`${site}/account/security`);
  await page.fill("#totp-disable [name=password]", password);
  await page.click("#totp-disable button");
  await page.waitForSelector("#totp-begin:not([hidden])");
  await page.click("#passkeys li button:has-text('Remove')");
  await page.waitForFunction(() => document.querySelectorAll("#passkeys li").length === 0);
  await context.clearCookies();
  await logIn(page, email);
  await page.waitForURL(`${site}/`);
  same(await authenticated(), true);
  await context.clearCookies();
  await page.goto(`${site}/login`);
  await page.click("#passkey button");
  await page.waitForSelector("#passkey p:not([hidden])");
  same(await page.textContent("#passkey p"), "this passkey is not known here");
});

await end();
