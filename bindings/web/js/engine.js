// The WebAssembly module as it is: one instance, its denoisers and recordings. Runs wherever WebAssembly does, an audio worklet
// included, and asks for nothing else.

const MASKS = ["each", "shared"];
const HIGH_BANDS = ["follow", "keep", "mute"];
const CAUSES = ["window", "lookAhead", "blocking", "resampling"];
const GONE = -1;

/** The place of a word among those that there are. */
function choice(word, words, what) {
  const place = words.indexOf(word);
  if (place < 0) throw new RangeError(`${what} ${JSON.stringify(word)}: expected one of ${words.join(", ")}`);
  return place;
}

/** An instance of the module. */
export class Engine {
  #exports;

  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.#exports = new WebAssembly.Instance(module, {}).exports;
  }

  get exports() {
    return this.#exports;
  }

  /** Numbers of the module's memory; they count until the module next allocates. */
  numbers(at, length) {
    return new Float32Array(this.#exports.memory.buffer, at, length);
  }

  /** Why the last call failed. Without a decoder, which a worklet lacks: messages are ASCII. */
  message() {
    const at = this.#exports.framewise_message();
    const bytes = new Uint8Array(this.#exports.memory.buffer, at, this.#exports.framewise_message_length());
    return String.fromCharCode(...bytes);
  }

  /** What a call gave, if it did not fail. */
  checked(result, what) {
    if (result === GONE) throw new Error(`${what} was destroyed`);
    if (result < 0) throw new RangeError(this.message());
    return result;
  }

  /** Hands a model file to the next that is made. */
  give(model) {
    if (!model) return;
    const at = this.#exports.framewise_model(model.byteLength);
    new Uint8Array(this.#exports.memory.buffer, at, model.byteLength).set(new Uint8Array(model));
  }

  /** A place in the module for the clean signal (0) or the estimate (1), filled. */
  signal(which, samples) {
    const at = this.#exports.framewise_signal(which, samples.length);
    this.numbers(at, samples.length).set(samples);
  }

  /** How close an estimate is to a clean signal. What is not defined is null, with the reason. */
  score(clean, estimate, rate) {
    this.signal(0, clean);
    this.signal(1, estimate);
    const scored = (value) => (Number.isNaN(value) ? { value: null, reason: this.message() } : { value, reason: null });
    return { siSdr: scored(this.#exports.framewise_si_sdr()), stoi: scored(this.#exports.framewise_stoi(rate)) };
  }

  /** Levels of a sound in dB, column by column of time, each from low to high. */
  spectrogram(samples, rate, columns) {
    this.signal(0, samples);
    const count = this.#exports.framewise_spectrogram(0, rate, columns);
    const length = this.#exports.framewise_levels_length();
    if (count === 0) return { columns: 0, rows: 0, levels: new Float32Array(0) };
    return { columns: count, rows: length / count, levels: this.numbers(this.#exports.framewise_levels(), length).slice() };
  }
}

/** Live sound, quantum by quantum. */
export class Denoiser {
  #engine;
  #handle;
  #planes = [];
  #count = 0;

  constructor(engine, { rate, channels = 1, latency = 0, strength = Infinity, bypass = false, postFilter = false,
    mask = "each", highBand = "follow", quantum = 128, model }) {
    this.#engine = engine;
    const numbers = [Number(rate), Number(channels), Number(latency)];
    const [maskNumber, bandNumber] = [choice(mask, MASKS, "mask"), choice(highBand, HIGH_BANDS, "high band")];
    engine.give(model);
    this.#handle = engine.exports.framewise_create(...numbers, maskNumber, bandNumber, quantum);
    if (this.#handle === 0) throw new RangeError(engine.message());
    this.channels = channels;
    this.quantum = quantum;
    try {
      this.setStrength(strength);
      this.setBypass(bypass);
      this.setPostFilter(postFilter);
    } catch (error) {
      this.destroy();
      throw error;
    }
    this.reset();
  }

  /** The places of so many samples of every channel; anew where the memory has moved or another number comes. */
  #places(count) {
    const { memory, framewise_samples: at } = this.#engine.exports;
    if (this.#count !== count || this.#planes[0].buffer !== memory.buffer) {
      this.#planes = Array.from({ length: this.channels }, (_, c) => this.#engine.numbers(at(this.#handle, c), count));
      this.#count = count;
    }
    return this.#planes;
  }

  /**
   * Takes a quantum of every channel and gives one. A channel of the input that is missing counts as silent; the output may be
   * the input.
   */
  process(input, output) {
    const count = output[0]?.length ?? 0;
    if (this.#handle === 0) throw new Error("the denoiser was destroyed");
    if (output.length !== this.channels) {
      throw new RangeError(`${output.length} channels: expected ${this.channels}`);
    }
    if (count < 1 || count > this.quantum) {
      throw new RangeError(`${count} samples: expected 1 to ${this.quantum}`);
    }
    for (let c = 0; c < this.channels; c++) {
      if (output[c].length !== count || (input[c] && input[c].length !== count)) {
        throw new RangeError("the channels differ in length");
      }
    }
    const planes = this.#places(count);
    for (let c = 0; c < this.channels; c++) {
      if (input[c]) planes[c].set(input[c]);
      else planes[c].fill(0);
    }
    this.#check(this.#engine.exports.framewise_process(this.#handle, count));
    for (let c = 0; c < this.channels; c++) output[c].set(planes[c]);
  }

  #check(result) {
    return this.#engine.checked(result, "the denoiser");
  }

  setLatency(frames) {
    this.#check(this.#engine.exports.framewise_set_latency(this.#handle, Number(frames)));
  }

  setStrength(decibels) {
    this.#check(this.#engine.exports.framewise_set_strength(this.#handle, Number(decibels)));
  }

  setBypass(on) {
    this.#check(this.#engine.exports.framewise_set_bypass(this.#handle, on ? 1 : 0));
  }

  setPostFilter(on) {
    this.#check(this.#engine.exports.framewise_set_post_filter(this.#handle, on ? 1 : 0));
  }

  /** Frames of latency of what is heard now. */
  get latency() {
    return this.#check(this.#engine.exports.framewise_latency(this.#handle));
  }

  /** Samples from one going in to the same coming out, of what is heard now. */
  get delaySamples() {
    return this.delay.total;
  }

  /** The same by cause, in samples. */
  get delay() {
    const parts = CAUSES.map((name, cause) => [name, this.#check(this.#engine.exports.framewise_delay(this.#handle, cause))]);
    return { ...Object.fromEntries(parts), total: parts.reduce((sum, [, samples]) => sum + samples, 0) };
  }

  /** Samples of the input that were no numbers and counted as silence. */
  get scrubbed() {
    return this.#check(this.#engine.exports.framewise_scrubbed(this.#handle));
  }

  reset() {
    this.#check(this.#engine.exports.framewise_reset(this.#handle));
  }

  /** Frees its memory. Twice is once. */
  destroy() {
    this.#engine.exports.framewise_destroy(this.#handle);
    this.#handle = 0;
  }
}

/** Samples of a recording that are cleaned at a time. */
const PIECE = 8192;

/** Channels of one length, or a RangeError. */
export function checkedChannels(channels) {
  if (!Array.isArray(channels) || channels.length === 0) throw new RangeError("no channels: expected one or more");
  for (const plane of channels) {
    if (!(plane instanceof Float32Array)) throw new TypeError("a channel that is no Float32Array");
    if (plane.length !== channels[0].length) {
      throw new RangeError(`channels of ${channels[0].length} and ${plane.length} samples: expected equal lengths`);
    }
  }
  return channels;
}

/**
 * Cleans a recording: as many samples out as in, aligned with them. `progress` is told the share that is done. What is no
 * number counts as silence.
 */
export function clean(engine, channels, rate, { latency = 0, strength = Infinity, mask = "each", highBand = "follow",
  postFilter = false, model } = {}, progress = () => {}) {
  checkedChannels(channels);
  const { exports } = engine;
  const numbers = [Number(rate), channels.length, Number(latency), Number(strength)];
  const [maskNumber, bandNumber] = [choice(mask, MASKS, "mask"), choice(highBand, HIGH_BANDS, "high band")];
  engine.give(model);
  const handle = exports.framewise_open(...numbers, maskNumber, bandNumber, postFilter ? 1 : 0, PIECE);
  if (handle === 0) throw new RangeError(engine.message());
  try {
    const length = channels[0].length;
    const output = channels.map(() => new Float32Array(length));
    let given = 0;
    const give = (count) => {
      engine.checked(count, "the recording");
      output.forEach((plane, c) => plane.set(engine.numbers(exports.framewise_clean(handle, c), count), given));
      given += count;
    };
    for (let start = 0; start < length; start += PIECE) {
      const count = Math.min(PIECE, length - start);
      channels.forEach((plane, c) => {
        engine.numbers(exports.framewise_noisy(handle, c), count).set(plane.subarray(start, start + count));
      });
      give(exports.framewise_push(handle, count));
      progress((start + count) / length);
    }
    give(exports.framewise_finish(handle));
    return output;
  } finally {
    exports.framewise_close(handle);
  }
}
