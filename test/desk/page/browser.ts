import sparticuz from "@sparticuz/chromium";
import { type Browser, chromium, type Page } from "playwright-core";
import { type FakeApp, KEY, type Scene } from "./fake-app.ts";

/** Below the limit of a test, so that an error says what was waited for. */
const TIME_LIMIT = 20_000;
// The package's own arguments are for AWS Lambda: with them all tabs share a process, and nothing is checked across origins.
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"];

/** A real Chromium, from the package. Only one file of tests may start it: the first start unpacks it. */
export const startBrowser = async (): Promise<Browser> =>
  chromium.launch({ executablePath: await sparticuz.executablePath(), args: ARGUMENTS });

export type Look = { readonly width?: number; readonly height?: number; readonly isDark?: boolean };
/** A tab, and every error that its page has thrown or reported. */
export type Tab = { readonly page: Page; readonly errors: readonly string[]; readonly close: () => Promise<void> };

/** Opens a tab of its own, in a zone with another time than UTC. */
export async function openTab(
  browser: Browser,
  { width = 1180, height = 900, isDark = false }: Look = {},
): Promise<Tab> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: isDark ? "dark" : "light",
    timezoneId: "America/New_York",
    locale: "en-US",
  });
  context.setDefaultTimeout(TIME_LIMIT);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => void errors.push(message));
  page.on("console", (line) => {
    // A refused key or a failed call is a line of the browser's own.
    if (line.type() === "error" && !line.text().startsWith("Failed to load resource")) errors.push(line.text());
  });
  return { page, errors, close: () => context.close() };
}

/** Everything that is going to be drawn is drawn. */
export const READY = "main:not(:has(.loading)) .verdict";

/** The key in the fragment, and what has to be there before anything else is done. */
type Opening = { readonly key?: string; readonly ready?: string };

/** Opens the page, and waits until everything is drawn. */
export async function openPage(page: Page, url: string, { key = KEY, ready = READY }: Opening = {}): Promise<void> {
  await page.goto(`${url}/api/status#key=${key}`);
  await page.locator(ready).waitFor();
}

/** What the tests of the page share: one browser, and one fake app. */
export type PageWorld = { readonly browser: Browser; readonly app: FakeApp };

/** Opens the page in a tab of its own, on an app that answers like this. */
export async function showInTab({ app, browser }: PageWorld, scene: Scene, opening: Opening = {}) {
  app.show(scene);
  const tab = await openTab(browser);
  await openPage(tab.page, app.url, opening);
  return { ...tab, app };
}
