// A browser, and how its checks are told: `ok NAME` or `FAILED NAME: why`, and `end` when the story came to its end.
// Arguments of every story: the node_modules with playwright-core, the browser, the site, and the command that runs
// `authorworks` with the data folder.

import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, executablePath, address, program, data] = process.argv.slice(2);
const { chromium } = createRequire(join(modules, "x.js"))("playwright-core");

/** The site's address. */
export const site = address;
export const password = "correct horse battery";
export const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
export const context = await browser.newContext();
export const page = await context.newPage();
page.setDefaultTimeout(15_000);

const refusals = [];
page.on("console", (line) => line.text().includes("Content Security Policy") && refusals.push(line.text()));

export async function hold(name, work) {
  try {
    await work();
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`FAILED ${name}: ${String(error.stack).replaceAll("\n", " | ").slice(0, 900)}`);
  }
}

export function same(found, expected) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${JSON.stringify(found)} and not ${JSON.stringify(expected)}`);
  }
}

/** Whether the session of a page's context is somebody's. */
export async function authenticated(where = page) {
  const tab = await where.context().newPage();
  const answer = await tab.goto(`${site}/v1/auth/session`);
  const { data } = await answer.json();
  await tab.close();
  return data.authenticated;
}

export async function register(email) {
  await page.goto(`${site}/register`);
  await page.fill("[name=email]", email);
  await page.fill("[name=password]", password);
  await page.click("form button");
  await page.waitForURL(`${site}/`);
}

export async function logIn(where, email, secret = password) {
  await where.goto(`${site}/login`);
  await where.fill("[name=email]", email);
  await where.fill("[name=password]", secret);
  await where.click("form button");
}

/** The link in the newest mail to an address, as `authorworks mail` shows it. */
export function mailed(email, path) {
  const words = ["mail", "--tenant", "press", "--json", "--data", data];
  const mails = execFileSync(program, words, { encoding: "utf8" }).trim().split("\n").map((line) => JSON.parse(line));
  const links = mails.filter((mail) => mail.to === email).flatMap((mail) => mail.text.match(/https?:\S+/g) ?? []);
  return links.find((link) => link.startsWith(`${site}${path}?`));
}

/** Ends the story. */
export async function end() {
  await hold("no page broke its own policy", async () => same(refusals, []));
  console.log("end");
  await browser.close();
}
