// The module in Node: the samples of the native program, and words for what it refuses.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Denoiser, Engine, clean } from "../dist/engine.js";
import { byProgram, distance, program } from "./program.mjs";
import { readWav } from "./wav.mjs";

const module = new WebAssembly.Module(readFileSync(new URL("../dist/framewise.wasm", import.meta.url)));
const engine = new Engine(module);
const { channels: noisy, rate } = readWav(new URL("../../../examples/noisy.wav", import.meta.url).pathname);

/** Sound through a denoiser, quantum by quantum. */
function stream(denoiser, channels, quantum = 128, at = () => {}) {
  const output = channels.map((plane) => new Float32Array(plane.length));
  for (let start = 0; start + quantum <= channels[0].length; start += quantum) {
    at(start);
    const piece = (plane) => plane.subarray(start, start + quantum);
    denoiser.process(channels.map(piece), output.map(piece));
  }
  return output;
}

test("the module asks for nothing and exports nothing but its own functions", () => {
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  assert.deepEqual(names.filter((name) => !/^(framewise_\w+|memory|__data_end|__heap_base)$/.test(name)), []);
});

test("quanta of 128 give what the native scalar kernels give, at both latencies", { skip: !program }, () => {
  for (const latency of [0, 1]) {
    const denoiser = new Denoiser(engine, { rate, latency });
    const { total } = denoiser.delay;
    const [found] = stream(denoiser, noisy);
    const [expected] = byProgram(noisy, rate, { latency });
    const length = Math.floor(noisy[0].length / 128) * 128 - total;
    const off = distance(found.subarray(total, total + length), expected.subarray(0, length));
    assert.ok(off < 1e-6, `latency ${latency}: off by ${off}`);
    denoiser.destroy();
  }
});

test("a recording gives what the program's file gives, at other rates and in stereo too", { skip: !program }, () => {
  const seconds = (plane) => plane.subarray(0, 3 * rate);
  for (const [channels, rate, settings, more] of [
    [noisy, 16000, { latency: 1 }, []],
    [[noisy[0].map((v) => v / 2), noisy[0].map((v, i) => noisy[0][noisy[0].length - 1 - i])].map(seconds), 44100, { strength: 12 }, ["--strength", "12"]],
    [noisy.map(seconds), 8000, { postFilter: true }, ["--post-filter"]],
  ]) {
    const found = clean(engine, channels, rate, settings);
    const expected = byProgram(channels, rate, { ...settings, more });
    assert.equal(found.length, expected.length);
    for (const [c, plane] of found.entries()) {
      assert.equal(plane.length, channels[c].length);
      const off = distance(plane, expected[c]);
      assert.ok(off < 1 / 32768, `${rate} Hz, channel ${c}: off by ${off}`);
    }
  }
});

test("a delay is what it says: bypass gives the input back that much later, at every rate", () => {
  for (const rate of [8000, 16000, 22050, 44100, 48000, 96000]) {
    for (const latency of [0, 1]) {
      const denoiser = new Denoiser(engine, { rate, latency, bypass: true });
      const input = [noisy[0].subarray(0, 64000)];
      const [found] = stream(denoiser, input);
      const { total, window, lookAhead, blocking, resampling } = denoiser.delay;
      assert.equal(total, window + lookAhead + blocking + resampling);
      assert.deepEqual(found.subarray(total, 60000), input[0].subarray(0, 60000 - total), `${rate} Hz`);
      denoiser.destroy();
    }
  }
});

test("settings change while sound runs, latency by one hop, and nothing jumps", () => {
  const tone = [Float32Array.from({ length: 3 * 48000 }, (_, n) => 0.3 * Math.sin((2 * Math.PI * 300 * n) / 48000))];
  const denoiser = new Denoiser(engine, { rate: 48000, strength: 0 });
  const before = denoiser.delay.total;
  const [found] = stream(denoiser, tone, 128, (start) => {
    if (start === 48000) denoiser.setLatency(1);
  });
  assert.equal(denoiser.latency, 1);
  assert.equal(denoiser.delay.total - before, 480);
  // A sine's second difference is bounded by its frequency; a jump has one of its own size.
  const bound = 0.3 * (2 * Math.PI * 300 / 48000) ** 2 * 1.5;
  for (let n = before + 2; n < found.length - 128; n++) {
    const bend = Math.abs(found[n] - 2 * found[n - 1] + found[n - 2]);
    assert.ok(n < before + 4 || bend < bound, `a jump of ${bend} at ${n}`);
  }
  denoiser.destroy();
});

test("nothing is allocated while sound runs", () => {
  const denoiser = new Denoiser(engine, { rate: 44100 });
  stream(denoiser, noisy);
  const before = engine.exports.memory.buffer;
  for (let round = 0; round < 5; round++) stream(denoiser, noisy);
  assert.equal(engine.exports.memory.buffer, before);
  denoiser.destroy();
});

test("denoisers that come and go leave the memory as it was", () => {
  const round = () => {
    const denoiser = new Denoiser(engine, { rate: 48000, channels: 2 });
    clean(engine, [noisy[0].subarray(0, 16000)], rate);
    denoiser.destroy();
  };
  for (let i = 0; i < 5; i++) round();
  const before = engine.exports.memory.buffer.byteLength;
  for (let i = 0; i < 40; i++) round();
  assert.equal(engine.exports.memory.buffer.byteLength, before);
});

test("what cannot be is refused with words, and sound goes on", () => {
  const denoiser = new Denoiser(engine, { rate: 48000 });
  const [input, output] = [[new Float32Array(128)], [new Float32Array(128)]];
  for (const [work, words] of [
    [() => new Denoiser(engine, { rate: 0 }), /sample rate 0 Hz/],
    [() => new Denoiser(engine, { rate: 1e6 }), /sample rate 1000000 Hz/],
    [() => new Denoiser(engine, { rate: NaN }), /sample rate of NaN/],
    [() => new Denoiser(engine, { rate: 48000, channels: 0 }), /0 channels/],
    [() => new Denoiser(engine, { rate: 48000, latency: 3 }), /latency of 3/],
    [() => new Denoiser(engine, { rate: 48000, mask: "none" }), /mask "none"/],
    [() => new Denoiser(engine, { rate: 48000, strength: -1 }), /strength of -1 dB/],
    [() => new Denoiser(engine, { rate: 48000, model: new ArrayBuffer(9) }), /model/],
    [() => denoiser.setLatency(2), /latency of 2/],
    [() => denoiser.setStrength(NaN), /strength of NaN dB/],
    [() => denoiser.process(input, [new Float32Array(64)]), /differ in length/],
    [() => denoiser.process([new Float32Array(200)], [new Float32Array(200)]), /200 samples/],
    [() => denoiser.process(input, []), /0 samples|0 channels/],
    [() => clean(engine, [], 16000), /no channels/],
    [() => clean(engine, [new Float32Array(2), new Float32Array(3)], 16000), /2 and 3 samples/],
    [() => clean(engine, [new Float32Array(2)], 0), /sample rate 0 Hz/],
    [() => clean(engine, [new Float32Array(2)], 1e6), /sample rate 1000000 Hz/],
  ]) {
    assert.throws(work, (error) => words.test(error.message) && (error instanceof RangeError || error instanceof TypeError), String(words));
    denoiser.process(input, output);
  }
  assert.throws(() => clean(engine, [[1, 2]], 16000), TypeError);
  denoiser.process([], output);
  input[0].fill(NaN);
  for (let i = 0; i < 20; i++) denoiser.process(input, output);
  assert.ok(output[0].every(Number.isFinite));
  assert.equal(denoiser.scrubbed, 20 * 128);
  denoiser.destroy();
  denoiser.destroy();
  assert.throws(() => denoiser.process(input, output), /was destroyed/);
  assert.throws(() => denoiser.setBypass(true), /was destroyed/);
});

test("an empty recording and one of no numbers come back as long as they were", () => {
  assert.deepEqual(clean(engine, [new Float32Array(0)], 48000), [new Float32Array(0)]);
  const [found] = clean(engine, [new Float32Array(1000).fill(NaN)], 48000);
  assert.ok(found.length === 1000 && found.every((v) => v === 0));
});

test("scores are those of their definitions, or say why there are none", () => {
  const signal = Float32Array.from([1, -1, 1, -1]);
  const { siSdr, stoi } = engine.score(signal, Float32Array.from([1.1, -0.9, 0.9, -1.1]), 16000);
  assert.ok(Math.abs(siSdr.value - 20) < 1e-5);
  assert.match(stoi.reason, /30 frames/);
  assert.match(engine.score(signal, signal.subarray(1), 16000).siSdr.reason, /4 samples, the other one 3/);
});

test("a sine of full scale stands at 0 dB in the picture", () => {
  const sine = Float32Array.from({ length: 16000 }, (_, n) => Math.sin((2 * Math.PI * 1000 * n) / 16000));
  const { columns, rows, levels } = engine.spectrogram(sine, 16000, 50);
  assert.deepEqual([columns, rows], [62, 256]);
  const column = levels.subarray(30 * rows, 31 * rows);
  const peak = column.indexOf(Math.max(...column));
  assert.ok((peak === 31 || peak === 32) && Math.abs(column[peak]) < 0.1, `${column[peak]} dB at ${peak}`);
});
