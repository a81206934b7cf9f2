import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { until } from "../../until.ts";
import { openPage, openTab, type PageWorld } from "./browser.ts";
import { error, type Scene } from "./fake-app.ts";
import { answerOf, hsmView, NOW, sceneOf } from "./samples.ts";
import { allCovered, overdue, running } from "./scenes.ts";

/** A computer that is a day behind. */
const WRONG_CLOCK = new Date(NOW.getTime() - 86_400_000);
const HSMS = "GET /api/hsms";

const MARGIN_SECONDS = 2;
const TICK_MILLISECONDS = 5;

/** Waits until something is drawn. Drawing takes a moment of the page's time, which stands still otherwise. */
const sees = (page: Page, shown: Locator): Promise<boolean> =>
  until(
    String(shown),
    async () => {
      await page.clock.runFor(TICK_MILLISECONDS);
      return (await shown.count()) > 0;
    },
    10,
  );

/** How the page stays up to date, on a clock that the test moves. */
export function describePolling(world: () => PageWorld): void {
  const open = async (scene: Scene) => {
    const { app, browser } = world();
    app.show(scene);
    const tab = await openTab(browser);
    await tab.page.clock.install({ time: WRONG_CLOCK });
    await openPage(tab.page, app.url);
    // The jump is a poll, from which on time stands still.
    const polled = tab.page.waitForResponse(/\/api\/hsms$/);
    await tab.page.clock.pauseAt(new Date(WRONG_CLOCK.getTime() + 3_600_000));
    await polled;
    await sees(tab.page, tab.page.getByText("as of 09:41:20 UTC, 0 s ago"));
    app.takeRequests();
    return { ...tab, app };
  };
  /** Lets time pass until the page has polled, and fails if it polls much earlier. */
  const polls = async ({ page, app }: { page: Page; app: PageWorld["app"] }, seconds: number): Promise<void> => {
    await page.clock.runFor((seconds - MARGIN_SECONDS) * 1_000);
    expect(app.takeRequests()).toEqual([]);
    const polled = page.waitForResponse(/\/api\/hsms$/);
    await page.clock.runFor(MARGIN_SECONDS * 1_000);
    await polled;
  };
  const setVisible = (page: Page, state: "visible" | "hidden"): Promise<unknown> =>
    page.evaluate(
      `Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${state}" });
       document.dispatchEvent(new Event("visibilitychange"));`,
    );

  describe("the status page polls", () => {
    test("every 30 s, with one small call where nothing has changed, and by the app's clock", async () => {
      const tab = await open(allCovered());
      await polls(tab, 30);
      await sees(tab.page, tab.page.getByText("as of 09:41:20 UTC, 0 s ago"));
      expect(tab.app.takeRequests()).toEqual([HSMS]);
      await tab.page.clock.runFor(12_000);
      await sees(tab.page, tab.page.getByText(/as of 09:41:20 UTC, 1[12] s ago/));
      await tab.close();
    });

    test("every 5 s while a backup runs, and reads the days of an HSM when its run has ended", async () => {
      const scene = sceneOf([running()]);
      const tab = await open(scene);
      await polls(tab, 5);
      tab.app.takeRequests();
      scene.hsms = answerOf([hsmView("contoso")]);
      await polls(tab, 5);
      await sees(tab.page, tab.page.getByRole("button", { name: "Back up now contoso" }));
      await tab.page.locator("main:not(:has(.running:not(.cell)))").waitFor();
      expect(tab.app.takeRequests().slice(0, 2)).toEqual([HSMS, "GET /api/hsms/contoso/coverage"]);
      await tab.close();
    });

    test("not while the tab is hidden, and at once when it is shown again", async () => {
      const tab = await open(allCovered());
      await setVisible(tab.page, "hidden");
      await tab.page.clock.runFor(600_000);
      expect(tab.app.takeRequests()).toEqual([]);
      const polled = tab.page.waitForResponse(/\/api\/hsms$/);
      await setVisible(tab.page, "visible");
      await tab.page.clock.runFor(1);
      await polled;
      await tab.close();
    });

    test("with growing pauses where the app fails, says why and how old its data is, and recovers", async () => {
      const scene = allCovered();
      const tab = await open(scene);
      scene.instead = () => ({ status: 200, body: "<h1>A sign-in page</h1>" });
      await polls(tab, 30);
      await sees(tab.page, tab.page.getByText("no JSON but text/html"));
      scene.instead = () => error(429, "tooMany", "Too many calls.", { "Retry-After": "60" });
      tab.app.takeRequests();
      await polls(tab, 5);
      await sees(tab.page, tab.page.getByText("Too many calls."));
      await sees(tab.page, tab.page.getByText(/Next try in (1 min|5\d s)/));
      expect(await tab.page.locator(".stale .verdict").innerText()).toBe("All 3 HSMs are covered, as of 09:41 UTC");
      expect(await tab.page.locator(".top time").innerText()).toMatch(/^as of 09:41:20 UTC, 3[5-7] s ago$/);
      scene.instead = null;
      tab.app.takeRequests();
      await polls(tab, 60);
      await sees(tab.page, tab.page.locator("main:not(:has(.stale))"));
      expect(tab.errors).toEqual([]);
      await tab.close();
    });

    test("and has an HSM become overdue while the app is silent", async () => {
      const scene = sceneOf([hsmView("contoso", { overdueAt: new Date(NOW.getTime() + 20_000).toISOString() })]);
      const tab = await open(scene);
      scene.instead = () => error(500, "unexpected", "A bug.");
      await polls(tab, 30);
      await sees(tab.page, tab.page.getByText("The HSM is not covered, as of 09:41 UTC"));
      await tab.close();
    });

    test("and has the verdict read out when it changes, not at each poll", async () => {
      const scene = sceneOf([hsmView("contoso"), hsmView("fabrikam")]);
      const tab = await open(scene);
      const region = tab.page.locator("[role=status]", { has: tab.page.locator(".verdict") });
      await tab.page.evaluate(
        `window.changes = 0;
         new MutationObserver(() => window.changes++).observe(document.querySelector(".verdict").parentElement,
           { subtree: true, childList: true, characterData: true });`,
      );
      scene.now = new Date(NOW.getTime() + 60_000);
      await polls(tab, 30);
      await sees(tab.page, tab.page.getByText("as of 09:42:20 UTC"));
      expect(await tab.page.evaluate("changes")).toBe(0);
      scene.hsms = answerOf([hsmView("contoso"), overdue("fabrikam")]);
      tab.app.takeRequests();
      await polls(tab, 30);
      await sees(tab.page, region.getByText("1 of 2 HSMs is not covered"));
      expect(await tab.page.evaluate("changes")).toBeGreaterThan(0);
      await tab.close();
    });
  });
}
