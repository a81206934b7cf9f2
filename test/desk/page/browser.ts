import sparticuz from "@sparticuz/chromium";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { KEY } from "./fake-app.ts";

// The package's own arguments are for AWS Lambda: with them all tabs share a process, and nothing is checked across origins.
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"];

/** A real Chromium, from the package. */
export const startBrowser = async (): Promise<Browser> =>
  chromium.launch({ executablePath: await sparticuz.executablePath(), args: ARGUMENTS });

export type Look = { readonly width?: number; readonly height?: number; readonly isDark?: boolean };

/** A tab of its own. It stands in a zone with another time than UTC, on a computer whose clock is a day behind. */
export async function openTab(browser: Browser, { width = 1180, height = 900, isDark = false }: Look = {}) {
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height },
    colorScheme: isDark ? "dark" : "light",
    timezoneId: "America/New_York",
    locale: "en-US",
  });
  return context.newPage();
}

/** Opens the page with the key in its fragment, and waits until everything is drawn. */
export async function openPage(page: Page, url: string, key = KEY): Promise<void> {
  await page.goto(`${url}/api/status#key=${key}`);
  await page.locator("main:not(:has(.loading)) .verdict").waitFor();
}
