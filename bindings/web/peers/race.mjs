// Others that denoise in a browser, in one process and in turns, each checked before it is timed.
//
// Usage: node race.mjs FOLDER GTCRN.safetensors. The folder holds gtcrn_simple.onnx, mix.wav, mix_spectrum.f32 and
// mix_enhanced_spectrum_dns3.f32 (see benches/peers), the model file comes from `framewise model import`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { createRequire } from "node:module";
import { Denoiser, Engine } from "../dist/engine.js";
import { readWav } from "../tests/wav.mjs";

const [folder, gtcrnFile] = process.argv.slice(2);
if (!gtcrnFile) throw new Error("usage: node race.mjs FOLDER GTCRN.safetensors");
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const BINS = 257;
const require = createRequire(import.meta.url);

const noisy = readWav(join(folder, "mix.wav")).channels[0];
const seconds = noisy.length / 16000;
const numbers = (file) => new Float32Array(new Uint8Array(readFileSync(join(folder, file))).buffer);
/** Spectra are kept bin by bin; (frames, bins, 2) is what a stream sees. */
function frames(file) {
  const values = numbers(file);
  const count = values.length / BINS / 2;
  return Array.from({ length: count }, (_, t) => Float32Array.from({ length: 2 * BINS }, (_, i) => values[((i >> 1) * count + t) * 2 + (i & 1)]));
}
const zipped = (...parts) => parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
const worst = (a, b) => a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);
function alike(a, b) {
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((v, i) => ((ab += v * b[i]), (aa += v * v), (bb += b[i] * b[i])));
  return ab / Math.sqrt(aa * bb);
}
function must(holds, what) {
  if (!holds) throw new Error(`the check failed: ${what}`);
  return what;
}

/** What is timed is the time of this process's thread: other programs on the machine do not count. */
const clock = () => process.cpuUsage().user / 1e6;
async function timed(work) {
  const began = clock();
  const result = await work();
  return [clock() - began, result];
}

function live(engine, settings) {
  const denoiser = new Denoiser(engine, { rate: 16000, ...settings });
  const output = new Float32Array(noisy.length);
  const run = () => {
    denoiser.reset();
    for (let start = 0; start + 128 <= noisy.length; start += 128) {
      denoiser.process([noisy.subarray(start, start + 128)], [output.subarray(start, start + 128)]);
    }
  };
  return { denoiser, output, run };
}

async function framewise() {
  const wasm = readFileSync(new URL("../dist/framewise.wasm", import.meta.url));
  const model = readFileSync(gtcrnFile);
  const [start, { engine, gtcrn }] = await timed(async () => {
    const engine = new Engine(await WebAssembly.compile(wasm));
    return { engine, gtcrn: live(engine, { model: new Uint8Array(model).buffer }) };
  });
  const [ownStart] = await timed(async () => live(new Engine(await WebAssembly.compile(wasm)), { latency: 0 }));
  const own = live(engine, { latency: 0 });
  gtcrn.run();
  // PyTorch's spectrum of the whole clip, by its samples.
  const expected = readWav(join(folder, "mix_enhanced_dns3_zero_edges.wav")).channels[0];
  const { total } = gtcrn.denoiser.delay;
  const length = Math.min(expected.length, noisy.length - total) - 1024;
  const off = worst(gtcrn.output.subarray(total + 512, total + length), expected.subarray(512, length));
  own.run();
  const ownTotal = own.denoiser.delay.total;
  const like = alike(own.output.subarray(ownTotal), expected.subarray(0, noisy.length - ownTotal));
  const js = readFileSync(new URL("../dist/engine.js", import.meta.url));
  const milliseconds = (denoiser) => `${((denoiser.delay.total / 16000) * 1000).toFixed(1)}`;
  return [
    { name: "GTCRN in Framewise, samples to samples", run: gtcrn.run, start, size: zipped(wasm, js, model), delay: milliseconds(gtcrn.denoiser), check: must(off < 1e-4, `within ${off.toExponential(1)} of PyTorch's samples`) },
    { name: "Framewise's own model, samples to samples", run: own.run, start: ownStart, size: zipped(wasm, js), delay: milliseconds(own.denoiser), check: must(like > 0.9, `correlates with GTCRN's output at ${like.toFixed(3)}`) },
  ];
}

async function onnxRuntime() {
  const dist = fileURLToPath(new URL("./node_modules/onnxruntime-web/dist/", import.meta.url));
  const onnx = readFileSync(join(folder, "gtcrn_simple.onnx"));
  const script = join(dist, "ort.wasm.min.mjs");
  const [start, { ort, session }] = await timed(async () => {
    const ort = await import(pathToFileURL(script));
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = pathToFileURL(dist).href;
    ort.env.wasm.wasmBinary = readFileSync(join(dist, "ort-wasm-simd-threaded.wasm"));
    return { ort, session: await ort.InferenceSession.create(onnx, { executionProviders: ["wasm"], graphOptimizationLevel: "all" }) };
  });
  const input = frames("mix_spectrum.f32");
  const expected = frames("mix_enhanced_spectrum_dns3.f32");
  const zeros = (...shape) => new ort.Tensor("float32", new Float32Array(shape.reduce((a, b) => a * b)), shape);
  const output = [];
  const run = async () => {
    output.length = 0;
    let [conv_cache, tra_cache, inter_cache] = [zeros(2, 1, 16, 16, 33), zeros(2, 3, 1, 1, 16), zeros(2, 1, 33, 16)];
    for (const frame of input) {
      const results = await session.run({ mix: new ort.Tensor("float32", frame, [1, BINS, 1, 2]), conv_cache, tra_cache, inter_cache });
      output.push(results.enh.data);
      [conv_cache, tra_cache, inter_cache] = [results.conv_cache_out, results.tra_cache_out, results.inter_cache_out];
    }
  };
  await run();
  const off = Math.max(...output.map((frame, t) => worst(frame, expected[t])));
  const size = zipped(readFileSync(script), readFileSync(join(dist, "ort-wasm-simd-threaded.wasm")), readFileSync(join(dist, "ort-wasm-simd-threaded.mjs")), onnx);
  return [{ name: "GTCRN in onnxruntime-web, network alone", run, start, size, delay: "32 (window)", check: must(off < 1e-3, `within ${off.toExponential(1)} of PyTorch's spectrum`) }];
}

async function rnnoise() {
  const place = require.resolve("@jitsi/rnnoise-wasm/dist/rnnoise-sync.js");
  const [start, module] = await timed(async () => {
    const { default: create } = await import(pathToFileURL(place));
    const module = create();
    await module.ready;
    return module;
  });
  // At 48 kHz, in the range of 16 bits: each sample thrice is a crude way up, and all that a check of speech needs.
  const input = Float32Array.from({ length: 3 * noisy.length }, (_, n) => 32768 * noisy[Math.floor(n / 3)]);
  const state = module._rnnoise_create();
  const at = module._malloc(480 * 4);
  const output = new Float32Array(input.length);
  const run = () => {
    for (let start = 0; start + 480 <= input.length; start += 480) {
      module.HEAPF32.set(input.subarray(start, start + 480), at / 4);
      module._rnnoise_process_frame(state, at, at);
      output.set(module.HEAPF32.subarray(at / 4, at / 4 + 480), start);
    }
  };
  run();
  // Its delay is not said: it is where output and input are most alike.
  let [like, lag] = [0, 0];
  for (let shift = 0; shift < 4800; shift += 24) {
    const found = alike(output.subarray(shift + 48000, shift + 144000), input.subarray(48000, 144000));
    if (found > like) [like, lag] = [found, shift];
  }
  const delay = `${((lag + 480) / 48).toFixed(0)}, with its frame`;
  return [{ name: "RNNoise (@jitsi/rnnoise-wasm), samples to samples", run, start, size: zipped(readFileSync(place)), delay, check: must(like > 0.5, `correlates with its input at ${like.toFixed(3)}`) }];
}

const runners = [];
for (const make of [framewise, onnxRuntime, rnnoise]) {
  runners.push(...(await make()));
}
for (const { name, check } of runners) console.error(`${name}: ${check}`);
for (const runner of runners) runner.times = [];
for (let round = 0; round < ROUNDS; round++) {
  for (const runner of runners) runner.times.push((await timed(runner.run))[0]);
}
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
console.log(`Medians of ${ROUNDS} rounds over ${seconds.toFixed(1)} s of sound; Node ${process.version}, one thread.\n`);
console.log("| | ms a second of sound | against the first | kB after gzip | start-up, ms | delay, ms |\n|---|---|---|---|---|---|");
for (const { name, times, size, start, delay } of runners) {
  const ratio = median(times.map((time, i) => time / runners[0].times[i]));
  console.log(`| ${name} | ${((1000 * median(times)) / seconds).toFixed(2)} | ${ratio.toFixed(2)} | ${(size / 1000).toFixed(0)} | ${(1000 * start).toFixed(0)} | ${delay} |`);
}
process.exit(0);
