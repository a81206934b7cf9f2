import { afterAll, beforeAll } from "vitest";
import { type PageWorld, startBrowser } from "./browser.ts";
import { startFakeApp } from "./fake-app.ts";
import { describeStates } from "./states.ts";

// One file for all that needs the browser: two of them could unpack it at the same time.
let world: PageWorld;
beforeAll(async () => {
  const [browser, app] = await Promise.all([startBrowser(), startFakeApp()]);
  world = { browser, app };
});
afterAll(async () => {
  await world?.browser.close();
  await world?.app.stop();
});

describeStates(() => world);
