// What the types promise and forbid. Compiled, never run.
import { createDenoiser, denoise, FramewiseError, missing, score, type Stats } from "framewise";
import { clean, Denoiser, Engine } from "framewise/engine";

export async function page(context: AudioContext, source: AudioNode, channels: Float32Array[]): Promise<number> {
  const lacking: FramewiseError | null = missing();
  if (lacking?.code === "no-simd") return 0;
  const node = await createDenoiser(context, { latency: 1, strength: 20, channels: 2, mask: "shared" });
  source.connect(node).connect(context.destination);
  node.setLatency(0);
  node.setStrength(Infinity);
  node.setBypass(true);
  // @ts-expect-error there are zero frames and one
  node.setLatency(2);
  // @ts-expect-error no such mask
  await createDenoiser(context, { mask: "none" });
  const stats: Stats = node.stats;
  const [plane] = await denoise(channels, 48_000, { latency: 1, signal: AbortSignal.timeout(1000), onProgress: (share) => share });
  const { siSdr } = await score(plane, plane, 48_000);
  return stats.mean + node.delay.seconds + node.delay.lookAhead + (siSdr.value ?? 0);
}

export function alone(module: WebAssembly.Module, channels: Float32Array[]): Float32Array[] {
  const engine = new Engine(module);
  const denoiser = new Denoiser(engine, { rate: 48_000, quantum: 128 });
  denoiser.process(channels, channels);
  denoiser.destroy();
  return clean(engine, channels, 48_000, { strength: 12 });
}
