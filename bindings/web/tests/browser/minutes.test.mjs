// Minutes of live sound: memory stays as it is, and no more quanta are late than with a worklet that only copies.
// FRAMEWISE_MINUTES says how many; without it, one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, browserPath, open } from "./open.mjs";
import { testServer } from "./server.mjs";

const minutes = Number(process.env.FRAMEWISE_MINUTES ?? 1);

test(`${minutes} minutes of sound`, { skip: browserPath() ? false : "no Chromium here", timeout: (minutes + 2) * 120_000 }, async () => {
  const server = await testServer();
  const browser = await browse();
  const page = await open(browser, server);
  await page.click("#live-start");
  // A worklet that copies, in a context of its own, at the same time on the same machine.
  await page.evaluate(async () => {
    while (!framewise.live.graph) await new Promise((resolve) => setTimeout(resolve, 50));
    const context = new AudioContext();
    await context.audioWorklet.addModule("recorder.js");
    const empty = new AudioWorkletNode(context, "empty");
    context.createMediaStreamSource(framewise.live.graph.stream).connect(empty).connect(context.destination);
    globalThis.empty = { quanta: 0, late: 0 };
    empty.port.onmessage = ({ data }) => (globalThis.empty = data);
  });
  const session = await page.context().newCDPSession(page);
  const look = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    const sound = await page.evaluate(() => ({ ...framewise.live.graph.denoiser.stats, empty: globalThis.empty }));
    return { heap: usedSize, ...sound };
  };
  const looks = [];
  for (let i = 0; i <= 4; i++) {
    await page.waitForTimeout(minutes * 15_000);
    looks.push(await look());
  }
  const [first, last] = [looks[0], looks.at(-1)];
  const late = (last.late - first.late) / (last.quanta - first.quanta);
  const copying = (last.empty.late - first.empty.late) / (last.empty.quanta - first.empty.quanta);
  console.log(`heap ${(first.heap / 1e6).toFixed(2)} to ${(last.heap / 1e6).toFixed(2)} MB; ${last.late - first.late} of ${last.quanta - first.quanta} quanta late, ` +
    `${last.empty.late - first.empty.late} of ${last.empty.quanta - first.empty.quanta} where nothing is done; ${last.mean.toFixed(3)} ms of ${last.deadline.toFixed(2)} ms`);
  await browser.close();
  server.close();
  assert.ok(last.quanta > minutes * 60 * 300, `${last.quanta} quanta`);
  assert.ok(last.heap - first.heap < 300_000, "the heap grows");
  // A quantum is interrupted the likelier, the longer it takes: on a machine that others use, one in a hundred.
  assert.ok(late <= copying + 0.01, `${late} of the quanta are late, ${copying} where nothing is done`);
});
