/** `npm run screenshots`: the two pictures of the README, in docs/. */
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openPage, openTab, startBrowser } from "./browser.ts";
import { startFakeApp } from "./fake-app.ts";
import { allCovered, oneOverdue, overdue, running } from "./scenes.ts";

const DOCS = fileURLToPath(new URL("../../../docs/", import.meta.url));
const WIDTH = 900;
/** Less than any page: the picture ends where the page does. */
const HEIGHT = 300;
const MOST_BYTES = 150_000;
const PICTURES = [
  { name: "status-overdue.png", scene: oneOverdue([overdue(), running()]), isDark: false },
  { name: "status-covered-dark.png", scene: allCovered(), isDark: true },
];

const [browser, app] = await Promise.all([startBrowser(), startFakeApp()]);
try {
  for (const { name, scene, isDark } of PICTURES) {
    app.show(scene);
    const { page, close } = await openTab(browser, { width: WIDTH, height: HEIGHT, isDark });
    await openPage(page, app.url);
    await page.screenshot({ path: `${DOCS}${name}`, fullPage: true });
    const { size } = statSync(`${DOCS}${name}`);
    console.log(`docs/${name}: ${size} bytes`);
    if (size > MOST_BYTES) process.exitCode = 1;
    await close();
  }
} finally {
  await browser.close();
  await app.stop();
}
