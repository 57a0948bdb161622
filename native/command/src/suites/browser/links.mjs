// Follows the links that come by mail.

import { authenticated, context, end, hold, logIn, mailed, page, register, same, site } from "./browser.mjs";

const email = "grace@example.org";
const changed = "another horse battery";

await hold("the link in the first mail confirms the address", async () => {
  await register(email);
  await page.goto(mailed(email, "/verify"));
  await page.click("main form button");
  await page.waitForSelector("h1:has-text('Your address is confirmed')");
});

await hold("a link is good once", async () => {
  await page.goto(mailed(email, "/verify"));
  await page.click("main form button");
  await page.waitForSelector("[role=alert]");
});

await hold("a forgotten password is set anew by a link, and the old one is none any more", async () => {
  await context.clearCookies();
  await page.goto(`${site}/forgot`);
  await page.fill("[name=email]", email);
  await page.click("main form button");
  await page.waitForSelector("h1:has-text('Look into your mail')");
  await page.goto(mailed(email, "/reset"));
  await page.fill("[name=password]", changed);
  await page.click("main form button");
  await page.waitForSelector("h1:has-text('Your password is set')");
  await logIn(page, email);
  await page.waitForSelector("[role=alert]");
  same(await authenticated(), false);
  await logIn(page, email, changed);
  await page.waitForURL(`${site}/`);
  same(await authenticated(), true);
});

await end();
