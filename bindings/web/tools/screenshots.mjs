// The pictures of the page. Usage: node tools/screenshots.mjs FOLDER [all]
import { browse, open, serve, SITE, NOISY } from "../tests/browser/open.mjs";

const [folder = "screenshots", all] = process.argv.slice(2);
const server = await serve(SITE);
const browser = await browse();
const sizes = all ? [[390, 844], [768, 1024], [1280, 800]] : [[1000, 700]];
for (const [width, height] of sizes) {
  for (const colorScheme of all ? ["light", "dark"] : ["light"]) {
    const page = await open(browser, server, { viewport: { width, height }, colorScheme });
    const shot = (name) => page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    await page.click("#live-start");
    await page.waitForTimeout(11_000);
    await shot("live");
    await page.click("#live-start");
    await page.click("#tab-recording");
    await page.setInputFiles("#recording-file", NOISY);
    await page.waitForSelector("#recording-result:not([hidden])", { timeout: 60_000 });
    await page.waitForTimeout(300);
    await shot("recording");
    await page.click("#tab-frame");
    await page.setInputFiles("#frame-file", NOISY);
    await page.waitForSelector("#frame-result:not([hidden])", { timeout: 60_000 });
    await page.waitForTimeout(1500);
    await shot("frame");
    if (page.said.length) console.log(width, colorScheme, page.said);
    await page.context().close();
  }
}
await browser.close();
server.close();
