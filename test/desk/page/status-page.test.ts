import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeActions } from "./actions.ts";
import { openPage, openTab, type PageWorld, startBrowser } from "./browser.ts";
import { startFakeApp } from "./fake-app.ts";
import { describeKeys } from "./keys.contract.ts";
import { describePolling } from "./polling.ts";
import { describeRealApp } from "./real-app.ts";
import { allCovered, hostile, MARKUP } from "./scenes.ts";
import { describeStates } from "./states.ts";

const MOST_BYTES = 60_000;

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

describe("the status page", () => {
  test("is one document of less than 60 KB, gzipped, that holds no data and needs no key", async () => {
    world.app.show(hostile());
    const answer = await fetch(`${world.app.url}/api/status`);
    const html = await answer.text();
    expect(answer.status).toBe(200);
    expect(gzipSync(html).byteLength).toBeLessThan(MOST_BYTES);
    expect(html).not.toContain("fabrikam");
    expect(world.app.takeRequests()).toEqual(["GET /api/status"]);
  });

  test("runs no script and loads nothing but its own, whatever is injected, and is shown in no frame", async () => {
    const { app, browser } = world;
    app.show(allCovered());
    const { page, errors, close } = await openTab(browser);
    await openPage(page, app.url);
    await page.evaluate(`document.body.insertAdjacentHTML("beforeend",
      '<img src="/x.png" onerror="window.injected = 1"><iframe src="/api/status"></iframe><style>body{color:red}</style>');
      const script = document.createElement("script");
      script.textContent = "window.injected = 2";
      document.body.append(script);
      fetch("https://elsewhere.example/").catch(() => {});`);
    await page.getByRole("button", { name: "Back up now contoso" }).click();
    await page.keyboard.press("Escape");
    expect(await page.evaluate("window.injected")).toBeUndefined();
    for (const directive of ["script-src", "style-src", "img-src", "connect-src"])
      expect(errors.join("\n")).toContain(directive);
    expect(app.takeRequests().filter((request) => /x\.png|status$/.test(request))).toEqual(["GET /api/status"]);
    await close();
  });

  test("shows names, messages and addresses with markup, marks of direction or 10,000 letters as short text", async () => {
    const { app, browser } = world;
    app.show(hostile());
    const { page, close } = await openTab(browser);
    await openPage(page, app.url);
    expect(await page.locator("main img, main b b").count()).toBe(0);
    const shown = await page.locator("main").innerText();
    expect(shown).toContain(MARKUP);
    expect(shown).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
    expect(shown.length).toBeLessThan(12_000);
    await close();
  });

  test("answers with the headers that keep it to itself", async () => {
    const { headers } = await fetch(`${world.app.url}/api/status`);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-cache");
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
  });
});

describeStates(() => world);
describeKeys(() => world);
describeActions(() => world);
describePolling(() => world);
describeRealApp(() => world);
