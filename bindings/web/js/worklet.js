// The audio thread: a denoiser, told what to do by its node. Bundled with the engine into one file, since not every bundler
// follows the imports of a worklet.
import { Denoiser, Engine } from "./engine.js";

/** Quanta between two reports. */
const REPORT = 64;

/** Milliseconds, as finely as this scope has them. */
const now = globalThis.performance?.now ? () => performance.now() : Date.now;

class FramewiseProcessor extends AudioWorkletProcessor {
  #denoiser = null;
  #ended = false;
  #quanta = 0;
  #busy = 0;
  #worst = 0;
  #late = 0;
  #delay = -1;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#receive(data);
    // A browser in which a compiled module does not arrive.
    this.port.onmessageerror = () => this.port.postMessage({ type: "send bytes" });
  }

  #receive(data) {
    try {
      switch (data.type) {
        case "start":
          this.#start(data);
          break;
        case "latency":
          this.#denoiser?.setLatency(data.value);
          break;
        case "strength":
          this.#denoiser?.setStrength(data.value);
          break;
        case "bypass":
          this.#denoiser?.setBypass(data.value);
          break;
        case "post filter":
          this.#denoiser?.setPostFilter(data.value);
          break;
        case "reset":
          this.#denoiser?.reset();
          break;
        case "destroy":
          this.#denoiser?.destroy();
          this.#denoiser = null;
          this.#ended = true;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #start({ module, bytes, settings }) {
    if (bytes) module = new WebAssembly.Module(bytes);
    if (!(module instanceof WebAssembly.Module)) {
      this.port.postMessage({ type: "send bytes" });
      return;
    }
    this.#denoiser = new Denoiser(new Engine(module), { ...settings, rate: sampleRate });
    this.#report("ready");
  }

  /** A fault ends the sound of this node and no other: it gives silence from then on. */
  #fail(error) {
    this.#denoiser = null;
    this.port.postMessage({ type: "failed", name: error.name, message: error.message });
  }

  #report(type) {
    const { delay, latency, scrubbed } = this.#denoiser;
    this.#delay = delay.total;
    const { quanta, busy, worst, late } = { quanta: this.#quanta, busy: this.#busy, worst: this.#worst, late: this.#late };
    this.port.postMessage({ type, delay, latency, scrubbed, quanta, busy, worst, late });
  }

  process([input], [output]) {
    if (!this.#denoiser) return !this.#ended;
    const began = now();
    try {
      this.#denoiser.process(input, output);
    } catch (error) {
      this.#fail(error);
      return true;
    }
    const took = now() - began;
    this.#quanta += 1;
    this.#busy += took;
    this.#worst = Math.max(this.#worst, took);
    if (took * sampleRate > 1000 * output[0].length) this.#late += 1;
    if (this.#quanta % REPORT === 0 || this.#denoiser.delaySamples !== this.#delay) this.#report("report");
    return true;
  }
}

registerProcessor("framewise", FramewiseProcessor);
