// From the wall before a chapter to the provider's page, and back to the chapter.

import { end, hold, page, register, same, site } from "./browser.mjs";

const chapter = `${site}/books/pride-and-prejudice/2`;

await hold("who has not paid stands before the wall", async () => {
  await register("hopper@example.org");
  same((await page.goto(chapter)).status(), 402);
});

await hold("a card that is declined leaves everything as it was", async () => {
  await page.click("main a:has-text('Subscribe')");
  await page.click("main form button:has-text('Subscribe')");
  await page.click("button:has-text('is declined')");
  await page.waitForSelector("text=declined");
  same((await page.goto(chapter)).status(), 402);
});

await hold("who has paid comes back to the chapter, without a step of their own", async () => {
  await page.click("main a:has-text('Subscribe')");
  await page.click("main form button:has-text('Subscribe')");
  await page.click("button:has-text('a card that works')");
  await page.waitForURL(chapter);
  same((await page.textContent("main")).includes("among the earliest"), true);
});

await hold("what was bought is shown", async () => {
  await page.goto(`${site}/account/subscription`);
  same((await page.textContent("main")).includes("gold"), true);
});

await end();
