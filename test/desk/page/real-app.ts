import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AppWorld, startAppWorld } from "../../end-to-end/app-world.ts";
import { BY_HAND } from "../../end-to-end/installation.ts";
import { HOST_KEY, type RunningHost } from "../../end-to-end/running-host.ts";
import { openPage, openTab, type PageWorld } from "./browser.ts";

/** The page as the app serves it, on the app's own API. */
export function describeRealApp(world: () => PageWorld): void {
  describe("the status page of a running app", () => {
    let app: AppWorld;
    let host: RunningHost;
    beforeAll(async () => {
      app = await startAppWorld(["contoso"]);
      host = await app.startHost(BY_HAND);
    });
    afterAll(() => app?.stop());

    test("starts a backup by hand, follows it, and shows it as verified, with what restores it", async () => {
      const { page, errors, close } = await openTab(world().browser);
      await openPage(page, host.url, { key: HOST_KEY });
      // The timer writes the first state, which says that no backup exists.
      await page.getByText("The HSM is not covered").waitFor();
      await page.getByRole("button", { name: "Back up now contoso" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Back up now" }).click();
      await page.getByRole("button", { name: "Show run" }).click();
      await page.getByText("Succeeded after").waitFor();
      await page.getByText("az keyvault restore start --hsm-name contoso").first().waitFor();
      await page.getByText("The HSM is covered").waitFor();
      expect(await page.getByRole("table").getByRole("row").count()).toBeGreaterThan(1);
      expect(errors).toEqual([]);
      await close();
    });
  });
}
