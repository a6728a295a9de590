// A browser with a recording for a microphone, and the page in it.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "../../tools/serve.mjs";

export const SITE = fileURLToPath(new URL("../../site", import.meta.url));
export const NOISY = fileURLToPath(new URL("../../../../examples/noisy.wav", import.meta.url));

/** Where the browser is; null if there is none. */
export const browserPath = () => [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => path && existsSync(path)) ?? null;

/** Opens a browser. `microphone` is a WAV file, or null for none; `granted` says whether the page may use it. */
export async function browse({ microphone = NOISY, granted = true, gesture = false, flags = [] } = {}) {
  const args = ["--no-sandbox", "--mute-audio", "--disable-gpu", ...flags];
  if (!gesture) args.push("--autoplay-policy=no-user-gesture-required");
  if (microphone) args.push("--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${microphone}`);
  if (granted) args.push("--use-fake-ui-for-media-stream");
  return chromium.launch({ executablePath: browserPath(), headless: true, args });
}

/** A page on the site, ready, with what it says in the console kept in `page.said`. */
export async function open(browser, server, { path = "/", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.said = [];
  page.on("console", (message) => page.said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => page.said.push(`error: ${error.stack}`));
  await page.goto(`http://localhost:${server.port}${path}`);
  await until(page, () => Boolean(globalThis.framewise || globalThis.ready));
  return page;
}

/** Waits until something holds in a page. playwright's own way needs `eval` there, which the page's policy forbids. */
export async function until(page, holds, argument) {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (await page.evaluate(holds, argument)) return;
  }
  throw new Error(`in vain: ${holds}`);
}

export { serve };
