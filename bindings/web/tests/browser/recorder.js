// Keeps what goes by, of two inputs, sample by sample; and an empty worklet, to compare with.
class Recorder extends AudioWorkletProcessor {
  #kept = null;
  #at = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      this.#kept = [new Float32Array(data), new Float32Array(data)];
      this.#at = 0;
    };
  }

  process(inputs) {
    if (!this.#kept) return true;
    const room = Math.min(128, this.#kept[0].length - this.#at);
    inputs.forEach(([plane], i) => plane && this.#kept[i].set(plane.subarray(0, room), this.#at));
    this.#at += room;
    if (this.#at === this.#kept[0].length) {
      this.port.postMessage(this.#kept);
      this.#kept = null;
    }
    return true;
  }
}
registerProcessor("recorder", Recorder);

const now = globalThis.performance?.now ? () => performance.now() : Date.now;

class Empty extends AudioWorkletProcessor {
  #quanta = 0;
  #late = 0;

  process([input], [output]) {
    const began = now();
    if (input[0]) output[0].set(input[0]);
    if ((now() - began) * sampleRate > 1000 * 128) this.#late += 1;
    if (++this.#quanta % 64 === 0) this.port.postMessage({ quanta: this.#quanta, late: this.#late });
    return true;
  }
}
registerProcessor("empty", Empty);
