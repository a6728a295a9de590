// The page in a browser, with a noisy recording for a microphone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { byProgram, correlation, program } from "../program.mjs";
import { readWav } from "../wav.mjs";
import { browse, browserPath, NOISY, open, until } from "./open.mjs";
import { record, testServer } from "./server.mjs";

const skip = browserPath() ? false : "no Chromium here";
const axe = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
let server, browser;

before(async () => {
  if (skip) return;
  server = await testServer();
  browser = await browse();
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** Errors of the console; what a policy forbids is among them. */
const complaints = (page) => page.said.filter((line) => /^error/.test(line));

const shown = (page) => page.evaluate(() => (document.getElementById("fault").hidden ? null : document.getElementById("fault").dataset.code));

test("what is played is what the program makes of the microphone, at both latencies, one hop apart", { skip: skip || !program }, async () => {
  const page = await open(browser, server);
  await page.click("#live-start");
  await until(page, () => Boolean(framewise.live.graph));
  const totals = [];
  for (const latency of [0, 1]) {
    await page.check(`input[name=latency][value="${latency}"]`, { force: true });
    await until(page, (latency) => framewise.live.graph.denoiser.latency === latency, latency);
    const { input, output, rate, delay } = await record(page, 8);
    const [expected] = byProgram([input], rate, { latency });
    // The program begins anew where the page was under way: its first second is not compared.
    const [from, length] = [rate, input.length - rate - 2 * delay.total];
    const alike = (lag) => correlation(output.subarray(from + lag, from + lag + length), expected.subarray(from, from + length));
    const found = alike(delay.total);
    assert.ok(found >= 0.98, `latency ${latency}: ${found}`);
    const nearest = [-480, -32, -8, 8, 32, 480].every((off) => alike(delay.total + off) < found);
    assert.ok(nearest, `latency ${latency}: another delay fits better than the one that is shown`);
    totals.push(delay.total);
  }
  const rate = await page.evaluate(() => framewise.live.graph.context.sampleRate);
  assert.equal(totals[1] - totals[0], rate / 100);
  assert.deepEqual(complaints(page), []);
  await page.context().close();
});

test("a switch of latency while a tone sounds makes no click", { skip }, async () => {
  const page = await open(browser, server, { path: "/empty.html" });
  const bends = await page.evaluate(async () => {
    const context = new AudioContext();
    const denoiser = await ready.createDenoiser(context, { strength: 0 });
    await context.audioWorklet.addModule("recorder.js");
    const recorder = new AudioWorkletNode(context, "recorder", { numberOfInputs: 2 });
    const tone = new OscillatorNode(context, { frequency: 300 });
    tone.connect(denoiser).connect(recorder, 0, 1);
    tone.connect(recorder, 0, 0);
    recorder.connect(context.destination);
    tone.start();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const changed = new Promise((resolve) => denoiser.addEventListener("change", resolve, { once: true }));
    const kept = new Promise((resolve) => (recorder.port.onmessage = ({ data }) => resolve(data)));
    recorder.port.postMessage(2 * context.sampleRate);
    denoiser.setLatency(1);
    await changed;
    const bend = (plane) => plane.reduce((most, v, n) => (n < 2 ? 0 : Math.max(most, Math.abs(v - 2 * plane[n - 1] + plane[n - 2]))), 0);
    const planes = await kept;
    await context.close();
    return { tone: bend(planes[0]), output: bend(planes[1]), latency: denoiser.latency };
  });
  assert.equal(bends.latency, 1);
  assert.ok(bends.output < 1.6 * bends.tone, JSON.stringify(bends));
  await page.context().close();
});

test("a file that is chosen becomes the program's file, within one step of 16 bits, and is saved so", { skip: skip || !program }, async () => {
  const page = await open(browser, server);
  await page.click("#tab-recording");
  await page.check('input[name=recording-latency][value="1"]', { force: true });
  await page.setInputFiles("#recording-file", NOISY);
  await page.waitForSelector("#recording-result:not([hidden])");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#recording-save")]);
  assert.equal(download.suggestedFilename(), "noisy-clean.wav");
  const saved = readWav(await download.path());
  const { channels, rate } = readWav(NOISY);
  const expected = byProgram(channels, rate, { latency: 1 });
  assert.deepEqual([saved.rate, saved.channels.length, saved.channels[0].length], [rate, 1, channels[0].length]);
  const most = saved.channels[0].reduce((most, v, n) => Math.max(most, Math.abs(v - expected[0][n])), 0);
  assert.ok(most <= 1 / 32768, `${most * 32768} steps`);
  assert.deepEqual(complaints(page), []);
  await page.context().close();
});

test("recordings are cleaned in a worker, with progress, until they are aborted", { skip }, async () => {
  const page = await open(browser, server, { path: "/empty.html" });
  const found = await page.evaluate(async () => {
    const { denoise } = ready;
    const noise = Float32Array.from({ length: 30 * 16000 }, () => Math.random() - 0.5);
    const shares = [];
    const [clean] = await denoise([noise.subarray(0, 80000)], 16000, { onProgress: (share) => shares.push(share) });
    const abort = new AbortController();
    const aborted = denoise([noise], 16000, { signal: abort.signal, onProgress: () => abort.abort() }).then(() => "done", (error) => error.name);
    const message = (work) => work.then(() => "done", (error) => `${error.name}: ${error.message}`);
    const before = message(denoise([noise], 16000, { signal: AbortSignal.abort() }));
    const refused = message(denoise([noise], 1e6));
    const uneven = message(denoise([noise, noise.subarray(1)], 16000));
    return { length: clean.length, shares, aborted: await aborted, before: await before, refused: await refused, uneven: await uneven };
  });
  assert.equal(found.length, 80000);
  assert.ok(found.shares.length > 3 && found.shares.at(-1) === 1);
  assert.ok(found.shares.every((share, i) => i === 0 || share > found.shares[i - 1]));
  assert.equal(found.aborted, "AbortError");
  assert.match(found.before, /^AbortError/);
  assert.match(found.refused, /^RangeError: sample rate 1000000 Hz/);
  assert.match(found.uneven, /^RangeError: channels of/);
  await page.context().close();
});

test("a node refuses what cannot be, and is over once it is destroyed", { skip }, async () => {
  const page = await open(browser, server, { path: "/empty.html" });
  const found = await page.evaluate(async () => {
    const { createDenoiser } = ready;
    const context = new AudioContext();
    const message = async (work) => {
      try {
        await work();
        return "done";
      } catch (error) {
        return `${error.name}: ${error.message}`;
      }
    };
    const node = await createDenoiser(context, { channels: 2, mask: "shared" });
    const words = [
      await message(() => createDenoiser(null)),
      await message(() => createDenoiser(context, { channels: 0 })),
      await message(() => createDenoiser(context, { latency: 5 })),
      await message(() => createDenoiser(context, { strength: -3 })),
      await message(() => createDenoiser(context, { model: new ArrayBuffer(4) })),
      await message(() => node.setLatency(2)),
      await message(() => node.setStrength("loud")),
    ];
    node.destroy();
    node.destroy();
    words.push(await message(() => node.setBypass(true)));
    return words;
  });
  const expected = [/^TypeError: .*no AudioContext/, /^RangeError: 0 channels/, /^RangeError: .*latency of 5/, /^RangeError: strength of -3/,
    /model/, /^RangeError: a latency of 2/, /^RangeError: a strength of loud/, /destroyed/];
  expected.forEach((words, i) => assert.match(found[i], words));
  await page.context().close();
});

test("where a compiled module does not reach the worklet, its bytes do", { skip }, async () => {
  const page = await open(browser, server, { path: "/empty.html" });
  const total = await page.evaluate(async () => {
    const { postMessage } = MessagePort.prototype;
    MessagePort.prototype.postMessage = function (message, ...rest) {
      if (message.module) throw new DOMException("not cloned", "DataCloneError");
      return postMessage.call(this, message, ...rest);
    };
    return (await ready.createDenoiser(new AudioContext())).delay.total;
  });
  assert.ok(total > 0);
  await page.context().close();
});

test("axe finds nothing in any tab, light or dark, wide or narrow, and nothing is wider than the screen", { skip }, async () => {
  for (const [colorScheme, width] of [["light", 1280], ["dark", 390], ["light", 768]]) {
    const page = await open(browser, server, { colorScheme, viewport: { width, height: 900 } });
    await page.evaluate(axe);
    const check = async (what) => {
      const faults = await page.evaluate(async () => (await globalThis.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`));
      assert.deepEqual(faults, [], `${what}, ${colorScheme}, ${width}`);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beyond <= 0, `${what} is ${beyond} px too wide at ${width}`);
    };
    await page.click("#live-start");
    await until(page, () => Boolean(framewise.live.graph));
    await check("live");
    await page.evaluate(() => framewise.live.graph.stream.getAudioTracks()[0].dispatchEvent(new Event("ended")));
    await check("a fault");
    await page.click("#tab-recording");
    await page.click("#recording-example");
    await page.waitForSelector("#recording-result:not([hidden])");
    await check("recording");
    await page.click("#tab-frame");
    await page.setInputFiles("#frame-file", NOISY);
    await page.waitForSelector("#frame-result:not([hidden])");
    await page.setInputFiles("#frame-clean", NOISY);
    await until(page, () => /the same/.test(document.querySelector('#frame-scores [data-row="noisy"] td:nth-of-type(2)').textContent));
    await check("what a frame buys");
    assert.match(await page.textContent('#frame-scores [data-row="1"]'), /dB/);
    await page.context().close();
  }
});

test("by keyboard: tabs with arrows, bypass while B is held, versions while A is held", { skip }, async () => {
  const page = await open(browser, server);
  await page.focus("#tab-live");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-recording");
  await page.click("#recording-example");
  await page.waitForSelector("#recording-result:not([hidden])");
  const heard = () => page.evaluate(() => [...document.querySelectorAll("#recording-player input[type=radio]")].findIndex((radio) => radio.checked));
  assert.equal(await heard(), 1);
  await page.keyboard.down("a");
  assert.equal(await heard(), 0);
  await page.keyboard.up("a");
  assert.equal(await heard(), 1);
  await page.focus("#tab-recording");
  await page.keyboard.press("Home");
  const pressed = () => page.getAttribute("#bypass", "aria-pressed");
  await page.keyboard.down("b");
  assert.equal(await pressed(), "true");
  await page.keyboard.up("b");
  assert.equal(await pressed(), "false");
  await page.context().close();
});

test("once loaded, the page works without a network", { skip }, async () => {
  const own = await testServer();
  const page = await open(browser, own);
  await until(page, () => /without a network/.test(document.getElementById("offline").textContent));
  own.close();
  own.server.closeAllConnections();
  await page.context().setOffline(true);
  await page.reload();
  await until(page, () => Boolean(globalThis.framewise));
  await page.click("#tab-recording");
  await page.click("#recording-example");
  await page.waitForSelector("#recording-result:not([hidden])");
  await page.click("#tab-live");
  await page.click("#live-start");
  await until(page, () => Boolean(framewise.live.graph));
  assert.equal(await shown(page), null);
  await page.context().close();
});

/** A name that is not localhost leads to the server, and stays without https. */
const INSECURE = ["--host-resolver-rules=MAP insecure.test 127.0.0.1", "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable"];

/** A fault: how it is brought about, and where. */
const FAULTS = {
  NotAllowedError: { browser: { granted: false, flags: ["--deny-permission-prompts"] } },
  NotFoundError: { browser: { microphone: null } },
  "no-audio-worklet": { script: () => delete globalThis.AudioWorkletNode },
  "no-simd": { script: () => (WebAssembly.validate = () => false) },
  "no-webassembly": { script: () => delete globalThis.WebAssembly },
  "insecure-origin": { browser: { flags: INSECURE }, host: "insecure.test" },
  "no-module": { route: "**/framewise.wasm" },
  processed: { script: () => (MediaStreamTrack.prototype.getSettings = () => ({ echoCancellation: true })) },
  suspended: { script: () => (AudioContext.prototype.resume = async () => {}), then: () => framewise.live.graph.context.suspend() },
  unplugged: { then: () => framewise.live.graph.stream.getAudioTracks()[0].dispatchEvent(new Event("ended")) },
  failed: { then: () => framewise.live.graph.denoiser.dispatchEvent(new CustomEvent("fault", { detail: Object.assign(new Error("a test"), { code: "failed" }) })) },
};

for (const [code, fault] of Object.entries(FAULTS)) {
  test(`a fault in clear words: ${code}`, { skip }, async () => {
    const own = fault.browser ? await browse(fault.browser) : browser;
    const context = await own.newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    if (fault.script) await page.addInitScript(fault.script);
    if (fault.route) await page.route(fault.route, (route) => route.abort());
    await page.goto(`http://${fault.host ?? "localhost"}:${server.port}/`);
    await until(page, () => Boolean(globalThis.framewise));
    if ((await shown(page)) !== code) await page.click("#live-start");
    if (fault.then) {
      await until(page, () => Boolean(framewise.live.graph));
      await page.evaluate(fault.then);
    }
    await until(page, (code) => document.getElementById("fault").dataset.code === code, code);
    assert.ok((await page.textContent("#fault")).trim().length > 20);
    if (fault.browser) await own.close();
    else await context.close();
  });
}

test("files that are no sound, and a reference that does not fit, are told", { skip }, async () => {
  const page = await open(browser, server);
  await page.click("#tab-recording");
  await page.setInputFiles("#recording-file", { name: "words.wav", mimeType: "audio/wav", buffer: Buffer.from("no sound at all") });
  await until(page, () => document.getElementById("fault").dataset.code === "EncodingError");
  await page.click("#tab-frame");
  await page.setInputFiles("#frame-file", NOISY);
  await page.waitForSelector("#frame-result:not([hidden])");
  const short = Buffer.from(readFileSync(NOISY).subarray(0, 44 + 32000));
  short.writeUInt32LE(32000, 40);
  await page.setInputFiles("#frame-clean", { name: "short.wav", mimeType: "audio/wav", buffer: short });
  await until(page, () => document.getElementById("fault").dataset.code === "lengths");
  assert.match(await page.textContent("#fault"), /16000 samples/);
  await page.context().close();
});
