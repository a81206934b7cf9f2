import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type Look, openPage, openTab, type PageWorld, READY } from "./browser.ts";
import { error, type Scene } from "./fake-app.ts";
import { sceneOf } from "./samples.ts";
import { allCovered, firstDay, hostile, manyHsms, oneOverdue, running, troubled } from "./scenes.ts";

const SHOTS = fileURLToPath(new URL("../../../.screenshots/", import.meta.url));

const SCHEMES = ["light", "dark"] as const;

const FOREIGN = "The ledger backup-runs belongs to the app other. Give the app a ledger of its own (BACKUP_LEDGER).";

type State = {
  readonly scene: () => Scene;
  readonly look?: Look;
  readonly key?: string;
  /** What has to be there before anything else is done. */
  readonly ready?: string;
  /** What leads from the opened page to the state. */
  readonly lead?: (page: Page, scene: Scene) => Promise<void>;
  readonly schemes?: readonly ("light" | "dark")[];
  /** In the first line. */
  readonly says?: RegExp;
};

const states: Readonly<Record<string, State>> = {
  "all covered": { scene: allCovered, says: /^All 3 HSMs are covered$/ },
  "one overdue": { scene: oneOverdue, says: /^1 of 3 HSMs is not covered$/ },
  "one running": { scene: () => sceneOf([running()]), says: /^The HSM is covered$/ },
  "the first day": { scene: firstDay, says: /^The HSM is not covered$/ },
  "30 HSMs": { scene: manyHsms, schemes: ["light"], says: /^2 of 30 HSMs are not covered$/ },
  troubled: { scene: troubled, says: /^2 of 3 HSMs are not covered$/ },
  "nothing yet": {
    scene: () => ({ ...allCovered(), instead: () => error(503, "ledgerForeign", FOREIGN) }),
    says: /is not known$/,
  },
  narrow: { scene: oneOverdue, look: { width: 320 }, says: /not covered/ },
  "hostile texts": { scene: hostile, says: /^The HSM is not covered$/ },
  "a wrong key": {
    scene: allCovered,
    key: "wrong",
    ready: ".denied",
  },
  "an opened run": {
    scene: oneOverdue,
    lead: async (page) => {
      await page.getByText("Runs and restore of tailspin-eu").click();
      await page.getByRole("button", { name: "Restore the newest backup" }).click();
      await page.getByText("This replaces every key in it").waitFor();
    },
    says: /not covered/,
  },
  "a dialog": {
    scene: oneOverdue,
    lead: async (page) => {
      await page.getByRole("button", { name: "Back up now tailspin-eu" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Back up now" }).click();
      await page.getByText("A backup is running.").waitFor();
    },
    says: /not covered/,
  },
  "lost data": {
    scene: oneOverdue,
    lead: async (page, scene) => {
      scene.instead = () => error(503, "ledgerForeign", FOREIGN);
      await page.clock.fastForward(31_000);
      await page.locator(".stale").waitFor();
    },
    says: /not covered, as of 09:41 UTC$/,
  },
};

/** Each state of the page, looked at in both colour schemes. The pictures go to `.screenshots/`. */
export function describeStates(world: () => PageWorld): void {
  describe("in each state, the status page", () => {
    test.each(Object.entries(states))("(%s) says how it is, and has nothing that axe finds", async (name, state) => {
      const { app, browser } = world();
      const scene = state.scene();
      app.show(scene);
      const tab = await openTab(browser, state.look);
      const { page } = tab;
      await page.addInitScript({ content: axe.source });
      await page.clock.install();
      await openPage(page, app.url, state);
      await state.lead?.(page, scene);
      if (state.says !== undefined) expect(await page.locator(READY).innerText()).toMatch(state.says);
      await mkdir(SHOTS, { recursive: true });
      for (const colorScheme of state.schemes ?? SCHEMES) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${SHOTS}${name.replaceAll(" ", "-")}-${colorScheme}.png`, fullPage: true });
        expect(
          await findings(page, colorScheme === "light" ? "" : ', runOnly: ["color-contrast"]'),
          colorScheme,
        ).toEqual([]);
      }
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "fits").toBe(true);
      expect(tab.errors).toEqual([]);
      await tab.close();
    });
  });
}

/** What axe finds, in the first rows and in three days of each grid, as the others are the same: https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md */
const findings = (page: Page, options: string): Promise<unknown> =>
  page.evaluate(
    `axe.run({ exclude: [[".row ~ .row ~ .row ~ .row"], [".cell:nth-child(n + 4)"]] }, { resultTypes: ["violations"]${options} }).then(({ violations }) =>
       violations.map(({ id, help, nodes }) => [id, help, nodes.length, nodes[0].html.slice(0, 200), nodes[0].failureSummary]))`,
  );
