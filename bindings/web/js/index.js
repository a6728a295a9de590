// Framewise in a page: a node for live sound, and functions for recordings.
import { checkedChannels } from "./engine.js";

export { checkedChannels };

/** A module of one function that uses a 128-bit vector. */
const SIMD = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11]);

/** What is missing or went wrong: `code` is for programs, `message` for people. */
export class FramewiseError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = "FramewiseError";
    this.code = code;
  }
}

/** What this page lacks to run the denoiser, as an error; null if nothing. */
export function missing({ live = true } = {}) {
  if (typeof WebAssembly !== "object") {
    return new FramewiseError("no-webassembly", "This browser has no WebAssembly, or it is switched off.");
  }
  if (!WebAssembly.validate(SIMD)) {
    return new FramewiseError("no-simd", "This browser's WebAssembly has no 128-bit vectors (SIMD).");
  }
  if (live && globalThis.isSecureContext === false) {
    return new FramewiseError("insecure-origin", "Live sound needs a secure page: https, or localhost.");
  }
  if (live && (typeof AudioWorkletNode === "undefined" || !("audioWorklet" in BaseAudioContext.prototype))) {
    return new FramewiseError("no-audio-worklet", "This browser has no AudioWorklet.");
  }
  return null;
}

let module = null;

/** Compiles the module, once; `source` is its address, if it is not beside this file. */
export function load(source = new URL("./framewise.wasm", import.meta.url)) {
  module ??= compile(source).catch((error) => {
    module = null;
    throw error;
  });
  return module;
}

async function fetched(source) {
  const response = await fetch(source).catch((cause) => {
    throw new FramewiseError("no-module", `The WebAssembly module cannot be loaded: ${cause.message}`, { cause });
  });
  if (!response.ok) {
    throw new FramewiseError("no-module", `The WebAssembly module cannot be loaded: status ${response.status}`);
  }
  return response.arrayBuffer();
}

async function compile(source) {
  const lacking = missing({ live: false });
  if (lacking) throw lacking;
  const bytes = await fetched(source);
  try {
    return { module: await WebAssembly.compile(bytes), source };
  } catch (cause) {
    throw new FramewiseError("not-compiled", `The WebAssembly module cannot be compiled: ${cause.message}`, { cause });
  }
}

const worklets = new WeakMap();

function addWorklet(context) {
  if (!worklets.has(context)) {
    const added = context.audioWorklet.addModule(new URL("./worklet.js", import.meta.url));
    worklets.set(context, added.catch((error) => {
      worklets.delete(context);
      throw error;
    }));
  }
  return worklets.get(context);
}

/** The settings that a node begins with, and their kinds. */
function settingsOf({ channels = 1, latency = 0, strength = Infinity, bypass = false, postFilter = false, mask = "each",
  highBand = "follow", quantum, model }) {
  return { channels, latency, strength, bypass, postFilter, mask, highBand, quantum, model };
}

/**
 * A node that denoises what is connected to it.
 * @fires change when the latency that is heard, and with it the delay, has changed
 * @fires stats when there are new figures
 * @fires processorerror when the sound had to stop
 */
export async function createDenoiser(context, options = {}) {
  const lacking = missing();
  if (lacking) throw lacking;
  if (!(context instanceof BaseAudioContext)) throw new TypeError("createDenoiser: the first argument is no AudioContext");
  const settings = settingsOf({ ...options, quantum: context.renderQuantumSize ?? 128 });
  if (!Number.isInteger(settings.channels) || settings.channels < 1 || settings.channels > 32) {
    throw new RangeError(`${settings.channels} channels: expected 1 to 32`);
  }
  const { module, source } = await load(options.module);
  await addWorklet(context);
  const node = new DenoiserNode(context, settings);
  await node.start(module, source);
  return node;
}

const NO_DELAY = { window: 0, lookAhead: 0, blocking: 0, resampling: 0, total: 0 };

export class DenoiserNode extends AudioWorkletNode$() {
  #settings;
  #delay = NO_DELAY;
  #latency;
  #figures = { scrubbed: 0, quanta: 0, busy: 0, worst: 0, late: 0 };
  #destroyed = false;
  #failure = null;

  constructor(context, settings) {
    super(context, "framewise", {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      outputChannelCount: [settings.channels],
      channelCount: settings.channels,
      channelCountMode: "explicit",
      channelInterpretation: "speakers",
    });
    this.#settings = settings;
    this.#latency = settings.latency;
  }

  /** Sends the module, or its bytes where it does not arrive, and waits until sound can run. */
  start(module, source) {
    return new Promise((resolve, reject) => {
      const fail = (error) => {
        this.#failure = error;
        reject(error);
      };
      this.addEventListener("processorerror", () => fail(new FramewiseError("failed", "The audio thread failed.")));
      this.port.onmessage = async ({ data }) => {
        switch (data.type) {
          case "send bytes": {
            const bytes = await fetched(source).catch(fail);
            if (bytes) this.port.postMessage({ type: "start", bytes, settings: this.#settings }, [bytes]);
            break;
          }
          case "failed": {
            const kind = { RangeError, TypeError }[data.name] ?? FramewiseError;
            const error = kind === FramewiseError ? new FramewiseError("failed", data.message) : new kind(data.message);
            fail(error);
            this.dispatchEvent(new CustomEvent("fault", { detail: error }));
            break;
          }
          default:
            this.#take(data);
            resolve();
        }
      };
      const begin = { type: "start", module, settings: this.#settings };
      try {
        this.port.postMessage(begin);
      } catch {
        // A browser that does not clone modules.
        this.port.onmessage({ data: { type: "send bytes" } });
      }
    });
  }

  #take({ delay, latency, scrubbed, quanta, busy, worst, late }) {
    const changed = latency !== this.#latency || delay.total !== this.#delay.total;
    [this.#delay, this.#latency] = [delay, latency];
    this.#figures = { scrubbed, quanta, busy, worst, late };
    if (changed) this.dispatchEvent(new Event("change"));
    this.dispatchEvent(new Event("stats"));
  }

  #send(type, value) {
    if (this.#destroyed) throw new Error("the denoiser was destroyed");
    this.port.postMessage({ type, value });
  }

  /** Changes the latency, in frames, under a cross-fade; `change` is fired when it is heard. */
  setLatency(frames) {
    const own = this.#settings.model ? [this.#latency] : [0, 1];
    if (!own.includes(frames)) throw new RangeError(`a latency of ${frames}: expected ${own.join(" or ")}`);
    this.#send("latency", frames);
  }

  /** Sets the most attenuation in dB; Infinity sets no limit. */
  setStrength(decibels) {
    if (!(decibels >= 0)) throw new RangeError(`a strength of ${decibels} dB: expected 0 or more`);
    this.#send("strength", Number(decibels));
  }

  /** Lets the sound through as it comes, as late as the denoised one. */
  setBypass(on) {
    this.#send("bypass", Boolean(on));
  }

  /** Switches the filter that lowers further what the network lowers. */
  setPostFilter(on) {
    this.#send("post filter", Boolean(on));
  }

  /** Back to the start, as if no sound had been. */
  reset() {
    this.#send("reset");
  }

  /** Frames of latency of what is heard now. */
  get latency() {
    return this.#latency;
  }

  /** Delay by cause, in samples of the context, and in seconds. */
  get delay() {
    return { ...this.#delay, seconds: this.#delay.total / this.context.sampleRate };
  }

  /** Work in the audio thread since the start. Times are in ms. */
  get stats() {
    const { quanta, busy, worst, late, scrubbed } = this.#figures;
    const quantum = this.#settings.quantum;
    const deadline = (1000 * quantum) / this.context.sampleRate;
    return { quanta, late, scrubbed, mean: quanta ? busy / quanta : 0, worst, deadline };
  }

  /** Why sound had to stop; null while it has not. */
  get failure() {
    return this.#failure;
  }

  /** Ends the node and frees its memory. Twice is once. */
  destroy() {
    if (this.#destroyed) return;
    this.disconnect();
    this.#send("destroy");
    this.#destroyed = true;
  }
}

/** The class to extend, where there is one: this file can be imported anywhere. */
function AudioWorkletNode$() {
  return globalThis.AudioWorkletNode ?? class {};
}

/** Runs a task in a worker of its own, which an abort ends at once. */
async function inWorker(message, { onProgress, signal, module: source } = {}) {
  signal?.throwIfAborted();
  const { module } = await load(source);
  signal?.throwIfAborted();
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  let abort;
  try {
    return await new Promise((resolve, reject) => {
      abort = () => reject(signal.reason);
      signal?.addEventListener("abort", abort);
      worker.onerror = (event) => reject(new FramewiseError("failed", event.message || "The worker could not start."));
      worker.onmessage = ({ data }) => {
        if (data.type === "progress") onProgress?.(data.share);
        else if (data.type === "done") resolve(data.result);
        else reject(new ({ RangeError, TypeError }[data.name] ?? Error)(data.message));
      };
      worker.postMessage({ module, ...message });
    });
  } finally {
    worker.terminate();
    signal?.removeEventListener("abort", abort);
  }
}

/** Cleans a recording in a worker: as many samples as it has, aligned with them. */
export async function denoise(channels, rate, { onProgress, signal, module, ...options } = {}) {
  checkedChannels(channels);
  return inWorker({ task: "denoise", channels, rate, options }, { onProgress, signal, module });
}

/** SI-SDR in dB and STOI of an estimate against clean sound, in a worker. */
export async function score(clean, estimate, rate, { signal, module } = {}) {
  return inWorker({ task: "score", channels: [clean, estimate], rate }, { signal, module });
}

/** Levels of a sound in dB over time and frequency, in a worker. */
export async function spectrogram(samples, rate, { columns = 800, signal, module } = {}) {
  return inWorker({ task: "spectrogram", channels: [samples], rate, options: { columns } }, { signal, module });
}
