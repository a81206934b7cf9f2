import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type PageWorld, showInTab } from "./browser.ts";
import { error, type Scene } from "./fake-app.ts";
import { answerOf, hsmView, recordOf, sceneOf } from "./samples.ts";
import { allCovered, oneOverdue, running } from "./scenes.ts";

const RUN = running().active?.id ?? "";
const MOST_TABS = 30;

/** What a person does with the page. */
export function describeActions(world: () => PageWorld): void {
  const open = (scene: Scene) => showInTab(world(), scene);

  /** A start that is accepted: from then on the HSM has an active run. */
  const startable = (): Scene => {
    const scene = sceneOf([hsmView("contoso")]);
    scene.records = [
      ...scene.records,
      recordOf("contoso", { id: RUN, state: "InProgress", endedAt: null, folderUrl: null }),
    ];
    scene.start = (hsm) => {
      scene.hsms = answerOf([running(hsm)]);
      return { status: 202, body: { id: RUN, hsm } };
    };
    return scene;
  };

  describe("a backup by hand", () => {
    test("can be started by keyboard alone, and is followed at once", async () => {
      const { page, app, close } = await open(startable());
      await tabTo(page, "Back up now contoso");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      expect(await focused(page)).toBe("Back up now");
      await page.keyboard.press("Enter");
      await page.getByText("The HSM is writing the backup").waitFor();
      expect(await page.getByText("The backup of contoso is started.").getAttribute("role")).toBe("status");
      expect(app.takeRequests().filter((request) => request.startsWith("POST"))).toEqual(["POST /api/backups"]);
      await tabTo(page, "Show run");
      await page.keyboard.press("Enter");
      await page.locator(".time-line").waitFor();
      await close();
    });

    test("is not started by the key that closes the dialog", async () => {
      const { page, app, close } = await open(startable());
      await page.getByRole("button", { name: "Back up now contoso" }).click();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      expect(await focused(page)).toBe("Back up now contoso");
      expect(app.takeRequests().filter((request) => request.startsWith("POST"))).toEqual([]);
      await close();
    });

    test("that finds another says which, and shows it", async () => {
      const scene = startable();
      scene.start = () => error(409, "backupRunning", `A backup of contoso is running: /api/backups/contoso/${RUN}`);
      const { page, close } = await open(scene);
      await page.getByRole("button", { name: "Back up now contoso" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Back up now" }).click();
      await page.getByText(`A backup of contoso is running: /api/backups/contoso/${RUN}`).waitFor();
      await page.getByRole("button", { name: "Show the active run" }).click();
      await page.getByRole("heading", { name: `Run ${RUN}` }).waitFor();
      await close();
    });

    test("whose answer is lost is asked for again with the same Idempotency-Key", async () => {
      const scene = startable();
      const keys: string[] = [];
      const accept = scene.start;
      scene.start = (hsm, key) => {
        keys.push(key);
        return keys.length === 1 ? { status: 502, body: "<h1>Bad gateway</h1>" } : accept(hsm, key);
      };
      const { page, close } = await open(scene);
      await page.getByRole("button", { name: "Back up now contoso" }).click();
      const confirm = page.getByRole("dialog").getByRole("button", { name: "Back up now" });
      await confirm.click();
      await page.getByText("The app does not answer (HTTP 502).").waitFor();
      await confirm.click();
      await page.getByText("The HSM is writing the backup").waitFor();
      expect(keys).toEqual([keys[0], keys[0]]);
      expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
      await close();
    });
  });

  describe("a day of the grid", () => {
    test("says by pointer and by keyboard which run it had, how long and how big, and shows it", async () => {
      const { page, close } = await open(oneOverdue());
      const days = page.getByRole("toolbar", { name: "The last 90 days of tailspin-eu" }).getByRole("button");
      await days.nth(70).hover();
      const pointed = page.locator(".pointed").last();
      expect(await pointed.innerText()).toMatch(
        /^11 Nov, covered after 1 failed try: \d+ min, 4\d\.\d MB \(20261111T020000Z-1-\w+\)$/,
      );
      await days.last().focus();
      await page.keyboard.press("ArrowLeft");
      expect(await pointed.innerText()).toMatch(/^yesterday, covered: /);
      await page.keyboard.press("End");
      expect(await focused(page)).toMatch(/^today, covered: /);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Run 20261130T020000Z-1" }).waitFor();
      await close();
    });
  });

  describe("a row", () => {
    test("has the remedy's command to copy, exactly as it is shown, and the time of one's own zone on hover", async () => {
      const { page, close } = await open(oneOverdue());
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.getByRole("button", { name: "Copy the command" }).click();
      await page.getByRole("button", { name: "Copied the command" }).waitFor();
      const copied = await page.evaluate("navigator.clipboard.readText()");
      expect(copied).toMatch(
        /^az keyvault role assignment create --hsm-name fabrikam --role "Managed HSM Backup" --scope \/ /,
      );
      expect(copied).toBe(await page.locator(".fail code").innerText());
      const overdue = page.locator("small time").nth(1);
      expect([await overdue.innerText(), await overdue.getAttribute("title")]).toEqual([
        "09:00 UTC yesterday",
        expect.stringMatching(/^Nov 29, 2026, 4:00:00.AM EST your time$/),
      ]);
      await close();
    });
  });

  describe("an opened row", () => {
    test("lists the runs page by page and by state, and has the commands of both ways to restore", async () => {
      const { page, close } = await open(allCovered());
      await page.getByText("Runs and restore of contoso").click();
      const rows = page.getByRole("table").getByRole("row");
      await rows.nth(20).waitFor();
      await page.getByRole("button", { name: "Older runs" }).click();
      await rows.nth(40).waitFor();
      await page.getByLabel("State").selectOption("Failed");
      await page.getByText("No such run.").waitFor();
      await page.getByRole("button", { name: "Restore the newest backup" }).click();
      const commands = page.locator(".run-details code");
      await commands.nth(2).waitFor();
      expect(await commands.allInnerTexts()).toEqual([
        expect.stringMatching(/^SAS=\$\(az storage container generate-sas /),
        expect.stringMatching(/--storage-container-SAS-token "\$SAS" --key-name <key>$/),
        expect.stringMatching(/^az keyvault restore start --hsm-name contoso .*--storage-container-SAS-token "\$SAS"$/),
      ]);
      await page.getByLabel("The HSM reads it with").selectOption("managedIdentity");
      await page.getByLabel("One key").fill("signing");
      expect(await commands.allInnerTexts()).toEqual([
        expect.stringMatching(/--use-managed-identity true --key-name signing$/),
        expect.stringMatching(/--use-managed-identity true$/),
      ]);
      await close();
    });
  });
}

/** The name by which a screen reader calls what has the focus. */
const focused = (page: Page): Promise<string> =>
  page.evaluate("(document.activeElement?.ariaLabel ?? document.activeElement?.textContent ?? '').trim()");

async function tabTo(page: Page, name: string): Promise<void> {
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    await page.keyboard.press("Tab");
    if ((await focused(page)) === name) return;
  }
  throw new Error(`Nothing named ${name} gets the focus within ${MOST_TABS} tabs.`);
}
