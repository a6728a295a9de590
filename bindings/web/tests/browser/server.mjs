// The site with a worklet for tests beside it, and an empty page that has the package.
import { readFileSync } from "node:fs";
import { serve, SITE } from "./open.mjs";

const recorder = readFileSync(new URL("./recorder.js", import.meta.url));
const EMPTY = '<!doctype html><title>empty</title><script type="module" src="empty.js"></script>';
const SCRIPT = 'import * as package from "./framewise/index.js"; globalThis.ready = package;'.replaceAll("package", "all");

export const testServer = () =>
  serve(SITE, { more: (path) => ({ "/recorder.js": recorder, "/empty.html": EMPTY, "/empty.js": SCRIPT })[path] ?? null });

/** In a page with live sound: input and output of the denoiser for so many seconds. */
export async function record(page, seconds) {
  const found = await page.evaluate(async (seconds) => {
    const { context, source, denoiser } = framewise.live.graph;
    context.added ??= context.audioWorklet.addModule("recorder.js");
    await context.added;
    const recorder = new AudioWorkletNode(context, "recorder", { numberOfInputs: 2, numberOfOutputs: 1 });
    source.connect(recorder, 0, 0);
    denoiser.connect(recorder, 0, 1);
    recorder.connect(context.destination);
    const kept = new Promise((resolve) => (recorder.port.onmessage = ({ data }) => resolve(data)));
    recorder.port.postMessage(Math.round(seconds * context.sampleRate));
    const planes = await kept;
    source.disconnect(recorder);
    denoiser.disconnect(recorder);
    recorder.disconnect();
    const text = (plane) => {
      const bytes = new Uint8Array(plane.buffer);
      let text = "";
      for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
      return btoa(text);
    };
    return { input: text(planes[0]), output: text(planes[1]), rate: context.sampleRate, delay: denoiser.delay };
  }, seconds);
  const floats = (text) => new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
  return { ...found, input: floats(found.input), output: floats(found.output) };
}
