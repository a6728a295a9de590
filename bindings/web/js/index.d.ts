import type { Delay, Picture, Scores, Settings } from "./engine.js";
export type { Delay, HighBand, Mask, Picture, Score, Scores, Settings } from "./engine.js";

/** What is missing or went wrong. */
export class FramewiseError extends Error {
  readonly code: "no-webassembly" | "no-simd" | "no-audio-worklet" | "insecure-origin" | "no-module" | "not-compiled" | "failed";
}

/** Where the module is, if not beside the package's own file. */
export interface Source {
  module?: URL | string;
}

export interface NodeOptions extends Settings, Source {
  /** 1 by default, at most 32. */
  channels?: number;
  bypass?: boolean;
}

/** Work in the audio thread since the start; times in ms. */
export interface Stats {
  quanta: number;
  /** Quanta that took longer than they last. */
  late: number;
  /** Samples that were no numbers and counted as silence. */
  scrubbed: number;
  mean: number;
  worst: number;
  /** What a quantum lasts. */
  deadline: number;
}

/** Fires `change` (latency and delay), `stats` (new figures), `fault` (sound had to stop). */
export class DenoiserNode extends AudioWorkletNode {
  setLatency(frames: 0 | 1): void;
  setStrength(decibels: number): void;
  setBypass(on: boolean): void;
  setPostFilter(on: boolean): void;
  reset(): void;
  readonly latency: number;
  readonly delay: Delay & { seconds: number };
  readonly stats: Stats;
  readonly failure: Error | null;
  destroy(): void;
}

/** A node that denoises what is connected to it; resolves when sound can run. */
export function createDenoiser(context: BaseAudioContext, options?: NodeOptions): Promise<DenoiserNode>;

export interface Job extends Source {
  signal?: AbortSignal;
}

/** Cleans a recording in a worker: as many samples as it has, aligned with them. */
export function denoise(channels: Float32Array[], rate: number,
  options?: Settings & Job & { onProgress?: (share: number) => void }): Promise<Float32Array[]>;

/** How close an estimate is to clean sound, in a worker. */
export function score(clean: Float32Array, estimate: Float32Array, rate: number, job?: Job): Promise<Scores>;

/** Levels of a sound over time and frequency, in a worker. */
export function spectrogram(samples: Float32Array, rate: number, options?: Job & { columns?: number }): Promise<Picture>;

/** What this page lacks to run, or null; for recordings alone with `live: false`. */
export function missing(options?: { live?: boolean }): FramewiseError | null;

/** Loads and compiles the module ahead of its use. */
export function load(source?: URL | string): Promise<{ module: WebAssembly.Module; source: URL | string }>;
