/** Delay from a sample going in to the same coming out, by cause, in samples. */
export interface Delay {
  /** Until the last window that reaches a sample has been added. */
  window: number;
  /** Until the future frames that the network hears have come. */
  lookAhead: number;
  /** Until a hop has filled from blocks of another size. */
  blocking: number;
  /** In the resamplers to the model's rate and back. */
  resampling: number;
  total: number;
}

export type Mask = "each" | "shared";
export type HighBand = "follow" | "keep" | "mute";

/** How sound is denoised. */
export interface Settings {
  /** Frames of look-ahead, of 10 ms each: 0 by default. */
  latency?: 0 | 1;
  /** Most attenuation in dB; 0 changes nothing, Infinity, the default, sets no limit. */
  strength?: number;
  /** Lowers further what the network lowers. */
  postFilter?: boolean;
  /** Whether each channel is cleaned by itself, the default, or all by one mask, which keeps the image. */
  mask?: Mask;
  /** What becomes of sound above 8 kHz: it follows the band below, stays, or is left out. */
  highBand?: HighBand;
  /** A model file in the place of the built-in models. */
  model?: ArrayBuffer;
}

/** An instance of the module. */
export class Engine {
  constructor(module: WebAssembly.Module);
  score(clean: Float32Array, estimate: Float32Array, rate: number): Scores;
  spectrogram(samples: Float32Array, rate: number, columns: number): Picture;
}

export interface Score {
  value: number | null;
  /** Why there is no value. */
  reason: string | null;
}

export interface Scores {
  /** Scale-invariant signal-to-distortion ratio in dB. */
  siSdr: Score;
  /** Short-time objective intelligibility, at most 1. */
  stoi: Score;
}

export interface Picture {
  columns: number;
  rows: number;
  /** In dB, column by column, each from low to high. */
  levels: Float32Array;
}

/** Live sound, quantum by quantum, on the thread that calls. */
export class Denoiser {
  constructor(engine: Engine, settings: Settings & { rate: number; channels?: number; bypass?: boolean; quantum?: number });
  readonly channels: number;
  readonly quantum: number;
  process(input: readonly Float32Array[], output: readonly Float32Array[]): void;
  setLatency(frames: number): void;
  setStrength(decibels: number): void;
  setBypass(on: boolean): void;
  setPostFilter(on: boolean): void;
  readonly latency: number;
  readonly delay: Delay;
  readonly delaySamples: number;
  readonly scrubbed: number;
  reset(): void;
  destroy(): void;
}

/** Cleans a recording on the thread that calls. */
export function clean(engine: Engine, channels: Float32Array[], rate: number, settings?: Settings,
  progress?: (share: number) => void): Float32Array[];

export function checkedChannels(channels: Float32Array[]): Float32Array[];
