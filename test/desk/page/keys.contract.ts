import { describe, expect, test } from "vitest";
import { type PageWorld, showInTab } from "./browser.ts";
import { KEY } from "./fake-app.ts";
import { allCovered } from "./scenes.ts";

/** What becomes of the key. */
export function describeKeys(world: () => PageWorld): void {
  describe("the key of the status page", () => {
    test("is taken from the fragment, leaves the address at once, and is sent in a header only", async () => {
      const { page, app, close } = await showInTab(world(), allCovered());
      expect(page.url()).toBe(`${app.url}/api/status`);
      await page.reload();
      await page.getByText("All 3 HSMs are covered").waitFor();
      expect(app.seen.filter(({ url }) => url.includes(KEY))).toEqual([]);
      expect(app.seen.filter(({ headers }) => "referer" in headers)).toEqual([]);
      const calls = app.seen.filter(({ url }) => url !== "/api/status");
      expect(new Set(calls.map(({ headers }) => headers["x-functions-key"]))).toEqual(new Set([KEY]));
      await close();
    });

    test("is asked for, and asked for again where it is wrong", async () => {
      const { page, close } = await showInTab(world(), allCovered(), { key: "wrong", ready: ".denied" });
      expect(await page.locator(".denied").innerText()).toContain("The app refused the key (HTTP 401)");
      await page.getByLabel("Function key").fill(KEY);
      await page.keyboard.press("Enter");
      await page.getByText("All 3 HSMs are covered").waitFor();
      expect(await page.getByLabel("Function key").count()).toBe(0);
      await close();
    });

    test("in a new fragment takes the place of the one before, without a reload", async () => {
      const { page, app, close } = await showInTab(world(), allCovered(), { key: "wrong", ready: ".denied" });
      await page.evaluate(`location.hash = "#key=${KEY}"`);
      await page.getByText("All 3 HSMs are covered").waitFor();
      expect(page.url()).toBe(`${app.url}/api/status`);
      expect(app.takeRequests().filter((request) => request.endsWith("/api/status"))).toHaveLength(1);
      await close();
    });

    test("that is renewed while the page is open is asked for again, and nothing that was opened is lost", async () => {
      const scene = allCovered();
      const { page, close } = await showInTab(world(), scene);
      await page.getByText("Runs and restore of contoso").click();
      const listed = page.waitForResponse(/state=Succeeded/);
      await page.getByLabel("State").selectOption("Succeeded");
      await listed;
      await page.getByRole("button", { name: "Older runs" }).waitFor();
      scene.instead = () => ({ status: 401, body: "" });
      await page.getByRole("button", { name: "Older runs" }).click();
      await page.getByLabel("Function key").waitFor();
      expect(await page.locator(".stale .verdict").innerText()).toContain("All 3 HSMs are covered, as of 09:41 UTC");
      scene.instead = null;
      await page.getByLabel("Function key").fill(KEY);
      await page.keyboard.press("Enter");
      await page.locator("main:not(:has(.stale))").waitFor();
      expect(await page.getByLabel("State").inputValue()).toBe("Succeeded");
      await close();
    });
  });
}
